-- What did each closed window say of each stream? evidence alarms above threshold.
CREATE VIEW IF NOT EXISTS v1_drift_readings $on_cluster AS
SELECT tenant, window_end AS ts, lane, metric, agent, number, epoch_start, stratum, traces,
    stream_evidence AS evidence, threshold
FROM drift_readings FINAL
