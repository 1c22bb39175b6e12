-- How much evidence is there against each stream? evidence alarms above threshold.
CREATE VIEW IF NOT EXISTS v1_drift_streams $on_cluster AS
SELECT tenant, window_end AS ts, lane, metric, agent, state, windows, traces, evidence, threshold, alarm_id
FROM drift_streams FINAL
WHERE metric != ''
