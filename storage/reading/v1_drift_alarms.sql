-- Which alarms of drift were raised? said: JSON of what it says.
CREATE VIEW IF NOT EXISTS v1_drift_alarms $on_cluster AS
SELECT tenant, raised_at AS ts, alarm_id, lane, metric, agent, window_start, window_end, changed_from, changed_until,
    likeliest, paged, shared_cause, said
FROM drift_alarms FINAL
