-- When is change expected, or nothing usual, in a tenant; agent empty: for any of its agents?
SELECT expected_id, agent, kind, since, until, why, actor
FROM drift_expected FINAL
WHERE tenant = {tenant:String} AND ({agent:String} = '' OR agent IN ('', {agent:String}))
    AND kind != 'withdrawn'
ORDER BY since, expected_id
LIMIT {rows_max:UInt32}
