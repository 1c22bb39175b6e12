-- In which traces was something found that happened in a span of time and stands, and was not dismissed?
SELECT arrayJoin(trace_ids) AS trace_id
FROM findings FINAL
WHERE tenant = {tenant:String} AND last_at >= {since:DateTime64(9, 'UTC')} AND first_at < {until:DateTime64(9, 'UTC')}
    AND NOT retracted AND NOT shadow AND finding_id NOT IN (
        SELECT finding_id
        FROM finding_actions
        WHERE tenant = {tenant:String} AND action IN ('confirm', 'dismiss')
        GROUP BY finding_id
        HAVING argMax(action, at) = 'dismiss')
GROUP BY trace_id
ORDER BY trace_id
LIMIT {rows_max:UInt64}
