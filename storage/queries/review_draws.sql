-- How were the newest weeks drawn, each as whoever came first drew it? tenant: empty for all; week: 0 for all.
SELECT tenant, week, zone, begins, ends, known_until, key_id, budget, uniform, minimum, classifier, frame, frame_sha256, drawn,
    sample_sha256, cells, drawn_by, drawn_at, attempt
FROM review_draws
WHERE {tenant:String} IN ('', tenant) AND {week:UInt32} IN (0, week)
ORDER BY week DESC, tenant, drawn_at, attempt
LIMIT 1 BY tenant, week
LIMIT {rows_max:UInt64}
