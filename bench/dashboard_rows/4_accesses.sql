INSERT INTO data_access (tenant, received, retention_days, ts, trace_id, span_id, agent, case_id, entity, entity_type, field,
    access, data_id, version, as_of, source, source_kind, revision)
WITH number + intDiv({start}, 10) AS run, toDateTime64('{now}', 9) - toIntervalMillisecond(
    toUInt64(2592000000 * pow(1 - run / ({spans} / 10 + 1), 2))) AS began
SELECT 'default', began, 3650, began, lower(hex(cityHash64(run, 1))), lower(hex(run * 10)),
    concat('agent-', toString(run % {agents})), concat('case-', toString(run)), concat('account:', toString(run % 100000)),
    'account', concat('field-', toString(run % 8)), if(run % 4 = 0, 'write', 'read'), concat('r', toString(run)),
    toString(run % 100), began - toIntervalSecond(cityHash64(run) % 100000), concat('source-', toString(run % 10)),
    ['primary', 'cache'][1 + run % 2], 1
FROM numbers(intDiv({count}, 10))
