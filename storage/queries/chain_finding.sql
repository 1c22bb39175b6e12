-- Which finding has this name, of a tenant or of any? spans: its own, with the role that each has.
SELECT tenant, arrayMap(one -> (one.1, one.2, toString(one.3)), evidence) AS spans
FROM findings FINAL
WHERE ({tenant:String} = '' OR tenant = {tenant:String}) AND finding_id = {name:String}
LIMIT 1
