-- Which outcome has this id?
SELECT $chain_outcome
FROM outcomes
WHERE tenant = {tenant:String} AND outcome_id = {outcome_id:String}
LIMIT {rows_max:UInt64}
