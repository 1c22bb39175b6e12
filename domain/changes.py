"""What was changed that agents may behave otherwise for: told, or seen in what they use."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.recorded_events import made_id

# What is used less often, or in less of what is done since, is a trial or a text that differs from
# run to run.
USES_MIN, SHARE_MIN = 10, 0.05


@dataclass(frozen=True, slots=True)
class ChangeEvent:
    """Something that was changed at a time.

    told: somebody recorded it; else it was seen, as the first use of a version. agents: whom it may
    move, empty: all. version: empty where nobody said one; of a text, the hash of it.
    """

    tenant: str
    change_id: str
    at: datetime
    kind: str
    what: str
    version: str
    version_prev: str
    agents: tuple[str, ...]
    note: str
    by: str
    told: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which changes are asked for: at a time in [since, until); empty texts ask for all."""

    since: datetime
    until: datetime
    tenant: str = ""
    agent: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Used:
    """A version of something that an agent used, between which times, and how often."""

    kind: str
    what: str
    version: str
    first_at: datetime
    last_at: datetime
    uses: int


def seen(tenant: str, agent: str, used: Iterable[Used], since: datetime) -> list[ChangeEvent]:
    """The versions that the agent first used after `since`, as changes, in time.

    One is a change only where another was used before it, and if it is used USES_MIN times and in
    SHARE_MIN of what was done since with any: prompts that differ in each run are none.
    """
    by_thing: defaultdict[tuple[str, str], list[Used]] = defaultdict(list)
    for one in used:
        by_thing[one.kind, one.what].append(one)
    found = [
        ChangeEvent(
            tenant, made_id("seen", agent, new.kind, new.what, new.version), new.first_at,
            new.kind, new.what, new.version, old.version, (agent,), "", "", told=False,
        )
        for versions in by_thing.values()
        for new, old in _replaced(versions)
        if new.first_at >= since
    ]  # fmt: skip
    return sorted(found, key=lambda change: (change.at, change.change_id))


def _replaced(versions: Sequence[Used]) -> Iterator[tuple[Used, Used]]:
    """Each version that counts, and the one that was used last of those before it."""
    for new in versions:
        before = [other for other in versions if other.first_at < new.first_at]
        alive = sum(other.uses for other in versions if other.last_at >= new.first_at)
        if before and new.uses >= max(USES_MIN, SHARE_MIN * alive):
            yield new, max(before, key=lambda other: (other.last_at, other.version))
