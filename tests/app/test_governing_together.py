"""Do two processes over one server govern as one?"""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Self

import httpx
import pytest

from tests.app.commands import Instance
from tests.app.governed import People
from tests.collector.running import WAIT_SECONDS_MAX, eventually
from tests.storage.clickhouse_http_server import KEY, serving


class Serve(Instance):
    """`wakeline serve`: the API alone, in front of a server."""

    role = ("serve", "--port", "0")


class Serving(People):
    """One of several processes of the API, as an operator starts them."""

    def __init__(self, data: Path, store: str, signing_key: Path) -> None:
        settings = {
            "AUTH__MODE": "required",
            "AUTH__REFRESH_SECONDS": "0.05",
            "GOVERNANCE__SIGNING_KEY": str(signing_key),
            "GOVERNANCE__REFRESH_SECONDS": "0.05",
        }
        named = {f"WAKELINE_{name}": text for name, text in settings.items()}
        self.instance = Serve(data, "--store", store, **named)
        self.token = self.instance.announced["token"]
        self.http = httpx.Client(
            base_url=self.instance.announced["api_url"], timeout=WAIT_SECONDS_MAX
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.http.close()
        self.instance.__exit__(*raised)


def hands_out(live: People) -> bool:
    """Whether it has read what is in the store."""
    return live.get("agent", "/v1/thresholds/anybody").status_code == 200


@pytest.fixture(scope="module")
def both(
    schema_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Serving, Serving]]:
    """Over one store behind ClickHouse's HTTP interface, with one signing key."""
    folder = tmp_path_factory.mktemp("together")
    (folder / "key").write_text("07" * 32)
    shutil.copytree(schema_folder, folder / "store", symlinks=True)
    with serving(folder / "store") as server:
        store = f"http://anybody:{KEY}@127.0.0.1:{server.port}/default?proxy_path=rw"
        with (
            Serving(folder / "one", store, folder / "key") as one,
            Serving(folder / "two", store, folder / "key") as two,
        ):
            one.keys = two.keys = one.made()
            for live in (one, two):
                eventually(partial(hands_out, live))
            yield one, two


def test_of_fifty_who_approve_at_once_at_two_processes_one_wins(
    both: tuple[Serving, Serving],
) -> None:
    one, _ = both
    made = one.propose("crowd")

    def approve(number: int) -> int:
        return both[number % 2].approve("crowd", made).status_code

    with ThreadPoolExecutor(20) as threads:
        codes = list(threads.map(approve, range(50)))
    assert sorted(codes) == [200] + [409] * 49
    assert both[0].instance.process.pid != both[1].instance.process.pid
    for live in both:
        (only,) = live.get("reader", "/v1/threshold-history?agent=crowd").json()
        assert (only["version"], only["approved_by"]) == (1, one.id("bob"))
        found = live.get("reader", "/v1/audit-log/verify").json()
        assert (found["holds"], found["broken"]) == (True, "")


def test_many_changes_at_two_processes_are_all_kept_in_one_line(
    both: tuple[Serving, Serving],
) -> None:
    before = both[0].get("reader", "/v1/audit-log/verify").json()["records"]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: both[number % 2].propose(f"agent-{number}"), range(16)))
    for live in both:
        found = live.get("reader", "/v1/audit-log/verify").json()
        assert (found["holds"], found["records"]) == (True, before + 16)


def test_what_one_process_changes_the_other_hands_out_as_the_same_document(
    both: tuple[Serving, Serving],
) -> None:
    one, two = both
    path = "/v1/thresholds/shared?wait=30"
    tag = two.get("agent", path).headers["etag"]
    with ThreadPoolExecutor(1) as beside:
        waiting = beside.submit(lambda: two.get("agent", path, **{"if-none-match": tag}))
        one.post("ann", "/v1/kills", scope="agent", agent="shared", reason="wrong")
        answer = waiting.result()
    assert answer.json()["stops"][0]["reason"] == "wrong"
    same = one.get("agent", "/v1/thresholds/shared")
    assert (same.headers["etag"], same.content) == (answer.headers["etag"], answer.content)


def test_who_pulled_where_is_seen_everywhere(both: tuple[Serving, Serving]) -> None:
    one, two = both
    order = {"scope": "agent", "agent": "pulled", "reason": "drill", "drill": True}
    switch_id = one.post("ann", "/v1/kills", **order).json()["switch_id"]
    eventually(lambda: two.get("agent", "/v1/thresholds/pulled").json()["stops"] != [])

    def heard() -> list[bool]:
        """Of each client that `one` knows; it may have pulled once before it could hear."""
        clients = one.get("reader", f"/v1/kills/{switch_id}").json()["clients"]
        return [client["heard_at"] is not None for client in clients]

    eventually(lambda: heard() == [True])
