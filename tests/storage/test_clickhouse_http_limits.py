"""Does one query, or one slow reader, stay within its limits?"""

import socket
import threading
from collections.abc import Iterator

import pytest
from clickhouse_connect.driver.exceptions import OperationalError
from pydantic import ValidationError

from storage.clickhouse_http import HttpLimits
from tests.storage.clickhouse_http_server import KEY, Server, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("store")) as running:
        yield running


@pytest.mark.parametrize(
    ("query", "code", "status"),
    [
        ("SELECT number FROM numbers(101)", "396", 500),
        ("SELECT repeat('x', 50000) FROM numbers(90)", "396", 500),
        ("SELECT groupArray(number) FROM numbers(100000000)", "241", 500),
        ("SELECT materialize(repeat('x', 50000)) FROM numbers(90)", "396", 500),
        (f"SELECT number AS `{'n' * 8000}` FROM numbers(99) FORMAT JSONEachRow", "396", 500),
        (f"SELECT number AS `{'n' * 800}` FROM numbers(99) FORMAT JSONEachRow", None, 200),
    ],
)  # fmt: skip
def test_a_query_over_a_limit_ends_with_the_engines_own_error(
    server: Server, query: str, code: str | None, status: int
) -> None:
    answer = server.post(query, path="/tight/")
    assert answer.headers.get("X-ClickHouse-Exception-Code") == code, answer.text[:300]
    assert answer.status_code == status


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count() FROM numbers(1000000000000)",
        "SELECT (SELECT count() FROM numbers(1000000000000))",
        "EXPLAIN ANALYZE SELECT count() FROM numbers(1000000000000)",
    ],
)
def test_a_query_over_its_time_ends_with_the_engines_own_error(server: Server, query: str) -> None:
    answer = server.post(query, path="/brief/")
    assert answer.headers["X-ClickHouse-Exception-Code"] == "159"
    assert answer.status_code == 408


def test_temporary_files_are_limited(server: Server) -> None:
    answer = server.post(
        "SELECT count() FROM (SELECT a.number FROM numbers(3000000) AS a"
        " JOIN numbers(3000000) AS b ON a.number = b.number)",
        params={"join_algorithm": "grace_hash"},
        path="/tight/",
    )
    assert answer.headers["X-ClickHouse-Exception-Code"] in {"396", "241"}


def test_a_limit_may_be_lowered(server: Server) -> None:
    answer = server.post("SELECT number FROM numbers(10)", params={"max_result_rows": "9"})
    assert answer.headers["X-ClickHouse-Exception-Code"] == "396"
    cut = server.post(
        "SELECT number FROM numbers(100000)",
        params={"max_result_rows": "9", "result_overflow_mode": "break", "max_block_size": "9"},
    )
    assert 0 < len(cut.text.split()) < 100


def test_an_answer_near_the_limit_arrives_whole(server: Server) -> None:
    answer = server.post("SELECT toString(number) || repeat('x', 20) FROM numbers(1000000)",
                         headers={"Accept-Encoding": "identity"})  # fmt: skip
    assert answer.content.count(b"\n") == 1_000_000
    assert int(answer.headers["Content-Length"]) == len(answer.content) > 20_000_000


class SlowReader:
    """A client that asks for a large answer and reads only its first bytes."""

    def __init__(self, server: Server, path: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", server.port))
        self.socket.sendall(
            f"POST {path} HTTP/1.1\r\nHost: x\r\nX-ClickHouse-Key: {KEY}\r\n"
            "Content-Length: 63\r\n\r\n"
            "SELECT repeat('x', 60000) FROM numbers(1000) -- 60 MB, unread  ".encode()
        )
        assert self.socket.recv(12) == b"HTTP/1.1 200"

    def finish(self) -> None:
        self.socket.close()


def test_the_queries_under_way_are_limited(server: Server) -> None:
    reader = SlowReader(server, "/narrow/")
    refused = server.post("SELECT 1", path="/narrow/")
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "1"
    assert refused.headers["X-ClickHouse-Exception-Code"] == "202"
    assert "Too many simultaneous queries. Maximum: 1." in refused.text
    with pytest.raises(OperationalError) as raised:
        server.client("narrow", query_retries=0)
    assert raised.value.code == 202
    assert server.post("SELECT 1", path="/patient/").text == "1\n"
    reader.finish()


def test_a_reader_that_goes_away_gives_its_place_back(server: Server) -> None:
    reader = SlowReader(server, "/patient/")
    waiting: list[str] = []
    waiter = threading.Thread(
        target=lambda: waiting.append(server.post("SELECT 1", path="/patient/").text)
    )
    waiter.start()
    reader.finish()
    waiter.join()
    assert waiting == ["1\n"]


def test_a_client_that_leaves_in_the_middle_of_its_request_costs_nothing(server: Server) -> None:
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", server.port)) as half:
            half.sendall(
                f"POST /patient/ HTTP/1.1\r\nHost: x\r\nX-ClickHouse-Key: {KEY}\r\n"
                "Content-Length: 100\r\n\r\nSELECT".encode()
            )
    assert server.post("SELECT 1", path="/patient/").text == "1\n"


def test_queries_run_side_by_side(server: Server) -> None:
    answers: list[str] = []

    def ask(number: int) -> None:
        answers.append(server.post(f"SELECT {number}, count() FROM numbers(1000000)").text)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == sorted(f"{number}\t1000000\n" for number in range(16))


@pytest.mark.parametrize(
    "wrong",
    [
        {"result_rows_max": 0},
        {"query_seconds_max": 0},
        {"query_memory_bytes_max": 1},
        {"concurrent_queries_max": 0},
        {"queue_seconds_max": -1},
        {"rows_max": 1},
    ],
)
def test_a_limit_that_would_mean_none_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        HttpLimits.model_validate(wrong)
