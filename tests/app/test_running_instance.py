"""Do commands work on the folder of a running `wakeline up`, through it?"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app import stored
from tests.app.commands import FREE_PORTS, Instance, invoke
from tests.collector.running import eventually


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    with Instance(tmp_path_factory.mktemp("running") / "data") as running:
        yield running


def test_it_tells_its_addresses_and_folder_and_nothing_else(instance: Instance) -> None:
    names = [line.split("  ")[0] for line in instance.told.splitlines()]
    assert names == ["OTLP gRPC", "OTLP HTTP", "API", "data", "ready"]
    assert str(instance.data) in instance.told


def test_its_address_and_token_are_for_its_user_alone(instance: Instance) -> None:
    assert (instance.data / "wakeline.json").stat().st_mode & 0o777 == 0o600
    assert instance.data.stat().st_mode & 0o777 == 0o700


def test_status_is_asked_of_it(instance: Instance) -> None:
    status = invoke("status", "--data", instance.data, "--format", "json").json
    assert (status["running"], status["pid"]) == (True, instance.process.pid)
    assert status["api_url"] == instance.announced["api_url"]
    assert {"store", "tables", "services", "queue", "dead_letters", "ingest"} <= set(status)
    text = invoke("status", "--data", instance.data).out
    assert f"process\trunning, pid {instance.process.pid}, " in text
    assert "ingest lag\tp50 " in text


def test_doctor_finds_nothing_wrong(instance: Instance) -> None:
    outcome = invoke("doctor", "--data", instance.data)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.endswith("nothing is wrong\n")
    assert invoke("doctor", "--data", instance.data, "--format", "json").json["problems"] == []


def test_sql_is_answered_by_it(instance: Instance) -> None:
    for where in ("--data", instance.data), ("--store", f"chdb://{instance.data / 'store'}"):
        outcome = invoke("sql", *where, "SELECT number FROM numbers(3)")
        assert (outcome.code, outcome.out, outcome.err) == (0, "0\n1\n2\n", "")
    rows = invoke("sql", "--data", instance.data, "SELECT 1 AS a", "--format", "JSONEachRow")
    assert rows.json == {"a": 1}


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("INSERT INTO otel_traces (TraceId) VALUES ('x')", "(READONLY)"),
        ("SELECT 1 INTO OUTFILE 'stolen'", "(READONLY)"),
        ("SELEC 1", "(SYNTAX_ERROR)"),
    ],
)
def test_sql_that_writes_is_refused_in_the_words_of_clickhouse(
    instance: Instance, query: str, reason: str
) -> None:
    refusal = invoke("sql", "--data", instance.data, query).refused()
    assert refusal.startswith("Code: ")
    assert reason in refusal
    assert len(refusal) < 300


def test_keys_are_made_listed_and_revoked_through_it(instance: Instance) -> None:
    where = ("--data", instance.data)
    made = invoke("keys", "create", *where, "--scope", "read", "--name", "Grafana")
    assert made.out.startswith("wk_")
    key_id = made.out.split("_")[1]
    listed = invoke("keys", "list", *where, "--format", "json").json
    assert [key["name"] for key in listed if key["key_id"] == key_id] == ["Grafana"]
    assert invoke("keys", "revoke", *where, key_id).out == f"revoked {key_id}\n"
    assert "revoked" in invoke("keys", "list", *where).out
    for unknown in ("nobody", "a/b", "?"):
        assert (
            f"no key has the id '{unknown}'" in invoke("keys", "revoke", *where, unknown).refused()
        )
    assert (
        "tenant: " in invoke("keys", "create", *where, "--scope", "read", "--tenant", "").refused()
    )


def test_replay_sends_to_it_and_makes_up_no_figure(instance: Instance, spans: Path) -> None:
    for _ in range(2):
        outcome = invoke("replay", "--data", instance.data, spans)
        assert (outcome.code, outcome.out, outcome.err) == (0, "3 requests taken\n", "")

    def stored_spans() -> str:
        query = "SELECT count() FROM otel_traces WHERE ServiceName = 'stored'"
        return invoke("sql", "--data", instance.data, query).out

    eventually(lambda: stored_spans() == f"{3 * stored.SPANS}\n")
    services = invoke("status", "--data", instance.data, "--format", "json").json["services"]
    assert [row["service"] for row in services] == ["stored"]


def test_pending_migrations_are_read_through_it(instance: Instance) -> None:
    outcome = invoke("migrate", "--data", instance.data, "--pending")
    assert (outcome.code, outcome.out) == (0, "nothing is pending\n")


def test_what_needs_the_folder_for_itself_is_refused(instance: Instance) -> None:
    for command in ("migrate", "up"):
        refusal = invoke(command, "--data", instance.data).refused()
        assert refusal == (
            f"{instance.data} is held by another wakeline; stop it, or use another --data"
        )
    store = f"chdb://{instance.data / 'store'}"
    for arguments in (["migrate"], ["up", *FREE_PORTS]):
        refusal = invoke(*arguments, "--store", store).refused()
        assert refusal.startswith(f"the store {instance.data / 'store'} is open in another process")


def test_another_store_is_not_looked_for_in_it(instance: Instance, tmp_path: Path) -> None:
    other = f"chdb://{tmp_path / 'other'}"
    refusal = invoke("sql", "--data", instance.data, "--store", other, "SELECT 1").refused()
    assert f"there is no store at {tmp_path / 'other'}" in refusal
