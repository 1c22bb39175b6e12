"""Does `wakeline outcomes import` store the good rows once, and tell every bad one?"""

import csv
from pathlib import Path

import pytest

from tests.app import live
from tests.app.commands import invoke
from tests.app.test_replay_endpoint import Receiver
from wakeline.conventions import OUTCOME_POLARITY_OF

pytestmark = pytest.mark.usefixtures("shared_engine")
ROWS = 10_000
EVERY_BAD = 500


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """10,000 rows; every 500th has a type that there is not."""
    path = tmp_path / "chargebacks.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Id", "type", "target", "amount", "at", "bank"])
        for number in range(ROWS):
            kind = "refund" if number % EVERY_BAD == EVERY_BAD - 1 else "chargeback"
            at = f"2026-06-01T{number % 24:02}:00:00Z"
            writer.writerow([f"cb-{number}", kind, f"invoice:{number}", number / 4, at, "north"])
    return path


def stored(data: Path) -> tuple[int, str]:
    """How many outcomes there are, and the sum of their amounts."""
    query = "SELECT count(), sum(amount) FROM outcomes FINAL"
    asked = invoke("sql", "--data", data, "--format", "TSV", query)
    assert asked.code == 0, asked
    count, amount = asked.out.split()
    return int(count), amount


GOOD = ROWS - ROWS // EVERY_BAD
SUM = sum(n / 4 for n in range(ROWS) if n % EVERY_BAD != EVERY_BAD - 1)


def test_ten_thousand_rows_are_stored_once_and_the_bad_ones_are_listed(
    data: Path, large: Path
) -> None:
    for _ in range(2):
        told = invoke(
            "outcomes", "import", large, "--map", "Id=outcome_id", "--format", "json",
            "--keep-rejected", "--data", data,
        )  # fmt: skip
        assert told.code == 1
        assert told.err.endswith("20 rows left out; mend and import again, good rows count once\n")
        assert (told.json["taken"], told.json["good"], told.json["bad"]) == (GOOD, GOOD, 20)
        assert told.json["unused_columns"] == ["bank"]
        assert told.json["rejected"][0] == {
            "line": EVERY_BAD + 1,
            "column": "type",
            "reason": f"one of {', '.join(OUTCOME_POLARITY_OF)}",
        }
        assert stored(data) == (GOOD, f"{SUM:g}" if SUM % 1 else str(int(SUM)))
    with large.with_name("chargebacks.csv.rejected.csv").open(newline="") as file:
        header, first, *others = csv.reader(file)
    assert header == ["Id", "type", "target", "amount", "at", "bank", "line", "column", "reason"]
    assert (first[0], first[6], first[7]) == ("cb-499", "501", "type")
    assert len(others) == 19


SMALL = "type,target,outcome_id,at\nreversal,invoice:1,o-1,{at}\nsuccess,invoice:2,o-2,\n"


def test_a_row_that_was_mended_takes_the_place_of_the_first(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "few.csv"
    for at in ("2026-06-01T00:00:00Z", "2026-05-30T07:00:00Z"):
        file.write_text(SMALL.format(at=at))
        told = invoke("outcomes", "import", file, "--data", data)
        assert (told.code, told.out, told.err) == (0, "2 outcomes taken\n", "")
    query = "SELECT outcome_id, toString(toDate(ts)) FROM outcomes FINAL WHERE outcome_id = 'o-1'"
    asked = invoke("sql", "--data", data, "--format", "TSV", query)
    assert asked.out == "o-1\t2026-05-30\n"


def test_of_two_rows_with_one_id_the_last_one_stands(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "twice.csv"
    lines = [f"reversal,invoice:1,o-1,{number}" for number in range(1500)]
    file.write_text("\n".join(["type,target,outcome_id,amount", *lines]))
    assert invoke("outcomes", "import", file, "--data", data).code == 0
    assert stored(data) == (1, "1499")


def test_a_dry_run_tells_what_would_be_and_opens_no_store(tmp_path: Path) -> None:
    file = tmp_path / "few.csv"
    file.write_text(SMALL.format(at="soon"))
    told = invoke("outcomes", "import", file, "--dry-run", "--data", tmp_path / "none")
    assert told.code == 1
    assert told.out == (
        "line\tcolumn\treason\n2\tat\tno time of ISO 8601, as 2026-11-28T09:30:00Z is\n"
        "1 outcome would be taken\n"
    )
    assert not (tmp_path / "none").exists()


def test_many_bad_rows_are_told_in_part(tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("type,target,memo\n" + "refund,a:1,m\n" * 1030)
    told = invoke("outcomes", "import", file, "--dry-run")
    assert told.out.endswith(
        "and 1,010 more\ncolumns that say nothing here: memo\n0 outcomes would be taken\n"
    )
    listed = invoke("outcomes", "import", file, "--dry-run", "--format", "json").json
    assert (listed["bad"], len(listed["rejected"])) == (1030, 1000)


def test_a_running_instance_takes_them_at_once(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "few.csv"
    file.write_text(SMALL.format(at=""))
    with live.Live(data, {"analyzers": {"enabled": False}}):
        told = invoke("outcomes", "import", file, "--data", data, terminal=True)
        assert (told.code, told.out) == (0, "2 outcomes taken\n")
    assert stored(data)[0] == 2


def test_an_endpoint_elsewhere_gets_otlp_with_the_key(tmp_path: Path) -> None:
    file = tmp_path / "few.csv"
    file.write_text(SMALL.format(at=""))
    with Receiver() as receiver:
        told = invoke("outcomes", "import", file, "--endpoint", receiver.url, "--key", "k")
    assert (told.code, told.out) == (0, "2 outcomes taken\n")
    ((path, media, key, body),) = receiver.received
    assert (path, media, key) == ("/v1/logs", "application/x-protobuf", "Bearer k")
    assert body.count(b"wakeline.outcome.id") == 2


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--map", "id"), "--map takes NAME=NAME, not 'id'"),
        (("--map", "id=name"), "--map: outcome has no 'name'"),
        (("--set", "name=x"), "--set: outcome has no 'name'"),
        (("--zone", "Mars/North"), "--zone: there is no zone 'Mars/North'"),
    ],
    ids=range(4),
)
def test_options_that_can_not_be_meant_are_told(
    options: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    file = tmp_path / "few.csv"
    file.write_text(SMALL)
    refused = invoke("outcomes", "import", file, *options)
    assert refused.code == 2
    assert told in " ".join(refused.err.replace("│", "").split())


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    refused = invoke("outcomes", "import", tmp_path / "nowhere.csv").refused()
    assert refused == f"{tmp_path / 'nowhere.csv'}: No such file or directory"
