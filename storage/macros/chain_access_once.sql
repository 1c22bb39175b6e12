-- What was derived again or sent twice counts once; by rows, for FINAL would not use what finds a trace.
ORDER BY revision DESC LIMIT 1 BY entity, field, ts, trace_id, span_id, access, data_id
