-- Which changes were told of in [since, until), the latest first? agent empty: all; else those that name it, or
-- nobody. tenant empty: any.
SELECT tenant, change_id, ts, toString(kind) AS kind_name, what, version, version_prev, agents, note, toString(agent) AS said_by
FROM changes FINAL
WHERE ({tenant:String} = '' OR tenant = {tenant:String})
    AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {until:DateTime64(9, 'UTC')}
    AND ({agent:String} = '' OR empty(agents) OR has(agents, {agent:String}))
    AND ({kind:String} = '' OR kind = {kind:String})
ORDER BY ts DESC, tenant, change_id
LIMIT {rows_max:UInt64}
