"""How far off is a panel that counts runs approximately?

uniqCombined is HyperLogLog of 2**17 registers beyond some ten thousand values: a standard error of
1.04 / sqrt(2**17) = 0.29 % (Flajolet et al., 2007), so 1 % is three and a half of them: of ten
thousand counts about five are further off.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.store import Store

SEEDS, STATED, STANDARD_ERROR = 40, 0.01, 0.0029
COUNTED = """
    SELECT intDiv(number, {count:UInt64}) AS seed,
        uniqCombined(cityHash64(lower(hex(MD5(toString(number)))))) AS counted
    FROM numbers({count:UInt64} * {seeds:UInt64})
    GROUP BY seed
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(f"chdb://{tmp_path_factory.mktemp('counts')}") as store:
        store.command("SELECT 1")  # it is open from its first statement on
        yield store


@pytest.mark.parametrize("runs", [100, 10_000, 200_000])
def test_runs_are_counted_to_within_the_stated_share(engine: Store, runs: int) -> None:
    rows = engine.selected(COUNTED, "counts", count=runs, seeds=SEEDS)
    assert len(rows) == SEEDS
    errors = [row["counted"] / runs - 1 for row in rows]
    assert max(map(abs, errors)) < STATED
    assert (sum(one**2 for one in errors) / SEEDS) ** 0.5 < 1.5 * STANDARD_ERROR


def test_the_panel_counts_that_way_and_says_so() -> None:
    panel = Path(__file__).parents[2] / "storage" / "panels" / "cost" / "agents.sql"
    text = panel.read_text()
    assert "uniqCombined(cityHash64(trace_id))" in text
    assert "to within 1 %" in text
