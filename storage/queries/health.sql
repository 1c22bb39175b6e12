-- A real aggregate over the newest data: spans received in the last hour, and the time of the last.
SELECT count() AS spans, max(Received) AS last_received
FROM otel_traces
WHERE Received > now() - INTERVAL 1 HOUR
