"""Is every request stored once or set aside with its reason, however the store fails?"""

import asyncio
import os
import random
import shutil
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from collector import intake, records, segments, writer
from collector.config import SpoolConfig
from collector.intake import Encoding
from collector.records import Request
from collector.spool import Spool
from collector.telemetry import Telemetry
from collector.writer import Writer
from domain.envelope import REQUEST_ID_BYTES, Signal
from domain.errors import InvalidInput, TooLarge, Unavailable
from domain.ports import SegmentStore
from storage.store import Store
from tests.collector.conftest import Select
from tests.collector.disk_limits import largest_file
from tests.collector.memory_store import MemoryStore, Numbers, refuse, take
from tests.collector.otlp_requests import logs, trace_id_of, traces
from tests.collector.running import eventually

QUICK = (0.001,) * 3


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "BACKOFF_S", QUICK)


def request(number: int, body: bytes = b"body", signal: Signal = Signal.TRACES) -> Request:
    return Request(signal, body, "acme", 30, number.to_bytes(REQUEST_ID_BYTES, "big"), 2)


def leave(folder: Path, name: int, *numbers: int) -> Path:
    """A sealed segment as an earlier process left it."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name:020d}{segments.SUFFIX}"
    path.write_bytes(b"".join(records.encode(request(number), 17) for number in numbers))
    return path


class Storing:
    """A spool and its writer over a store, without ports."""

    def __init__(self, folder: Path, store: SegmentStore, threads: int = 1) -> None:
        self.telemetry = Telemetry()
        self.writer = Writer(store, self.telemetry, threads)
        self.spool = Spool(folder, SpoolConfig(segment_age_ms=10), self.writer.put)

    async def until_stored(self) -> None:
        folder = self.spool.folder
        await self.until(lambda: not segments.waiting(folder) and self.writer.wait(0))

    async def until(self, condition: Callable[[], object]) -> None:
        await asyncio.to_thread(eventually, condition)

    @property
    def letters(self) -> dict[str, tuple[int, bool]]:
        """Reason: items and whether it can be replayed."""
        found = self.spool.dead_letters
        return {letter.reason: (letter.items, letter.replayable) for letter in found}


@asynccontextmanager
async def storing(
    folder: Path, store: SegmentStore, threads: int = 1, drain_seconds: float = 10.0
) -> AsyncIterator[Storing]:
    pair = Storing(folder, store, threads)
    pair.writer.start(pair.spool)
    pair.spool.start()
    try:
        yield pair
    finally:
        await pair.spool.close()
        await asyncio.to_thread(pair.writer.stop, drain_seconds)


def run(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(scenario())


async def append(pair: Storing, *numbers: int) -> None:
    assert all(await asyncio.gather(*(pair.spool.append(request(n)) for n in numbers)))


def test_traces_and_logs_reach_the_engine_once(tmp_path: Path, engine: Store, rows: Select) -> None:
    sent = traces(os.urandom(8), os.urandom(8))
    text = os.urandom(8).hex()

    async def scenario() -> None:
        async with storing(tmp_path, engine) as pair:
            for signal, message in ((Signal.TRACES, sent), (Signal.LOGS, logs(text, text))):
                batch = intake.read(signal, Encoding.PROTOBUF, "acme", message.SerializeToString())
                assert await pair.spool.append(batch.request("acme", 30))
            await pair.until_stored()
            assert pair.spool.size_bytes == 0
            assert pair.spool.waiting_segments == 0
            assert 0 < pair.telemetry.lag_quantile(1) < 60
            sent_items = {
                (sample.labels["item"], sample.value)
                for metric in pair.telemetry.sent.collect()
                for sample in metric.samples
                if sample.name.endswith("_total")
            }
            assert sent_items == {("spans", 2.0), ("log_records", 2.0)}

    run(scenario)
    (spans,) = rows(
        "SELECT toInt32(count()) AS n, any(Tenant) AS tenant FROM otel_traces"
        f" WHERE TraceId = '{trace_id_of(sent)}'"
    )
    assert spans == {"n": 2, "tenant": "acme"}
    (bodies,) = rows(f"SELECT toInt32(count()) AS n FROM otel_logs WHERE Body = '{text}'")
    assert bodies["n"] == 2


@pytest.mark.parametrize("ids_were_written", [True, False])
def test_a_crash_between_insert_and_delete_stores_nothing_twice(
    tmp_path: Path, engine: Store, rows: Select, ids_were_written: bool
) -> None:
    sent = traces(*(os.urandom(8) for _ in range(3)))
    batch = intake.read(Signal.TRACES, Encoding.PROTOBUF, "acme", sent.SerializeToString())
    kept = tmp_path / "kept"

    def keep(signal: Signal, data: bytes, token: str) -> None:
        """The insert returns, then the process dies before it deletes the segment."""
        engine.insert_segment(signal, data, token)
        if not kept.exists():
            shutil.copytree(tmp_path / "spool", kept)

    class Keeping:
        insert_segment = staticmethod(keep)

    async def scenario() -> None:
        async with storing(tmp_path / "spool", Keeping()) as pair:
            assert await pair.spool.append(batch.request("acme", 30))
            await pair.until_stored()
        if ids_were_written:
            for file in (tmp_path / "spool").glob("recent-*"):
                shutil.copy(file, kept)
        assert segments.waiting(kept)
        async with storing(kept, engine) as pair:
            assert await pair.spool.append(batch.request("acme", 30)) is False
            await pair.until_stored()

    run(scenario)
    (found,) = rows(
        f"SELECT toInt32(count()) AS n FROM otel_traces WHERE TraceId = '{trace_id_of(sent)}'"
    )
    assert found["n"] == 3


def test_one_bad_body_among_many_is_set_aside_by_the_engine_s_own_reason(
    tmp_path: Path, engine: Store, rows: Select
) -> None:
    sent = [traces(os.urandom(8)) for _ in range(9)]
    bodies = [message.SerializeToString() for message in sent]
    bodies.insert(4, b"\xff\xff no protobuf")

    async def scenario() -> None:
        async with storing(tmp_path, engine) as pair:
            await asyncio.gather(
                *(pair.spool.append(request(n, body)) for n, body in enumerate(bodies))
            )
            await pair.until_stored()
            (letter,) = pair.spool.dead_letters
            assert "Code: " in letter.reason
            assert (letter.tenant, letter.signal, letter.items) == ("acme", "traces", 2)
            written = (pair.spool.dead_letters.folder / letter.file).read_bytes()
            assert written == records.varint(len(bodies[4])) + bodies[4]

    run(scenario)
    ids = ", ".join(f"'{trace_id_of(message)}'" for message in sent)
    (found,) = rows(f"SELECT toInt32(count()) AS n FROM otel_traces WHERE TraceId IN ({ids})")
    assert found["n"] == 9


def test_what_the_intake_takes_and_the_engine_does_not_is_set_aside(
    tmp_path: Path, engine: Store
) -> None:
    # A value with two of the alternatives: the last one counts for protobuf, the engine wants one.
    two = AnyValue(string_value="a").SerializeToString() + AnyValue(int_value=1).SerializeToString()
    one = AnyValue(string_value="xxx").SerializeToString()
    assert len(one) == len(two)
    message = traces(os.urandom(8))
    span = message.resource_spans[0].scope_spans[0].spans[0]
    span.attributes.add(key="k").value.string_value = "xxx"
    body = message.SerializeToString().replace(one, two)
    batch = intake.read(Signal.TRACES, Encoding.PROTOBUF, "acme", body)

    async def scenario() -> None:
        async with storing(tmp_path, engine) as pair:
            assert await pair.spool.append(batch.request("acme", 30))
            await pair.until_stored()
            assert len(pair.spool.dead_letters) == 1

    run(scenario)


@pytest.mark.parametrize("bad", [(), (0,), (6,), (2, 3), (0, 1, 2, 3, 4, 5, 6)])
def test_only_what_is_refused_becomes_a_letter(tmp_path: Path, bad: tuple[int, ...]) -> None:
    store = MemoryStore(refuse(*bad))
    leave(tmp_path, 1, *range(7))

    async def scenario() -> None:
        async with storing(tmp_path, store) as pair:
            await pair.until_stored()
            assert pair.letters == {f"cannot decode [{n}]": (2, True) for n in bad}

    run(scenario)
    assert store.stored == {n: 1 for n in range(7) if n not in bad}


def test_a_letter_may_be_sent_again_and_is_then_stored(tmp_path: Path) -> None:
    store = MemoryStore(refuse(1))

    async def scenario() -> None:
        async with storing(tmp_path, store) as pair:
            await append(pair, 1)
            await pair.until(lambda: request(1).request_id not in pair.spool.recent)
            assert len(pair.spool.dead_letters) == 1
            store.answer = take
            await append(pair, 1)
        # After a restart it is known as stored.
        async with storing(tmp_path, store) as pair:
            assert await pair.spool.append(request(1)) is False

    run(scenario)
    assert store.stored == {1: 1}


def test_a_damaged_record_is_set_aside_and_never_reaches_the_store(tmp_path: Path) -> None:
    store = MemoryStore()
    path = leave(tmp_path, 1, 1, 2, 3, 4)
    size = path.stat().st_size // 4
    data = bytearray(path.read_bytes())
    for at in (2 * size - 1, 3 * size - 1):
        data[at] ^= 1
    path.write_bytes(data)

    async def scenario() -> None:
        async with storing(tmp_path, store) as pair:
            # It is not known, so it may be sent again.
            await append(pair, 2)
            await pair.until_stored()
            assert pair.letters == {records.BAD_CHECKSUM: (0, False)}
            assert len(pair.spool.dead_letters) == 2
            kept = {
                (pair.spool.dead_letters.folder / letter.file).read_bytes()
                for letter in pair.spool.dead_letters
            }
            assert kept == {bytes(data[size : 2 * size]), bytes(data[2 * size : 3 * size])}

    run(scenario)
    assert store.stored == {1: 1, 2: 1, 4: 1}


def test_an_unreachable_store_is_tried_until_it_is_back(tmp_path: Path) -> None:
    def down(numbers: Numbers) -> None:
        raise Unavailable("the database is down")

    store = MemoryStore(down)

    async def scenario() -> None:
        async with storing(tmp_path, store, threads=2) as pair:
            await append(pair, *range(10))
            await pair.until(lambda: len(store.inserts) > 2 * len(QUICK))
            assert pair.writer.last_error == "the database is down"
            assert segments.waiting(tmp_path)
            store.answer = take
            await pair.until_stored()
            assert pair.writer.last_error == ""

    run(scenario)
    assert store.stored == dict.fromkeys(range(10), 1)


@pytest.mark.parametrize("error", [Unavailable("a view failed"), InvalidInput("no database")])
def test_a_segment_that_fails_for_itself_holds_up_nobody(tmp_path: Path, error: Exception) -> None:
    def one_fails(numbers: Numbers) -> None:
        if 1 in numbers:
            raise error

    store = MemoryStore(one_fails)
    leave(tmp_path, 1, 0, 1)
    leave(tmp_path, 2, 2)

    async def scenario() -> None:
        async with storing(tmp_path, store) as pair:
            await pair.until(lambda: store.stored[2])
            await append(pair, 3)
            await pair.until(lambda: store.stored[3])
            assert pair.writer.last_error == str(error)
            # Whole, for a part of it may have reached the database.
            assert [0] not in store.inserts
            store.answer = take
            await pair.until_stored()
            assert pair.letters == {}

    run(scenario)
    assert store.stored == dict.fromkeys(range(4), 1)


def test_while_the_store_is_down_few_segments_are_tried(tmp_path: Path) -> None:
    def down(numbers: Numbers) -> None:
        raise Unavailable("down")

    store = MemoryStore(down)
    for number in range(30):
        leave(tmp_path, number + 1, number)

    async def scenario() -> None:
        async with storing(tmp_path, store, threads=2) as pair:
            await pair.until(lambda: len(store.inserts) > 20 * 2 * len(QUICK))
            tried = {number for numbers in store.inserts for number in numbers}
            assert len(tried) <= writer.FAILING_MAX + 2
            store.answer = take
            await pair.until_stored()

    run(scenario)
    assert store.stored == dict.fromkeys(range(30), 1)


def test_what_lacks_memory_is_halved_and_never_set_aside(tmp_path: Path) -> None:
    def little_memory(numbers: Numbers) -> None:
        if len(numbers) > 2 or 5 in numbers:
            raise TooLarge("not enough memory")

    store = MemoryStore(little_memory)
    leave(tmp_path, 1, *range(8))

    async def scenario() -> None:
        async with storing(tmp_path, store) as pair:
            await pair.until(lambda: store.inserts.count([5]) > 2 * len(QUICK))
            assert pair.writer.last_error == "not enough memory"
            assert pair.letters == {}
            store.answer = take
            await pair.until_stored()

    run(scenario)
    assert store.stored == dict.fromkeys(range(8), 1)


def test_what_may_have_been_stored_is_not_halved(tmp_path: Path) -> None:
    answers = [TooLarge("memory"), Unavailable("no answer came"), TooLarge("memory")] * 2

    def doubtful(numbers: Numbers) -> None:
        if answers:
            raise answers.pop()

    store = MemoryStore(doubtful)
    leave(tmp_path, 1, 1, 2)

    async def scenario() -> None:
        async with storing(tmp_path, store) as pair:
            await pair.until_stored()

    run(scenario)
    assert store.inserts == [[1, 2]] * 7


def test_a_crash_in_the_middle_of_halving_stores_nothing_twice(tmp_path: Path) -> None:
    refuse_one = refuse(6)

    def dies_late(numbers: Numbers) -> None:
        refuse_one(numbers)
        if 4 in numbers:
            raise Unavailable("the process dies now")

    store = MemoryStore(dies_late)
    leave(tmp_path, 1, *range(8))

    async def scenario() -> None:
        async with storing(tmp_path, store, drain_seconds=0) as pair:
            await pair.until(lambda: {0, 7} <= store.stored.keys())
        assert segments.waiting(tmp_path)
        # By now the database takes what it refused before.
        store.answer = take
        async with storing(tmp_path, store) as pair:
            await pair.until_stored()

    run(scenario)
    assert store.stored == dict.fromkeys(range(8), 1)


def test_an_error_that_nobody_foresaw_ends_no_thread_and_is_not_quoted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    surprises = [RuntimeError("secret content"), MemoryError()]

    def surprise(numbers: Numbers) -> None:
        if surprises:
            raise surprises.pop()

    store = MemoryStore(surprise)

    async def scenario() -> None:
        async with storing(tmp_path, store) as pair:
            await append(pair, 1)
            await pair.until_stored()

    run(scenario)
    assert store.stored == {1: 1}
    assert "failed by RuntimeError" in caplog.text
    assert "failed by MemoryError" in caplog.text
    assert "secret" not in caplog.text


def test_a_segment_that_somebody_removed_is_reported_and_no_longer_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = MemoryStore()
    first, second = leave(tmp_path, 1, 1), leave(tmp_path, 2, 2)

    def remove_second(numbers: Numbers) -> None:
        second.unlink(missing_ok=True)

    store.answer = remove_second

    async def scenario() -> None:
        async with storing(tmp_path, store) as pair:
            await pair.until(lambda: pair.spool.size_bytes == 0)
            assert pair.writer.wait(10)

    run(scenario)
    assert not first.exists()
    assert store.stored == {1: 1}
    assert "removed by somebody else" in caplog.text


def test_a_letter_that_does_not_fit_on_the_disk_is_tried_again(tmp_path: Path) -> None:
    store = MemoryStore(refuse(1))
    leave(tmp_path, 1, 1, 2)

    async def scenario() -> None:
        pair = Storing(tmp_path, store)
        with largest_file(3):
            pair.writer.start(pair.spool)
            pair.spool.start()
            await pair.until(lambda: "File too large" in pair.writer.last_error)
            assert segments.waiting(tmp_path)
        await pair.until_stored()
        assert len(pair.spool.dead_letters) == 1
        await pair.spool.close()
        assert await asyncio.to_thread(pair.writer.stop, 10.0)

    run(scenario)
    assert store.stored == {2: 1}


def test_a_stop_keeps_what_the_store_does_not_take(tmp_path: Path) -> None:
    def down(numbers: Numbers) -> None:
        raise Unavailable("down")

    store = MemoryStore(down)

    async def scenario() -> None:
        pair = Storing(tmp_path, store)
        pair.writer.start(pair.spool)
        pair.spool.start()
        await append(pair, 1, 2)
        await pair.spool.close()
        assert await asyncio.to_thread(pair.writer.stop, 0.0) is False
        store.answer = take
        async with storing(tmp_path, store) as again:
            await again.until_stored()

    run(scenario)
    assert store.stored == {1: 1, 2: 1}


def test_a_stop_does_not_wait_for_ever_for_an_insert_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "JOIN_SECONDS_MAX", 0.05)
    free = threading.Event()
    store = MemoryStore(lambda numbers: assert_true(free.wait(30)))

    async def scenario() -> None:
        pair = Storing(tmp_path, store, threads=3)
        pair.writer.start(pair.spool)
        pair.spool.start()
        await append(pair, 1)
        await pair.until(lambda: store.inserts)
        await pair.spool.close()
        began = time.monotonic()
        assert await asyncio.to_thread(pair.writer.stop, 0.05) is False
        assert time.monotonic() - began < 30
        free.set()
        await pair.until(lambda: not any(thread.is_alive() for thread in pair.writer._threads))

    run(scenario)


def assert_true(value: bool) -> None:
    assert value


@pytest.mark.parametrize("seed", range(12))
def test_any_order_of_failures_and_restarts_stores_each_request_once(
    tmp_path: Path, seed: int
) -> None:
    """Exactly once, or one letter, when each insert fails at random and the process often dies."""
    rng = random.Random(seed)
    bad = set(rng.sample(range(60), 5))
    refuse_bad = refuse(*bad)
    errors = (Unavailable("down"), TooLarge("memory"), RuntimeError("surprise"))

    def unreliable(numbers: Numbers) -> None:
        if rng.random() < 0.4:
            raise rng.choice(errors)
        refuse_bad(numbers)

    store = MemoryStore(unreliable)
    sent: set[int] = set()

    async def life(first: int) -> None:
        async with storing(tmp_path, store, threads=2, drain_seconds=0) as pair:
            for number in range(first, first + 10):
                # Each is sent twice, half of them in two lives.
                await pair.spool.append(request(number))
                await pair.spool.append(request(max(number - 5, 0)))
                sent.add(number)

    async def scenario() -> None:
        for first in range(0, 60, 10):
            await life(first)
        store.answer = refuse_bad
        async with storing(tmp_path, store) as pair:
            await pair.until_stored()
            reasons = {letter.reason for letter in pair.spool.dead_letters}
            assert reasons == {f"cannot decode [{n}]" for n in bad}

    run(scenario)
    assert sent == set(range(60))
    assert store.stored == {n: 1 for n in range(60) if n not in bad}
