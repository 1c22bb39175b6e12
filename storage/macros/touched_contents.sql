-- Common table expressions: touched are the traces that received spans with content, told all of those that are
-- `looked` at: the relation says at which of them, by what no finding of it can be without.
touched AS (
    SELECT tenant, trace_id, min(ts) AS touched_ts FROM contents
    WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')} GROUP BY tenant, trace_id),
told AS (SELECT * FROM contents FINAL WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM looked))
