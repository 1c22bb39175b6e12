"""What kill -9 and a database that is away cost: lost and doubled spans, memory, time to recover.

Run as `python -m bench.durability`; ends with code 1 when an acknowledged span was lost or doubled.
"""

import argparse
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from collector import segments
from tests.durability import verdict
from tests.durability.load import Load
from tests.durability.processes import Database, Wakeline
from tests.durability.verdict import Verdict

MIB = 1024**2
CLIENTS = 8
SPANS_MAX = 50
WARM_SECONDS = 5.0
LIVES_SECONDS = (0.1, 3.0)
POLL_SECONDS = 0.1
CATCH_UP_SECONDS_MAX = 600.0


@dataclass(slots=True)
class Peak:
    """The most seen while it was watched."""

    resident_bytes: int = 0
    waiting_bytes: int = 0


def kills(folder: Path, rounds: int, seed: int) -> Verdict:
    """`wakeline up` under load, killed at random moments and started again."""
    rng = random.Random(seed)
    print(f"\nkill -9 of `wakeline up`, {rounds} rounds, {CLIENTS} clients over HTTP and gRPC")
    print("round  lived s  acknowledged  spool left KiB  ready again s")
    with Wakeline(folder) as wakeline, _load(wakeline, seed) as load:
        for number in range(1, rounds + 1):
            load.until_more(1)
            lived_s = rng.uniform(*LIVES_SECONDS)
            _wait(lived_s)
            wakeline.kill()
            left = _waiting_bytes(wakeline)
            began = time.monotonic()
            wakeline.start()
            print(
                f"{number:5d}  {lived_s:7.2f}  {len(load.tally.acknowledged):12d}"
                f"  {left / 1024:14.0f}  {time.monotonic() - began:13.2f}",
                flush=True,
            )
        load.stop()
        assert wakeline.terminate() == 0
    print(f"requests sent again and then acknowledged: {load.tally.resent}")
    return verdict.of_embedded(load.tally, folder)


def outage(folder: Path, seconds: float, how: signal.Signals, seed: int) -> Verdict:
    """`wakeline collect` under load while its database is killed, or hangs, for so long."""
    print(f"\ndatabase away for {seconds:.0f} s by {how.name}, {CLIENTS} clients")
    database = Database(folder / "database")
    wakeline = Wakeline(folder / "collector", "--store", database.dsn, role="collect")
    with database, wakeline, _load(wakeline, seed) as load, _watched(wakeline) as peak:
        _wait(WARM_SECONDS)
        before_bytes, before_spans = wakeline.resident_bytes, len(load.tally.acknowledged)
        database.signal(how)
        _wait(seconds)
        spans = len(load.tally.acknowledged) - before_spans
        back_ns, began = time.time_ns(), time.monotonic()
        if how is signal.SIGSTOP:
            database.signal(signal.SIGCONT)
        else:
            database.kill()
            database.start()
        _until(lambda: all(segments.created_ns(path) > back_ns for path in _waiting(wakeline)))
        print(f"acknowledged meanwhile       {spans:10d} spans, {spans / seconds:.0f} a second")
        print(f"most that waited in the spool {peak.waiting_bytes / MIB:9.0f} MiB")
        print(f"collector's memory before    {before_bytes / MIB:10.0f} MiB")
        print(f"collector's memory at most   {peak.resident_bytes / MIB:10.0f} MiB")
        print(f"caught up, under load, after {time.monotonic() - began:10.1f} s")
        load.stop()
        assert wakeline.terminate() == 0
        database.kill()
    return verdict.of_served(load.tally, database.folder)


def _load(wakeline: Wakeline, seed: int) -> Load:
    return Load(
        wakeline.address, seed=seed, clients=CLIENTS, spans_max=SPANS_MAX, pause_seconds=0.0
    )


@contextmanager
def _watched(wakeline: Wakeline) -> Iterator[Peak]:
    """Its memory and its spool while the block runs."""
    peak = Peak()
    done = threading.Event()

    def watch() -> None:
        while not done.wait(POLL_SECONDS):
            try:
                peak.resident_bytes = max(peak.resident_bytes, wakeline.resident_bytes)
            except (OSError, IndexError):  # it has ended
                return
            peak.waiting_bytes = max(peak.waiting_bytes, _waiting_bytes(wakeline))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


def _waiting(wakeline: Wakeline) -> list[Path]:
    return segments.waiting(wakeline.data / "spool")


def _waiting_bytes(wakeline: Wakeline) -> int:
    return sum(map(_size_bytes, _waiting(wakeline)))


def _size_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # it has just been stored
        return 0


def _wait(seconds: float) -> None:
    threading.Event().wait(seconds)


def _until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + CATCH_UP_SECONDS_MAX
    while not condition():
        assert time.monotonic() < until, "it did not catch up"
        _wait(POLL_SECONDS)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.durability", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="kills of `wakeline up`")
    parser.add_argument("--outage-seconds", type=float, default=60.0)
    parser.add_argument("--only", choices=("kill", "down", "hang"))
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    """Run what was asked for; the verdict of each at once."""
    arguments = _arguments()
    seconds, seed = arguments.outage_seconds, arguments.seed
    parts: dict[str, Callable[[Path], Verdict]] = {
        "kill": lambda folder: kills(folder, arguments.rounds, seed),
        "down": lambda folder: outage(folder, seconds, signal.SIGKILL, seed),
        "hang": lambda folder: outage(folder, seconds, signal.SIGSTOP, seed),
    }
    kept = True
    for name, part in parts.items():
        if arguments.only in (None, name):
            folder = Path(tempfile.mkdtemp(prefix="wakeline-durability-"))
            found = part(folder)
            kept &= found.kept
            print(
                f"acknowledged {found.acknowledged}, of these stored {found.stored}:"
                f" lost {found.lost}, twice {found.twice}",
                flush=True,
            )
            shutil.rmtree(folder)
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
