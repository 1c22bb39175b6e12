"""How a store is named, opened, shared by threads, closed, and found by other processes."""

import gc
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client

from domain.envelope import Signal
from domain.errors import Conflict, InvalidInput, Unavailable
from storage import migrate
from storage.config import StorageConfig
from storage.store import Store, embedded_path
from tests.contracts.segments import RETENTION_DAYS, record, spans, token
from tests.contracts.store_contract import number
from tests.storage.clickhouse_http_server import KEY, serving

OPENING = """
import sys
from storage.store import Store
with Store(sys.argv[1]) as store:
    try:
        print("tables" if store.has_table("otel_traces") else "no tables")
    except Exception as error:
        print(type(error).__name__, error)
"""


def in_another_process(dsn: str) -> str:
    """What a process prints that opens the store."""
    command = [sys.executable, "-c", OPENING, dsn]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


@pytest.mark.parametrize(
    ("dsn", "path"),
    [
        ("chdb:///var/lib/wakeline/store", "/var/lib/wakeline/store"),
        ("chdb:///a%20b/%C3%A9", "/a b/é"),
        ("chdb:///a/../b", "/b"),
    ],
)
def test_an_embedded_store_is_named_by_its_folder(dsn: str, path: str) -> None:
    assert embedded_path(dsn) == Path(path)


def test_a_relative_folder_counts_from_where_the_process_stands() -> None:
    assert embedded_path("chdb://data/store") == Path.cwd() / "data" / "store"


@pytest.mark.parametrize(
    "dsn", ["clickhouse://u:p@h:8123/db", "clickhouses://h", "http://h:80", "https://h"]
)
def test_a_server_is_named_by_its_address(dsn: str) -> None:
    assert embedded_path(dsn) is None


@pytest.mark.parametrize(
    "dsn", ["", "chdb://", "chdb:///a%3Fb", "postgres://u:secret@h/db", "http://u:secret@h:port/"]
)
def test_any_other_name_is_refused_without_its_password(dsn: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        Store(dsn)
    assert "secret" not in str(refusal.value)


def test_odd_characters_in_a_folder_are_kept(tmp_path: Path) -> None:
    folder = tmp_path / "a b#é%20'"
    with Store(f"chdb://{folder}".replace("%", "%25").replace("#", "%23")) as store:
        assert not store.has_table("otel_traces")
    assert list(tmp_path.iterdir()) == [folder]


HOLDING = """
import sys
from storage.store import Store
with Store(sys.argv[1]) as store:
    store.has_table("otel_traces")
    print("open", flush=True)
    sys.stdin.read()
"""


def test_a_store_that_another_process_has_open_is_a_conflict(tmp_path: Path) -> None:
    with Store(f"chdb://{tmp_path / 'store'}") as store:
        with subprocess.Popen(
            [sys.executable, "-c", HOLDING, store.dsn],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"open\n"
            with pytest.raises(Conflict, match="another process has the store"):
                store.has_table("otel_traces")
            holder.communicate(timeout=120)
        assert not store.has_table("otel_traces")


def test_a_closed_store_can_be_opened_by_another_process(own_store: Store) -> None:
    own_store.close()
    assert in_another_process(own_store.dsn) == "tables\n"


def test_a_second_store_in_one_process_is_refused(store: Store, tmp_path: Path) -> None:
    with (
        Store(f"chdb://{tmp_path / 'second'}") as second,
        pytest.raises(Conflict, match="this process has another store open"),
    ):
        second.has_table("otel_traces")
    assert store.has_table("otel_traces")


@pytest.mark.parametrize("wrong", ["store", "store/data"])
def test_a_folder_that_cannot_be_opened_is_unavailable(tmp_path: Path, wrong: str) -> None:
    path = tmp_path / wrong
    path.parent.mkdir(exist_ok=True)
    path.write_text("a file where a folder should be")
    (path.parent / "status").write_text("of an engine that is gone")
    with (
        Store(f"chdb://{tmp_path / 'store'}") as store,
        pytest.raises(Unavailable, match="cannot be opened"),
    ):
        store.has_table("otel_traces")


def in_threads(count: int, work: Callable[[], object]) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gc.collect()


def test_a_client_goes_with_its_thread_but_the_engine_stays_open(own_store: Store) -> None:
    with Store(own_store.dsn) as other:
        in_threads(8, lambda: other.has_table("otel_traces"))
        assert len(other._clients) == 1
        own_store.close()
        assert in_another_process(other.dsn).startswith("Conflict ")
        assert other.has_table("otel_traces")
    assert in_another_process(other.dsn) == "tables\n"


def test_a_store_that_is_closed_while_it_is_being_opened_stays_closed(tmp_path: Path) -> None:
    class ClosedMeanwhile(Store):
        def _connect(self) -> Client:
            client = super()._connect()
            self.close()
            return client

    store = ClosedMeanwhile(f"chdb://{tmp_path / 'store'}")
    with pytest.raises(Unavailable, match="closed"):
        store.has_table("otel_traces")
    assert in_another_process(store.dsn) == "no tables\n"


def test_a_token_is_remembered_over_a_restart(own_store: Store) -> None:
    segment, same = record(spans("plan")), token()
    own_store.insert_segment(Signal.TRACES, segment, same)
    own_store.close()
    with Store(own_store.dsn) as again:
        migrate.apply(again, RETENTION_DAYS)
        again.insert_segment(Signal.TRACES, segment, same)
        assert number(again, "count() FROM otel_traces") == 1


def test_a_full_disk_for_temporary_files_is_unavailable(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(Unavailable, match="temporary file"):
        store.insert_segment(Signal.TRACES, record(spans("plan")), token())


def test_an_embedded_store_leaves_nothing_where_the_process_stands(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    store.insert_segment(Signal.TRACES, record(spans("plan")), token())
    assert not list(here.iterdir())


@pytest.fixture
def closing_listener() -> Iterator[tuple[int, list[bytes]]]:
    """A port, and the first byte of each connection to it, which is then closed."""
    heard: list[bytes] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def listen() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    heard.append(connection.recv(1))

        thread = threading.Thread(target=listen)
        thread.start()
        yield listener.getsockname()[1], heard
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize(
    ("scheme", "first_byte"),
    [("https", b"\x16"), ("clickhouses", b"\x16"), ("http", b"P"), ("clickhouse", b"P")],
)
def test_the_scheme_says_whether_a_password_is_sent_in_the_clear(
    closing_listener: tuple[int, list[bytes]], scheme: str, first_byte: bytes
) -> None:
    port, heard = closing_listener
    with (
        Store(f"{scheme}://user:secret@127.0.0.1:{port}/default") as store,
        pytest.raises(Unavailable, match="not reachable"),
    ):
        store.has_table("otel_traces")
    assert set(heard) == {first_byte}


def test_a_server_that_is_gone_is_unavailable_for_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with serving(tmp_path / "store") as server:
        dsn = f"http://anybody:{KEY}@127.0.0.1:{server.port}/default?proxy_path=rw"
        store = Store(dsn, StorageConfig(cluster=""))
        migrate.apply(store, RETENTION_DAYS)
    calls: list[Callable[[], object]] = [
        lambda: store.rows("health"),
        lambda: store.read_only("SELECT 1", "TSV"),
        lambda: store.command("SELECT 1"),
        lambda: store.insert("api_keys", [{"key_id": "a"}]),
        lambda: store.insert_segment(Signal.TRACES, record(spans("plan")), token()),
    ]
    for call in calls:
        with pytest.raises(Unavailable) as error:
            call()
        assert error.value.retry_after_s > 0
    store.close()


def test_a_wrong_password_is_unavailable(tmp_path: Path) -> None:
    with serving(tmp_path / "store") as server:
        dsn = f"http://anybody:wrong@127.0.0.1:{server.port}/default?proxy_path=rw"
        with Store(dsn) as store, pytest.raises(Unavailable, match="Code: 516"):
            store.has_table("otel_traces")
