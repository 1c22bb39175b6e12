-- Which findings that stand, of these signatures or of faults in policy and tools, name spans of these runs?
SELECT finding_id, signature, toString(severity) AS level, agents, case_id, arrayMap(one -> (one.trace_id, one.span_id), evidence) AS spans
FROM findings FINAL
WHERE tenant = {tenant:String} AND NOT retracted AND NOT shadow AND hasAny(trace_ids, {trace_ids:Array(String)})
    AND (signature IN {signatures:Array(String)} OR severity >= 'high' AND match(signature, '^(?:GOV|TOOL)-'))
LIMIT {rows_max:UInt64}
