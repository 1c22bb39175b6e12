-- Steps received in a period that want an agent or a conversation yet. What replaced them is looked for
-- by key among few, instead of merging all of the period.
SELECT count() AS steps
FROM steps FINAL
WHERE (tenant, ts, span_id, trace_id) IN (
        SELECT tenant, ts, span_id, trace_id FROM steps
        WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')} AND wants_ancestor)
    AND wants_ancestor
