-- What happened because of what, by span links? ts: start of the effect.
CREATE VIEW IF NOT EXISTS v1_links $on_cluster AS
SELECT tenant, ts, effect_trace_id, effect_span_id, cause_trace_id, cause_span_id, kind
FROM links FINAL
