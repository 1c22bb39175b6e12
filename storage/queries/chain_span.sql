-- In which traces is there a span of this id? Nothing is ordered by it, so all steps are looked through.
SELECT DISTINCT tenant, trace_id, retention_days FROM steps
WHERE ({tenant:String} = '' OR tenant = {tenant:String}) AND span_id = {span_id:String}
LIMIT 2
