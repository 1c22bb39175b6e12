-- Causal chains that were built; read with FINAL: built again, a chain replaces its earlier form.
-- subject: the node that it was asked about; watermark: receipt of the newest row that it knows;
-- sentence and score (0 to 1): of the likeliest cause; money_at_risk by unit; plan and chain as JSON.
-- trace_ids, entities and fields (pairwise), targets: what was asked for, rows_known rows in all,
-- the newest of them at rows_revision: another count or revision means that it is out of date.
CREATE TABLE IF NOT EXISTS chains$local $on_cluster (
    tenant LowCardinality(String),
    subject String,
    built DateTime64(9),
    watermark DateTime64(9),
    cut String,
    levels UInt16,
    nodes UInt32,
    outcome_type LowCardinality(String),
    case_id String,
    agents Array(LowCardinality(String)),
    systems Array(LowCardinality(String)),
    top_cause String,
    score Float64,
    sentence String,
    money_at_risk Map(LowCardinality(String), Float64),
    live_writes UInt32,
    plan String,
    chain String CODEC(ZSTD(3)),
    trace_ids Array(String),
    entities Array(String),
    fields Array(String),
    targets Array(String),
    rows_known UInt64,
    rows_revision UInt64,
    duration_ms Float64,
    retention_days UInt16,
    revision UInt64
) ENGINE = $ReplacingMergeTree(revision)
ORDER BY (tenant, subject)
TTL toDateTime(built) + toIntervalDay(retention_days)
SETTINGS index_granularity = 256, non_replicated_deduplication_window = 1000;

-- Nodes of chains as Grafana's node graph reads them (by id, title, subtitle, mainstat, secondarystat,
-- color, arc__*, detail__*); of a chain those with the revision that its row has in `chains`.
CREATE TABLE IF NOT EXISTS chain_nodes$local $on_cluster (
    tenant LowCardinality(String),
    subject String,
    id String,
    title String,
    subtitle String,
    mainstat String,
    secondarystat String,
    color LowCardinality(String),
    arc__cause Float64,
    arc__other Float64,
    detail__kind LowCardinality(String),
    detail__agent LowCardinality(String),
    detail__system LowCardinality(String),
    detail__at DateTime64(9),
    detail__trace_id String,
    detail__span_id String,
    built DateTime64(9),
    retention_days UInt16,
    revision UInt64
) ENGINE = $ReplacingMergeTree(revision)
ORDER BY (tenant, subject, id)
TTL toDateTime(built) + toIntervalDay(retention_days)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 1000;

-- Edges of chains as Grafana's node graph reads them, from cause to effect; as `chain_nodes`.
CREATE TABLE IF NOT EXISTS chain_edges$local $on_cluster (
    tenant LowCardinality(String),
    subject String,
    id String,
    source String,
    target String,
    mainstat LowCardinality(String),
    secondarystat String,
    color LowCardinality(String),
    thickness Float64,
    strokeDasharray LowCardinality(String),
    detail__reason String,
    built DateTime64(9),
    retention_days UInt16,
    revision UInt64
) ENGINE = $ReplacingMergeTree(revision)
ORDER BY (tenant, subject, id)
TTL toDateTime(built) + toIntervalDay(retention_days)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 1000
