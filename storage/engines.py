"""Engine names and cluster clauses: the one place where a cluster differs from a server."""

from collections.abc import Mapping

PLAIN = {
    "MergeTree": "MergeTree",
    "AggregatingMergeTree": "AggregatingMergeTree",
    "ReplacingMergeTree": "ReplacingMergeTree",
    "on_cluster": "",
    "local": "",
}
REPLICA = "('/clickhouse/tables/{uuid}/{shard}', '{replica}')"
# Which shard takes a row that is written to the distributed face of a table. Segments are not: they
# land on one node, whose views write its local tables. All other tables are small and in the first
# shard, where an insert always meets an earlier one that has the same deduplication token.
SHARDED_BY = {
    "otel_traces": "cityHash64(TraceId)",
    "otel_traces_trace_id_ts": "cityHash64(TraceId)",
    "otel_logs": "rand()",
}
FIRST_SHARD = "0"


def values(cluster: str, retention_days: int) -> Mapping[str, str]:
    """What the placeholders of migrations stand for; `cluster` empty = one server."""
    days = {"retention_days": str(retention_days)}
    if not cluster:
        return PLAIN | days
    engines = {name: f"Replicated{name}{REPLICA}" for name in PLAIN if name.endswith("Tree")}
    return engines | days | {"on_cluster": f"ON CLUSTER '{cluster}'", "local": "_local"}


def shard(table: str) -> str:
    """The expression that tells which shard takes a row of `table`."""
    return SHARDED_BY.get(table, FIRST_SHARD)
