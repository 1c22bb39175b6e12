-- What was counted in each closed window of each metric?
CREATE VIEW IF NOT EXISTS v1_drift_windows $on_cluster AS
SELECT tenant, window_end AS ts, lane, metric, agent, version, number, traces, names, counts
FROM drift_windows FINAL
