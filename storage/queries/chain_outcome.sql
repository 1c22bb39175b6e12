-- Which outcome has this id?
SELECT $chain_outcome
FROM outcomes
WHERE tenant = {tenant:String} AND outcome_id = {outcome_id:String}
$chain_outcome_once
LIMIT {rows_max:UInt64}
