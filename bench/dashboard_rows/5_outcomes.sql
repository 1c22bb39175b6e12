INSERT INTO outcomes (tenant, received, retention_days, ts, trace_id, span_id, agent, case_id, outcome_id, type, polarity, revision)
WITH number + intDiv({start}, 20) AS run, toDateTime64('{now}', 9) - toIntervalMillisecond(
    toUInt64(2592000000 * pow(1 - run / ({spans} / 10 + 1), 2))) AS began
SELECT 'default', began, 3650, began, lower(hex(cityHash64(run, 1))), lower(hex(run * 10)),
    concat('agent-', toString(run % {agents})), concat('case-', toString(run)), concat('o', toString(run)),
    if(run % 10 = 0, 'reversal', 'success'), if(run % 10 = 0, -1, 1), 1
FROM numbers(intDiv({count}, 20))
