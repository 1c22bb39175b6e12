"""All that the demonstration plays, in one go."""

from collections.abc import Callable
from datetime import datetime

from app.demo import fleet
from app.demo.services import Services
from app.demo.stories import carriers, compound, stale_field
from app.demo.stories.carriers import Volume

RUNS = 40
SEED = 1


def steps(volume: Volume) -> int:
    """How often `send` calls `advance`."""
    return RUNS * len(fleet.AGENTS) + volume.decisions


def send(
    services: Services,
    now: datetime,
    volume: Volume,
    advance: Callable[[], None],
    seed: int = SEED,
) -> None:
    """Record the healthy fleet and the three stories, as if it were `now`.

    Values are the same for the same seed; ids of spans and events are always new ones. The story
    of the stale field comes last: when it is there, all is.
    """
    fleet.send(services, now, RUNS, seed, advance)
    carriers.send(services, now, volume, seed, advance)
    compound.send(services, now)
    stale_field.send(services, now)
