-- Is it right as often as it says? Per tenth of confidence: decisions whose case has an outcome, and the share
-- of bad ones.
SELECT toString(floor(least(assumeNotNull(decided.confidence), 0.999), 1)) AS confidence_from,
    avg(known.bad) AS bad_share, count() AS decisions
FROM (
    SELECT tenant, case_id, confidence
    FROM v1_decisions
    WHERE {narrowed} AND {action} AND confidence IS NOT NULL AND case_id != '') AS decided
INNER JOIN (
    SELECT tenant, case_id, max(polarity < 0) AS bad
    FROM v1_outcomes
    WHERE {timed} AND case_id != ''
    GROUP BY tenant, case_id) AS known USING (tenant, case_id)
GROUP BY confidence_from
ORDER BY confidence_from
LIMIT 10
