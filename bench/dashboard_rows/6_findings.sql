INSERT INTO findings (tenant, finding_id, signature, severity, confidence, agents, first_at, last_at, evidence, reason,
    facts, found_at, revision)
WITH number + intDiv({start}, 1000) AS n, toDateTime64('{now}', 9) - toIntervalMillisecond(
    toUInt64(2592000000 * pow(1 - n / ({spans} / 1000 + 1), 2))) AS began
SELECT 'default', lower(hex(n)), concat('LOOP-0', toString(1 + n % 7)), 'high', 0.9, [concat('agent-', toString(n % {agents}))],
    began, began, [(lower(hex(cityHash64(n * 100, 1))), 's', 'cause')], 'It went round.', '{}', began, 1
FROM numbers(intDiv({count}, 1000))
