-- What an agent decided on each of the `days` days of 24 h before `until`.
-- How often, how sure (mean, 0 to 1), for how much (mean, in the currency of the decisions), how many
-- it left to others, how often each action, and what became of those cases so far.
WITH {until:DateTime64(9, 'UTC')} AS to_ts, to_ts - toIntervalDay({days:UInt16}) AS from_ts
SELECT intDiv(dateDiff('second', ts, to_ts), 86400) AS days_ago,
    count() AS decisions, avg(confidence) AS confidence, toFloat64(avg(amount)) AS amount,
    countIf(outcome = 'escalate') AS escalated, sumMap(map(toString(action), toUInt64(1))) AS actions,
    countIf(polarity > 0) AS good, countIf(polarity < 0) AS bad
FROM (
    SELECT ts, case_id, action, outcome, confidence, amount
    FROM decisions FINAL
    WHERE tenant = {tenant:String} AND agent = {agent:String}
        AND ts > from_ts AND ts <= to_ts AND received > from_ts
) AS decided
LEFT ANY JOIN (
    SELECT case_id, min(polarity) AS polarity
    FROM outcomes FINAL
    WHERE tenant = {tenant:String} AND case_id != ''
        AND ts > from_ts AND received > from_ts
    GROUP BY case_id
) AS known USING (case_id)
GROUP BY days_ago
ORDER BY days_ago DESC
LIMIT {days:UInt16}
