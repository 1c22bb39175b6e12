-- Which services send spans of which nothing is known: neither agent nor operation?
SELECT received.service AS service, received.spans AS spans, typed.steps AS steps, typed.nameless AS without_agent,
    1 - typed.steps / received.spans AS not_understood
FROM (
    SELECT service, uniqExact(cityHash64(trace_id, span_id)) AS spans
    FROM v1_received
    WHERE {timed}
    GROUP BY service) AS received
LEFT JOIN (
    SELECT service, count() AS steps, countIf(agent = '') AS nameless
    FROM v1_steps
    WHERE {tenant} AND received >= $__fromTime AND received <= $__toTime
    GROUP BY service) AS typed USING (service)
ORDER BY not_understood DESC, spans DESC, service
LIMIT 200
