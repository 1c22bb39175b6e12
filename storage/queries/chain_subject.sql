-- Which outcome has this name, of a tenant or of any? Its newest row.
SELECT tenant, retention_days, $chain_outcome
FROM outcomes
WHERE ({tenant:String} = '' OR tenant = {tenant:String}) AND outcome_id = {name:String}
ORDER BY revision DESC
LIMIT 1
