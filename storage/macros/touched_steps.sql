-- Common table expressions: touched are the traces that received steps, walked all of theirs in a day.
touched AS (
    SELECT tenant, trace_id, min(ts) AS touched_ts FROM steps
    WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')} GROUP BY tenant, trace_id),
walked AS (
    SELECT * FROM steps FINAL WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM touched)
        AND ts >= (SELECT min(touched_ts) FROM touched) - toIntervalDay(1))
