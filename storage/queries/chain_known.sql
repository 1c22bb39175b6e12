-- Which chain of this subject was built last? rows_revision: what was stored after it (ns) is not in it;
-- rows_known: how many outcomes of its traces and targets there were.
SELECT chain, trace_ids, entities, fields, targets, rows_known, rows_revision
FROM chains FINAL
WHERE tenant = {tenant:String} AND subject = {subject:String}
LIMIT 1
