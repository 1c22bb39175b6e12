-- Who gave work to whom?
CREATE VIEW IF NOT EXISTS v1_handoffs $on_cluster AS
SELECT tenant, ts, received, trace_id, span_id, from_agent, to_agent, work_item_id, case_id, conversation_id
FROM handoffs FINAL
