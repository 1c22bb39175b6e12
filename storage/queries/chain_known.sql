-- Which chain of this subject was built last? rows_known, rows_revision (ns): of what it was built from.
SELECT chain, trace_ids, entities, fields, targets, rows_known, rows_revision
FROM chains FINAL
WHERE tenant = {tenant:String} AND subject = {subject:String}
LIMIT 1
