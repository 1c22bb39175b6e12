-- From when on (s since 1970) are the newest rows of steps, of facts and of raw records at most so many,
-- in whole minutes of receipt within the last `days` days? The newest minute is in it, whatever it holds.
-- `facts` are reads, writes, decisions, effects, intents, hand-offs and outcomes together.
SELECT source, toUnixTimestamp(min(minute)) AS since_unix_s
FROM (
    SELECT source, minute,
        sum(sum(rows)) OVER (PARTITION BY source ORDER BY minute DESC) AS total,
        row_number() OVER (PARTITION BY source ORDER BY minute DESC) AS place
    FROM (
        SELECT 'steps' AS source, toStartOfMinute(received) AS minute, count() AS rows
        FROM steps WHERE received > now() - toIntervalDay({days:UInt16}) GROUP BY minute
        UNION ALL
        SELECT 'facts', toStartOfMinute(received) AS minute, count()
        FROM data_access WHERE received > now() - toIntervalDay({days:UInt16}) GROUP BY minute
        UNION ALL
        SELECT 'facts', toStartOfMinute(received) AS minute, count()
        FROM decisions WHERE received > now() - toIntervalDay({days:UInt16}) GROUP BY minute
        UNION ALL
        SELECT 'facts', toStartOfMinute(received) AS minute, count()
        FROM effects WHERE received > now() - toIntervalDay({days:UInt16}) GROUP BY minute
        UNION ALL
        SELECT 'facts', toStartOfMinute(received) AS minute, count()
        FROM intents WHERE received > now() - toIntervalDay({days:UInt16}) GROUP BY minute
        UNION ALL
        SELECT 'facts', toStartOfMinute(received) AS minute, count()
        FROM handoffs WHERE received > now() - toIntervalDay({days:UInt16}) GROUP BY minute
        UNION ALL
        SELECT 'facts', toStartOfMinute(received) AS minute, count()
        FROM outcomes WHERE received > now() - toIntervalDay({days:UInt16}) GROUP BY minute
        UNION ALL
        SELECT 'raw', toStartOfMinute(Received) AS minute, count()
        FROM otel_traces WHERE Received > now() - toIntervalDay({days:UInt16}) GROUP BY minute
        UNION ALL
        SELECT 'raw', toStartOfMinute(Received) AS minute, count()
        FROM otel_logs WHERE Received > now() - toIntervalDay({days:UInt16}) GROUP BY minute
    )
    GROUP BY source, minute
)
WHERE place = 1
    OR total <= transform(source, ['steps', 'facts'], [{steps_max:UInt32}, {facts_max:UInt32}], {raw_max:UInt32})
GROUP BY source
LIMIT 3
