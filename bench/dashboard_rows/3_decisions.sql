INSERT INTO decisions (tenant, received, retention_days, ts, trace_id, span_id, agent, case_id, decision_id, action, outcome,
    confidence, inputs, threshold, threshold_version, policy_id, policy_version, verdict, enforced_action, revision)
WITH number + intDiv({start}, 10) AS run, toDateTime64('{now}', 9) - toIntervalMillisecond(
    toUInt64(2592000000 * pow(1 - run / ({spans} / 10 + 1), 2))) AS began
SELECT 'default', began, 3650, began, lower(hex(cityHash64(run, 1))), lower(hex(run * 10)),
    concat('agent-', toString(run % {agents})), concat('case-', toString(run)), concat('d', toString(run)),
    concat('action-', toString(run % 5)), ['allow', 'allow', 'allow', 'escalate', 'block'][1 + cityHash64(run, 2) % 5],
    (cityHash64(run, 3) % 1000) / 1000, [concat('r', toString(run))], 0.8, '3', 'limits', '5',
    ['allow', 'deny'][1 + run % 2], ['allow', 'block'][1 + run % 2], 1
FROM numbers(intDiv({count}, 10))
