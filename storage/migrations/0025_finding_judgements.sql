-- What a judge said of findings, append-only, apart from them: nothing reads it but who asks for it. content:
-- hash of what the finding said then. confidence 0 to 1: how sure the judge is; moved: by how much that moves
-- the finding's, -0.25 to 0.25; why: what keeps the verdict from counting, empty when it counts.
CREATE TABLE IF NOT EXISTS finding_judgements$local $on_cluster (
    tenant LowCardinality(String),
    finding_id String,
    content UInt64,
    signature LowCardinality(String),
    judge LowCardinality(String),
    question String,
    holds Bool,
    confidence Float64,
    moved Float64,
    quoted Array(Tuple(trace_id String, span_id String)),
    why String,
    at DateTime64(9) DEFAULT now64(9)
) ENGINE = $MergeTree
ORDER BY (tenant, finding_id, at)
SETTINGS non_replicated_deduplication_window = 1000
