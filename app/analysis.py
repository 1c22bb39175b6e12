"""Analysis of a store: passes over what was received since the last one."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import uvloop

from analyzers import registry
from analyzers.config import AnalyzersConfig
from analyzers.runner import Pass, Runner
from analyzers.weighing import Verdicts
from app import beside, drift, stores
from app.notifications.config import NotificationsConfig
from app.notifications.notifier import Notifier
from app.periodic import Periodic, Waits
from app.settings import Settings
from domain.asked import EVER
from domain.errors import InvalidInput, Unavailable
from domain.findings import Window
from storage import contents
from storage.findings import FindingRows, Progress, StoredFindings
from storage.store import Store

# A window of one pass: bounds the memory that it takes.
ROWS_OF_A_WINDOW = 200_000
# What a store that was down took late is found by a look this far back, now and then.
LATE = timedelta(hours=1)
LATE_EVERY = timedelta(minutes=10)
# Passes give way to storing while what waits is older than this, so many in a row.
BUSY_S = 4.0
LEFT_OUT_MAX = 11


class Analysis:
    """Passes over one store, or over the part of its lanes that the settings name.

    Whatever was analyzed before a crash is analyzed again, with the same findings.
    """

    def __init__(
        self, store: Store, config: AnalyzersConfig, behind_s: Callable[[], float] | None = None
    ) -> None:
        """behind_s: how long ago the oldest of what is not stored yet was received; None where
        nobody here knows, so that a look further back has to find what was stored late."""
        self._behind_s = behind_s
        self._store = store
        self._config = config
        self._rows = FindingRows(store)
        self._progress = Progress(store, config.shard, config.shards)
        findings = StoredFindings(store)
        self._runner = Runner(registry.analyzers(), findings, findings)
        self._late_at = datetime.now(UTC)

    def to_the_end(self, told: Callable[[int, int], None] = lambda done, total: None) -> Pass:
        """Everything that is stored; `told` gets windows done and windows in all.

        Raises Unavailable.
        """
        windows = list(self._windows(EVER, datetime.now(UTC)))
        total = Pass()
        for number, (since, until) in enumerate(windows):
            told(number, len(windows))
            total.add(self._pass(since, until))
        told(len(windows), len(windows))
        return total

    def tick(self) -> Pass:
        """What was received since the last pass, and a little of what came before. Raises
        Unavailable."""
        now = datetime.now(UTC)
        since = reached = self._progress.until()
        if self._behind_s is not None:
            now -= timedelta(seconds=self._behind_s())
        elif now - self._late_at > LATE_EVERY:
            since, self._late_at = min(since, now - LATE), now
        if since > EVER:
            since -= timedelta(seconds=self._config.overlap_seconds)
        total = Pass()
        for begin, end in self._windows(since, now):
            total.add(self._pass(begin, end))
            if end > reached:
                self._progress.reached(end)
        return total

    def _pass(self, since: datetime, until: datetime) -> Pass:
        contents.derive_contents(self._store, since, until)
        verdicts = self._rows.verdicts()
        calibration = {key: Verdicts(*counts) for key, counts in verdicts.items()}
        window = Window(since, until, self._config.shard, self._config.shards)
        return self._runner.run(window, calibration, self._rows.modes())

    def _windows(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Parts of [since, until) with not many more than ROWS_OF_A_WINDOW rows each."""
        begin, rows = since, 0
        for moment, count in self._received(since, until):
            if not rows:
                begin = max(begin, moment)
            if rows and rows + count > ROWS_OF_A_WINDOW and moment > begin:
                yield begin, moment
                begin, rows = moment, 0
            rows += count
        if rows:
            yield begin, until

    def _received(
        self, since: datetime, until: datetime, seconds: int = 60
    ) -> Iterator[tuple[datetime, int]]:
        """How many rows came from each moment on: each minute, or second where they are many."""
        period = {"since": since, "until": until, "seconds": seconds}
        for row in self._store.rows("received", **period):
            moment, count = row["moment"].replace(tzinfo=UTC), row["rows"]
            if count > ROWS_OF_A_WINDOW and seconds > 1:
                end = min(moment + timedelta(seconds=seconds), until)
                yield from self._received(max(moment, since), end, 1)
            else:
                yield moment, count


class Ticking:
    """Ticks while a process runs."""

    def __init__(
        self,
        store: Store,
        config: AnalyzersConfig,
        ready: Callable[[], bool],
        after: Callable[[], object] = lambda: None,
        behind_s: Callable[[], float] | None = None,
    ) -> None:
        """ready: whether the schema is there; after: called after each pass; behind_s: as that of
        Analysis."""
        self._behind_s = behind_s
        self._left_out = 0
        self._store = store
        self._config = config
        self._ready = ready
        self._after = after
        self._stopping = asyncio.Event()
        self._waits = Waits("analysis")

    async def run(self) -> None:
        """Until `stop`."""
        analysis: Analysis | None = None
        while not self._stopping.is_set():
            if self._ready() and not self._gives_way():
                analysis = analysis or Analysis(self._store, self._config, self._behind_s)
                await asyncio.to_thread(self._tick, analysis)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._config.tick_seconds)

    def _gives_way(self) -> bool:
        """Whether storing is so far behind that a pass would only hold it up; not for ever."""
        busy = self._behind_s is not None and self._behind_s() > BUSY_S
        self._left_out = self._left_out + 1 if busy and self._left_out < LEFT_OUT_MAX else 0
        return self._left_out > 0

    def stop(self) -> None:
        """Let `run` end after the pass that is under way."""
        self._stopping.set()

    def _tick(self, analysis: Analysis) -> None:
        try:
            done = analysis.tick()
            self._after()
            problem = "; ".join(f"{name}: {why}" for name, why in done.failed.items())
        except (Unavailable, InvalidInput) as error:
            problem = str(error)
        self._waits.say(problem, quiet=self._stopping.is_set())


def run_for_ever(settings: Settings) -> None:
    """Until SIGTERM or SIGINT. Raises Unavailable when the server is not there at the start."""
    with stores.opened(settings) as store:
        stores.bring_up(settings, store)
        with notifier(settings, store) as telling:
            ticking = Ticking(store, settings.analyzers, lambda: True, telling.look)
            uvloop.run(
                _until_told(
                    ticking,
                    *beside.all_of(store, settings.analyzers, lambda: True),
                    *_drift(settings, store),
                    *_review(settings, store),
                    *_tuning(settings, store),
                )
            )


def _drift(settings: Settings, store: Store) -> list[Periodic]:
    """Of several processes that share the lanes, the first one looks for drift."""
    wanted = settings.drift.enabled and not settings.analyzers.shard
    return [drift.periodic(store, settings.drift, lambda: True)] if wanted else []


def _review(settings: Settings, store: Store) -> list[Periodic]:
    """It draws weeks with the key that documents are signed with: `governance.signing_key`."""
    from app import governing
    from app.review import parts, reviewing

    if not settings.review.enabled or settings.analyzers.shard:
        return []
    held = parts.reviewing(settings, store, governing.unsigned(store))
    return [reviewing.periodic(held, settings.review, lambda: True)]


def _tuning(settings: Settings, store: Store) -> list[Periodic]:
    """Limits too; it hands out no documents, so it needs no key to sign them with."""
    from app import governing, tuning

    if not settings.tuning.enabled or settings.analyzers.shard:
        return []
    wanted = governing.tuner(settings, store, governing.unsigned(store))
    return [tuning.periodic(wanted, settings.tuning, lambda: True)]


def notifier(settings: Settings, store: Store) -> Notifier:
    """Tells of findings; of several processes that share the lanes, the first one does."""
    config = NotificationsConfig() if settings.analyzers.shard else settings.notifications
    return Notifier(config, FindingRows(store), settings.data)


async def _until_told(*running: Ticking | Periodic) -> None:
    def stop() -> None:
        for each in running:
            each.stop()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    await asyncio.gather(*(each.run() for each in running))
