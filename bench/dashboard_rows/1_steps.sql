INSERT INTO steps (tenant, received, retention_days, ts, duration_ns, trace_id, span_id, service, operation, agent,
    agent_version, tool, model, arguments_hash, status, input_tokens, output_tokens, cost, cost_origin, revision)
-- One span of 99 is sent again with the next million.
WITH if(number < {count}, number + {start}, toUInt64(greatest(toInt64({start}) - 99 * toInt64(number - {count}), 0))) AS n, intDiv(n, 10) AS run,
    toDateTime64('{now}', 9) - toIntervalMillisecond(
    toUInt64(2592000000 * pow(1 - run / ({spans} / 10 + 1), 2))) AS began
SELECT 'default', began + toIntervalSecond(n % 10), 3650, began + toIntervalSecond(n % 10), 1000000 * (cityHash64(n) % 3000),
    lower(hex(cityHash64(run, 1))), lower(hex(n)), concat('service-', toString(run % 20)),
    ['invoke_agent', 'chat', 'execute_tool'][1 + if(n % 10 = 0, 0, 1 + n % 2)],
    concat('agent-', toString(run % {agents})), concat('1.', toString(intDiv(run * 3, {spans}))),
    if(n % 10 != 0 AND n % 2 = 1, concat('tool-', toString(n % 30)), ''), if(n % 10 != 0 AND n % 2 = 0, 'gpt-4o', ''),
    cityHash64(n % 1000), if(cityHash64(n) % 50 = 0, 'Error', 'Ok'), 1000, 100, if(n % 2 = 0, 0.001, NULL),
    if(n % 2 = 0, 2, 0), number
FROM numbers({count} + intDiv({count}, 100))
