"""What runs that ended badly have in common, counted in the store."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from analyzers import cohorts
from analyzers.cohorts import Cell, Suspect
from storage.mined_rules import OUTCOMES_MAX
from storage.store import Store

CELLS_MAX = 100_000


def of(
    store: Store, since: datetime, until: datetime, tenant: str = ""
) -> Iterator[tuple[str, Suspect]]:
    """Suspects by tenant, each tenant's most suspicious first, of what was received in
    [since, until). Raises Unavailable."""
    rows = store.rows(
        "cohorts", since=since, until=until, tenant=tenant, outcomes_max=OUTCOMES_MAX,
        rows_max=CELLS_MAX,
    )  # fmt: skip
    for name, some in groupby(rows, key=lambda row: str(row["tenant"])):
        cells = [Cell(*(row[column] for column in Cell.__slots__)) for row in some]
        yield from ((name, suspect) for suspect in cohorts.suspects(cells))
