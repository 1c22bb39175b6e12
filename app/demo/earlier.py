"""The weeks before the demonstration, and what the engine of drift finds when it reads them all."""

from datetime import datetime, timedelta

from analyzers.drift_config import DriftConfig
from app.demo.stories.carriers import AGENT, WEEKS_BEFORE, Volume
from app.drift import Drift
from domain.access import DEFAULT_TENANT
from storage.earlier import repeat_earlier
from storage.store import Store


def make(store: Store, config: DriftConfig, now: datetime, volume: Volume) -> None:
    """After the stories were played and stored, as of `now`. Raises Unavailable."""
    first = now - timedelta(days=volume.days)
    repeat_earlier(store, DEFAULT_TENANT, AGENT, first, WEEKS_BEFORE)
    if config.enabled:
        # An hour holds too few of these runs to be read.
        by_day = config.model_copy(update={"by_hour": False})
        Drift(store, by_day).look(now, settled=True)
