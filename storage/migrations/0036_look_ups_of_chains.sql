-- Whoever looks for the times of a few traces need not read a grain of each day for each of them.
ALTER TABLE otel_traces_trace_id_ts$local $on_cluster
    ADD INDEX IF NOT EXISTS traces TraceId TYPE bloom_filter(0.01) GRANULARITY 1;

-- A filter that is wrong once in a hundred grains is wrong in a third of them for thirty ids: by a
-- projection a write is found by its id among millions as among thousands.
ALTER TABLE data_access$local $on_cluster ADD PROJECTION IF NOT EXISTS by_id INDEX data_id TYPE basic;

ALTER TABLE data_access$local $on_cluster DROP INDEX IF EXISTS ids
