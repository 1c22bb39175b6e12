-- Few writes take another back: where none of 65,536 rows does, the filter of each grain need not be read.
ALTER TABLE data_access$local $on_cluster
    ADD INDEX IF NOT EXISTS compensating compensates TYPE minmax GRANULARITY 64 FIRST
