-- Which services leave out attributes, events or links because of their own limits?
SELECT service, count() AS spans, countIf(dropped > 0) AS spans_cut, sum(dropped) AS left_out, max(lag_s) AS worst_lag_s
FROM v1_received
WHERE {timed}
GROUP BY service
ORDER BY left_out DESC, spans DESC, service
LIMIT 200
