"""Do `wakeline status` and `doctor` say what waits, what is wrong, and what to do?"""

import time
from pathlib import Path
from typing import Any

import pytest

from app.commands.inspect import diagnose
from collector.segments import SUFFIX
from tests.app.commands import invoke

pytestmark = pytest.mark.usefixtures("shared_engine")
GIB = 1024**3
HEALTHY: dict[str, Any] = {
    "running": True,
    "store": {"reachable": True, "spans_last_hour": 3},
    "queue": {"segments": 1, "bytes": 10, "oldest_age_s": 0.2, "disk_free_bytes": 50 * GIB},
    "ingest": {"lag_p50_s": 0.1, "lag_p99_s": 0.2, "store_error": ""},
    "dead_letters": {"count": 0, "folder": "spool/dead letters", "latest": []},
}
LETTER = {"file": "1-0.otlp.pb", "reason": "odd", "items": 2, "replayable": True}


def test_an_idle_store_is_told_plainly(data: Path) -> None:
    outcome = invoke("status", "--data", data)
    assert (outcome.code, outcome.err) == (0, "")
    lines = dict(line.split("\t", 1) for line in outcome.out.splitlines())
    assert lines["process"] == "not running"
    assert lines["store"] == "0 spans in the last hour"
    assert (lines["queue"], lines["dead letters"]) == ("empty", "none")
    assert lines["disk free"].endswith("iB")
    assert lines["wakeline_migrations"].endswith("iB")
    assert set("┃│\x1b").isdisjoint(outcome.out)


def test_what_was_received_is_told_by_service_with_its_age(data: Path, spans: Path) -> None:
    assert invoke("replay", spans, "--data", data).code == 0
    status = invoke("status", "--data", data, "--format", "json").json
    (service,) = status["services"]
    assert (service["tenant"], service["service"], service["spans"]) == ("default", "stored", 6)
    assert service["last_received"].endswith("+00:00")
    (line,) = [
        line for line in invoke("status", "--data", data).out.splitlines() if "stored" in line
    ]
    assert line.split("\t")[2].endswith(" ago")


def test_a_healthy_instance_has_no_problems(data: Path) -> None:
    assert not list(diagnose(HEALTHY))
    outcome = invoke("doctor", "--data", data)
    assert (outcome.code, outcome.out.splitlines()[-1]) == (0, "nothing is wrong")


def test_segments_that_nobody_stores_are_a_problem(data: Path) -> None:
    segment = data / "spool" / f"{time.time_ns() - 90 * 10**9:020d}{SUFFIX}"
    segment.parent.mkdir()
    segment.write_bytes(bytes(2048))
    assert (
        "queue\t1 segment, 2.0 KiB, the oldest waits for 1 min"
        in invoke("status", "--data", data).out
    )
    outcome = invoke("doctor", "--data", data, "--format", "json")
    assert outcome.code == 1
    assert outcome.json["problems"] == [
        "Nothing runs and 1 segment wait in the spool: `wakeline up` stores them."
    ]


@pytest.mark.parametrize(
    ("part", "change", "problem"),
    [
        ("store", {"reachable": False, "reason": "down"}, "No answer: down; start the store"),
        ("queue", {"oldest_age_s": 500.0}, "The oldest segment waits for 8 min: "),
        ("queue", {"disk_free_bytes": GIB}, "The disk of the spool has 1.0 GiB left: "),
        ("ingest", {"store_error": "no table"}, "Segments are not being stored, they wait"),
        ("ingest", {"lag_p99_s": 75.0}, "Spans are queryable only after 1 min (p99): "),
        (
            "dead_letters", {"count": 1, "latest": [LETTER]},
            "Dead letter 1-0.otlp.pb (2 items): odd; `wakeline replay"
            " 'spool/dead letters/1-0.otlp.pb'` sends it again; delete it then.",
        ),
        (
            "dead_letters", {"count": 1, "latest": [LETTER | {"replayable": False, "items": 1}]},
            "Dead letter 1-0.otlp.pb (1 item): odd; its bytes are damaged; ",
        ),
        (
            "dead_letters", {"count": 1200},
            "1,200 older dead letters are in spool/dead letters.",
        ),
    ],
)  # fmt: skip
def test_each_thing_that_is_wrong_is_told_with_its_mend(
    part: str, change: dict[str, Any], problem: str
) -> None:
    (told,) = diagnose(HEALTHY | {part: HEALTHY[part] | change})
    assert told.startswith(problem)


def test_a_process_without_a_spool_is_judged_by_its_store_alone() -> None:
    assert not list(diagnose({"running": True, "store": HEALTHY["store"]}))


def test_many_services_are_cut_short(data: Path, tmp_path: Path) -> None:
    from tests.app import stored

    requests = [stored.traces(number) for number in range(25)]
    for number, request in enumerate(requests):
        attribute = request.resource_spans[0].resource.attributes[0]
        attribute.value.string_value = f"service \x1b[31m {number}" if number else ""
    file = stored.messages(tmp_path / "many.pb", *requests)
    assert invoke("replay", file, "--data", data).code == 0
    shown = invoke("status", "--data", data).out
    assert "… and 5 services more: --format json" in shown
    assert "\x1b" not in shown
    assert "service \\x1b[31m " in shown
