-- What did the processes of Wakeline say of themselves? Counters since their start; ages and lags in s.
CREATE VIEW IF NOT EXISTS v1_platform $on_cluster AS
SELECT ts, process, host, queue_segments, queue_bytes, queue_age_s, dead_letters, disk_free_bytes, lag_p50_s, lag_p99_s,
    accepted_spans, refused_spans, failed_spans, stored_items, cpu_s, memory_bytes
FROM platform
