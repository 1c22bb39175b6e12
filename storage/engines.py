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


def values(cluster: str, retention_days: int) -> Mapping[str, str]:
    """What the placeholders of migrations stand for; `cluster` empty = one server."""
    days = {"retention_days": str(retention_days)}
    if not cluster:
        return PLAIN | days
    engines = {name: f"Replicated{name}{REPLICA}" for name in PLAIN if name.endswith("Tree")}
    return engines | days | {"on_cluster": f"ON CLUSTER '{cluster}'", "local": "_local"}
