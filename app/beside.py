"""What a process that analyzes does beside its passes: chains, mining, and asking a judge."""

from collections.abc import Callable

from analyzers.config import AnalyzersConfig
from app import chain_making, judging, mining
from app.chains import Chains
from app.periodic import Periodic
from storage.store import Store


def all_of(
    store: Store,
    config: AnalyzersConfig,
    ready: Callable[[], bool],
    chains: Chains | None = None,
) -> list[Periodic]:
    """As the settings want it; of several processes that share the lanes, the first one does it.

    ready: whether the schema is there; chains: of the process, where others ask for them too.
    Raises InvalidInput for a judge that is not there.
    """
    wanted: list[Periodic] = []
    if not config.shard:
        wanted.append(chain_making.periodic(store, ready, chains))
    if config.mining_days and not config.shard:
        wanted.append(mining.periodic(store, config, ready))
    if config.judge.is_set and not config.shard:
        wanted.append(judging.periodic(store, config, ready))
    return wanted
