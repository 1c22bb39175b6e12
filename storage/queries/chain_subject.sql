-- What has this name: an outcome or a finding? spans: its own, with the role that each has.
SELECT tenant, 'outcome' AS kind, [(trace_id, span_id, '')] AS spans, toString(type) AS outcome_type, case_id, retention_days
FROM (
    SELECT * FROM outcomes
    WHERE ({tenant:String} = '' OR tenant = {tenant:String}) AND outcome_id = {name:String}
    ORDER BY revision DESC LIMIT 1)
UNION ALL
SELECT tenant, 'finding', arrayMap(one -> (one.1, one.2, toString(one.3)), evidence), '', case_id, 0
FROM (
    SELECT * FROM findings FINAL
    WHERE ({tenant:String} = '' OR tenant = {tenant:String}) AND finding_id = {name:String} LIMIT 1)
LIMIT 2
