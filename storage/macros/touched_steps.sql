-- Common table expressions: walked are all steps of the traces that received some, touched those traces.
walked AS (SELECT * FROM walked_steps WHERE pass = {pass:UInt64}),
touched AS (SELECT tenant, trace_id, min(ts) AS touched_ts FROM walked GROUP BY tenant, trace_id)
