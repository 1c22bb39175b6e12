-- What was derived again or sent twice counts once.
ORDER BY revision DESC LIMIT 1 BY outcome_id, trace_id, span_id, ts
