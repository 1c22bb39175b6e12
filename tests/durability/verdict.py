"""Is every acknowledged span stored exactly once, and nothing twice?"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from storage.config import StorageConfig
from storage.store import Store
from tests.durability.load import Tally

COPIES = "SELECT SpanId, count() FROM otel_traces GROUP BY SpanId"


@dataclass(frozen=True, slots=True)
class Verdict:
    """acknowledged = stored and lost = twice = 0 is what must be; spans all of them."""

    acknowledged: int
    stored: int
    lost: int
    twice: int

    @property
    def kept(self) -> bool:
        """Nothing was lost and nothing stored twice."""
        return not self.lost and not self.twice


def copies_in(store: Store) -> Counter[str]:
    """How often each span id is stored."""
    lines = store.read_only(COPIES, "TSV").decode().splitlines()
    return Counter({line.split("\t")[0]: int(line.split("\t")[1]) for line in lines})


def of(tally: Tally, stored: Counter[str]) -> Verdict:
    """What became of what clients sent. `stored` counts of those acknowledged alone."""
    known = set(tally.acknowledged)
    assert len(known) == len(tally.acknowledged)
    assert stored.keys() <= known | set(tally.given_up)
    return Verdict(
        acknowledged=len(known),
        stored=sum(stored[span_id] for span_id in known),
        lost=sum(1 for span_id in known if not stored[span_id]),
        twice=sum(1 for count in stored.values() if count > 1),
    )


def of_embedded(tally: Tally, data: Path) -> Verdict:
    """Of `wakeline up`, which must have ended."""
    return of_served(tally, data / "store")


def of_served(tally: Tally, folder: Path) -> Verdict:
    """Of the engine's folder, whose process must have ended."""
    with Store(f"chdb://{folder}", StorageConfig(result_rows_max=10**9)) as store:
        return of(tally, copies_in(store))
