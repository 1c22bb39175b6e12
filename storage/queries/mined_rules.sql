-- Which orders of tools were mined, and what did people say of them? tenant and rule_id empty: all.
SELECT * FROM ($mined_rules_now)
WHERE ({tenant:String} = '' OR tenant = {tenant:String}) AND ({rule_id:String} = '' OR rule_id = {rule_id:String})
ORDER BY tenant, state = 'promoted' DESC, holds DESC, q, confidence DESC, rule_id
LIMIT {rows_max:UInt64}
