-- Which causal chains were built of bad outcomes? ts: receipt of the newest row; score 0 to 1; money by unit.
CREATE VIEW IF NOT EXISTS v1_chains $on_cluster AS
SELECT tenant, watermark AS ts, built, subject, outcome_type, case_id, agents, systems, top_cause, score, sentence,
    money_at_risk, live_writes, nodes, levels, cut, duration_ms
FROM chains FINAL
WHERE outcome_type NOT IN ('', 'success')
