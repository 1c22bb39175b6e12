"""Does a database that is down, hangs or comes late cost an acknowledged span, or memory?"""

import shutil
import signal
import time
from pathlib import Path

import httpx

from collector import segments
from tests.collector.running import eventually
from tests.durability import verdict
from tests.durability.load import Load
from tests.durability.processes import Database, Wakeline

MIB = 1024**2
# The load goes on, and a busy machine gives the backlog little.
CAUGHT_UP_SECONDS_MAX = 120.0
# Some hundred requests a second: more would only make the machine busy.
PAUSE_SECONDS = 0.02
SPANS_OF_A_SHORT_OUTAGE = 1500
GROWTH_BYTES_MAX = 150 * MIB
BUSY = {"503 after 5", "UNAVAILABLE after 5"}


def collector(folder: Path, database: Database, **spool: str) -> Wakeline:
    settings = {f"WAKELINE_COLLECTOR__SPOOL__{name.upper()}": text for name, text in spool.items()}
    return Wakeline(
        folder / "collector", "--store", database.dsn, role="collect",
        # A server that is silent for so long has failed.
        settings=settings | {"WAKELINE_STORAGE__SERVER_SECONDS_MAX": "3"},
    )  # fmt: skip


def waiting(wakeline: Wakeline) -> list[Path]:
    return segments.waiting(wakeline.data / "spool")


def until_caught_up(wakeline: Wakeline) -> None:
    """All that was waiting when it was called is stored, while more comes in."""
    now_ns = time.time_ns()
    eventually(
        lambda: all(segments.created_ns(path) > now_ns for path in waiting(wakeline)),
        CAUGHT_UP_SECONDS_MAX,
    )


def until_reachable(wakeline: Wakeline, value: str) -> None:
    """`value` is 0.0 while inserts fail, else 1.0."""
    eventually(lambda: says(wakeline, "wakeline_store_reachable") == value)


def says(wakeline: Wakeline, metric: str) -> str:
    """The value of one of the collector's own metrics."""
    (api,) = (line.split()[1] for line in wakeline.lines if line.startswith("API "))
    text = httpx.get(f"{api}/metrics").raise_for_status().text
    return text.partition(f"\n{metric} ")[2].partition("\n")[0]


def test_a_database_that_dies_or_hangs_loses_and_doubles_nothing(tmp_path: Path) -> None:
    with (
        Database(tmp_path / "database") as database,
        collector(tmp_path, database) as wakeline,
        Load(wakeline.address, pause_seconds=PAUSE_SECONDS) as load,
    ):
        load.until_more(1000)
        resident_bytes = wakeline.resident_bytes
        database.kill()
        load.until_more(SPANS_OF_A_SHORT_OUTAGE)
        until_reachable(wakeline, "0.0")
        database.start()
        until_caught_up(wakeline)
        until_reachable(wakeline, "1.0")
        database.signal(signal.SIGSTOP)
        load.until_more(SPANS_OF_A_SHORT_OUTAGE)
        # An insert that is not answered fails; it is tried again.
        until_reachable(wakeline, "0.0")
        database.signal(signal.SIGCONT)
        until_caught_up(wakeline)
        assert wakeline.resident_bytes - resident_bytes < GROWTH_BYTES_MAX
        load.stop()
        assert wakeline.terminate() == 0
        assert not waiting(wakeline)
        database.kill()
        found = verdict.of_served(load.tally, database.folder)
    assert found.kept
    assert found.stored == found.acknowledged


def test_a_full_spool_refuses_with_a_hint_until_the_database_is_there(
    tmp_path: Path, schema_folder: Path
) -> None:
    database = Database(shutil.copytree(schema_folder, tmp_path / "database", symlinks=True))
    limits = {"bytes_max": str(MIB), "drain_seconds": "0.1"}
    with (
        collector(tmp_path, database, **limits) as wakeline,
        Load(wakeline.address, pause_seconds=PAUSE_SECONDS) as load,
    ):
        load.until(lambda tally: tally.refusals.keys() >= BUSY)
        assert load.tally.refusals.keys() == BUSY
        held_bytes = sum(path.stat().st_size for path in waiting(wakeline))
        assert MIB / 2 < held_bytes <= MIB + 1000
        # Asked to stop while the database is down, it keeps what it has.
        assert wakeline.terminate() == 0
        assert any("stays in the spool" in line for line in wakeline.lines)
        assert sum(path.stat().st_size for path in waiting(wakeline)) >= held_bytes
        wakeline.start()
        load.until(lambda tally: sum(tally.refusals.values()) > 50)
        with database:
            # Recovers without a restart.
            load.until_more(SPANS_OF_A_SHORT_OUTAGE)
            load.stop()
            eventually(lambda: not waiting(wakeline))
            assert wakeline.terminate() == 0
    found = verdict.of_served(load.tally, database.folder)
    assert found.kept
    assert found.stored == found.acknowledged
