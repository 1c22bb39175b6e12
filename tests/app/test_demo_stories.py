"""Does each story of the demonstration stand in the typed tables, with its versions and times?"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from analyzers.config import AnalyzersConfig
from app.analysis import Analysis
from app.demo import fleet
from app.demo.playing import RUNS
from app.demo.stories import carriers, compound, stale_field
from app.demo.stories.carriers import COST_LIMIT, THRESHOLD
from domain.asked import Asked
from domain.findings import Severity
from storage.findings import FindingRows
from storage.store import Store
from tests.app.commands import FREE_PORTS, execute

A_DAY = 12
DECISIONS = 10 * A_DAY
COUNTED = ("steps", "decisions", "data_access", "effects", "outcomes", "intents")
EARLIER_TOO = ("steps", "decisions", "data_access", "intents")


Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Played:
    """A store in which the demonstration was played by the executable, twice.

    at: a moment between its start and its end; out: what the first and the second run printed.
    """

    store: Store
    at: datetime
    out: tuple[str, str]
    steps: int

    def rows(self, query: str) -> Rows:
        """Of a query on the typed tables."""
        text = self.store.read_only(query, "JSONEachRow")
        return [json.loads(line) for line in text.splitlines()]

    def hours_before(self, unix_ms: str) -> float:
        """How long before the demonstration, to a tenth of an hour."""
        return round((self.at.timestamp() - int(unix_ms) / 1000) / 3600, 1)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """One for all, for it takes long."""
    folder = tmp_path_factory.mktemp("played")
    data = folder / "data"
    command = ("demo", "--exit", "--a-day", A_DAY, "--data", data, *FREE_PORTS)
    first = execute(*command, cwd=folder)
    assert (first.code, first.err) == (0, "")
    at = datetime.now(UTC)
    steps = _steps(data)
    second = execute(*command, cwd=folder, TZ="Asia/Tokyo")
    assert (second.code, second.err) == (0, "")
    with Store(f"chdb://{data / 'store'}") as store:
        yield Played(store, at, (first.out, second.out), steps)


def _steps(data: Path) -> int:
    with Store(f"chdb://{data / 'store'}") as store:
        return int(store.read_only("SELECT count() FROM steps", "TSV"))


def test_who_read_and_wrote_the_rate_is_told_with_versions(played: Played) -> None:
    rows = played.rows(
        "SELECT agent, service, access, version, toFloat64(value_num) AS value, source_kind,"
        " toUnixTimestamp64Milli(ts) AS ms"
        " FROM data_access FINAL WHERE entity = 'account:77' AND field = 'plan_rate' ORDER BY ts"
    )
    found = [tuple(row.values())[:-1] for row in rows]
    assert found == [
        ("crm-sync", "crm", "write", "7", 120, "primary"),
        ("rate-cache", "rate-cache", "read", "7", 120, "primary"),
        ("human:sales", "crm", "write", "8", 95, "primary"),
        ("invoice-run", "billing", "read", "8", 95, "primary"),
        ("billing", "billing", "read", "7", 120, "cache"),
        ("human:finance", "billing", "read", "8", 95, "primary"),
    ]
    hours = [played.hours_before(row["ms"]) for row in rows]
    assert hours == pytest.approx([124, 123.9, 94, 84, 74, 1], abs=0.2)


def test_the_correction_rests_on_the_stale_read_and_the_reversal_undoes_it(played: Played) -> None:
    (decision,) = played.rows("SELECT * FROM decisions FINAL WHERE action = 'correct_invoice'")
    inputs = played.rows(
        f"SELECT entity, version FROM data_access FINAL WHERE data_id IN {decision['inputs']}"
    )
    assert {(row["entity"], row["version"]) for row in inputs} == {
        ("invoice:501", "1"),
        ("account:77", "7"),
    }
    assert (decision["policy_id"], decision["policy_version"]) == ("billing-corrections", "3")
    assert decision["confidence"] > decision["threshold"]
    writes = played.rows(
        "SELECT version, version_prev, data_id, compensates, decision_id FROM data_access FINAL"
        " WHERE entity = 'invoice:501' AND access = 'write' ORDER BY ts"
    )
    assert [(row["version"], row["version_prev"]) for row in writes] == [
        ("1", ""),
        ("2", "1"),
        ("3", "2"),
    ]
    corrected, reversed_ = writes[1:]
    assert corrected["decision_id"] == decision["decision_id"]
    assert reversed_["compensates"] == corrected["data_id"]
    outcomes = played.rows(
        f"SELECT type, polarity, target, toFloat64(amount) AS eur FROM outcomes FINAL"
        f" WHERE case_id = '{stale_field.CASE}' ORDER BY ts"
    )
    assert [tuple(row.values()) for row in outcomes] == [
        ("complaint", -1, ["invoice:501"], 25),
        ("reversal", -1, [corrected["data_id"]], 25),
    ]


def test_the_cash_comes_back_and_the_posting_in_the_erp_stays(played: Played) -> None:
    effects = played.rows(
        "SELECT service, kind, metric, toFloat64(delta) AS eur, entity FROM effects FINAL"
        f" WHERE case_id = '{stale_field.CASE}' ORDER BY ts"
    )
    assert [tuple(row.values()) for row in effects] == [
        ("billing", "adjust", "cash", 25, "invoice:501"),
        ("erp", "post", "receivables", 25, "ledger_entry:9"),
        ("billing", "reverse", "cash", -25, "invoice:501"),
    ]
    entry = played.rows(
        "SELECT version, compensates FROM data_access FINAL WHERE entity = 'ledger_entry:9'"
    )
    assert entry == [{"version": "1", "compensates": ""}]
    causes = played.rows(
        "SELECT effect.agent AS effect, cause.agent AS cause FROM links AS link FINAL"
        " JOIN steps AS effect ON effect.span_id = link.effect_span_id"
        " JOIN steps AS cause ON cause.span_id = link.cause_span_id"
        f" WHERE effect.case_id = '{stale_field.CASE}' ORDER BY effect.ts"
    )
    assert causes == [
        {"effect": "erp-poster", "cause": "billing"},
        {"effect": "human:finance", "cause": "human:support"},
    ]


@pytest.mark.parametrize("case", compound.CASES, ids=("blind", "control"))
def test_three_agents_act_on_one_case_in_traces_of_their_own(
    played: Played, case: compound.Case
) -> None:
    decisions = played.rows(
        "SELECT agent, action, policy_id, policy_version, trace_id FROM decisions FINAL"
        f" WHERE case_id = '{case.id}' ORDER BY ts"
    )
    assert [tuple(row.values())[:-1] for row in decisions] == [
        ("invoice-audit", "flag_discrepancy", "ap-audit", "4"),
        ("cash-flow", "delay_payment", "treasury", "7"),
        ("vendor-relations", "grant_credit", "goodwill", "2"),
    ]
    traces = [row["trace_id"] for row in decisions]
    assert len(set(traces)) == 3
    linked = f"SELECT count() AS n FROM links FINAL WHERE effect_trace_id IN {traces}"
    assert played.rows(linked) == [{"n": 0}]
    effects = played.rows(
        "SELECT kind, metric, toFloat64(delta) AS delta, opens FROM effects FINAL"
        f" WHERE case_id = '{case.id}' ORDER BY ts"
    )
    assert [tuple(row.values()) for row in effects] == [
        ("flag", "open_issue", 0, f"discrepancy:{case.invoice}"),
        ("delay", "cash", 0, ""),
        ("credit", "cash", -500, ""),
    ]


def test_only_in_the_control_did_somebody_read_what_another_wrote(played: Played) -> None:
    read = {
        case.informed: played.rows(
            "SELECT r.agent AS reader, w.agent AS writer, r.ts < d.ts AS before_deciding"
            " FROM data_access AS r FINAL"
            " JOIN data_access AS w ON w.entity = r.entity AND w.field = r.field"
            " AND w.version = r.version AND w.access = 'write'"
            " JOIN decisions AS d ON d.trace_id = r.trace_id"
            f" WHERE r.access = 'read' AND r.case_id = '{case.id}'"
        )
        for case in compound.CASES
    }
    aware = {"reader": "vendor-relations", "writer": "cash-flow", "before_deciding": 1}
    assert read == {False: [], True: [aware]}
    disputed = played.rows("SELECT case_id FROM outcomes FINAL WHERE type = 'dispute'")
    assert disputed == [{"case_id": compound.BLIND.id}]


def test_intents_say_where_each_metric_should_go(played: Played) -> None:
    rows = played.rows(
        "SELECT agent, metric, direction, target FROM intents FINAL"
        f" WHERE case_id = '{compound.BLIND.id}' ORDER BY ts"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("invoice-audit", "open_issue", -1, ["invoice:1042"]),
        ("cash-flow", "cash", 1, ["invoice:1042"]),
        ("vendor-relations", "satisfaction", 1, ["vendor:9"]),
    ]


def test_carriers_are_booked_alone_only_within_threshold_and_limit(played: Played) -> None:
    decisions = played.rows(
        "SELECT case_id, outcome, confidence, toFloat64(amount) AS eur, threshold_version"
        f" FROM decisions FINAL WHERE agent = '{carriers.AGENT}'"
        " AND match(case_id, '^shipment-[0-9]+$')"  # those of the weeks before are drawn from them
    )
    assert len(decisions) == len({row["case_id"] for row in decisions}) == DECISIONS
    for row in decisions:
        alone = row["confidence"] >= THRESHOLD and row["eur"] <= COST_LIMIT
        assert row["outcome"] == ("allow" if alone else "escalate")
        assert row["threshold_version"] == "3"
    booked = played.rows(
        "SELECT d.outcome AS outcome, d.agent AS agent, d.approval_id != '' AS approved"
        " FROM effects AS e FINAL JOIN decisions AS d ON d.decision_id = e.decision_id"
        f" WHERE e.kind = 'book' AND e.agent = '{carriers.AGENT}'"
    )
    ways = {(row["agent"], row["outcome"], row["approved"]) for row in booked}
    assert ways == {(carriers.AGENT, "allow", 0), (carriers.DISPATCHER, "allow", 1)}
    assert DECISIONS - 5 <= len(booked) <= DECISIONS  # some approvals are still to come


def test_outcomes_of_shipments_follow_days_later_and_none_is_in_the_future(played: Played) -> None:
    rows = played.rows(
        "SELECT type, polarity, toUnixTimestamp64Milli(o.ts) AS ms, o.ts - w.ts AS after_s"
        " FROM outcomes AS o FINAL"
        " JOIN data_access AS w ON w.data_id = o.target[1]"
        " WHERE w.entity_type = 'shipment' ORDER BY ms"
    )
    assert DECISIONS * 0.7 < len(rows) < DECISIONS
    assert {row["type"]: row["polarity"] for row in rows}["success"] == 1
    hours = [float(row["after_s"]) / 3600 for row in rows]
    assert (round(min(hours)), round(max(hours))) == (18, 70)
    assert played.hours_before(rows[-1]["ms"]) >= 0


def test_the_stale_read_is_found_and_of_the_healthy_fleet_nothing(played: Played) -> None:
    Analysis(played.store, AnalyzersConfig()).to_the_end()
    found = FindingRows(played.store).listed(Asked(severity_min=Severity.MEDIUM), 1000)
    (stale,) = [row for row in found if row["signature"] == "DATA-01"]
    assert stale["reason"] == (
        "billing read account:77.plan_rate at version 7 for correct_invoice,"
        " but version 8 had been written 20.0 h earlier by human:sales (crm)."
    )
    # When the agent decided, days before anybody complained.
    assert 73 < (played.at - stale["last_at"]).total_seconds() / 3600 < 75
    fleets = {agent.name for agent in fleet.AGENTS}
    assert not [row["reason"] for row in found if fleets & set(row["agents"])]


def test_harm_that_nobody_does_alone_is_found_with_whether_they_knew(played: Played) -> None:
    Analysis(played.store, AnalyzersConfig()).to_the_end()
    found = FindingRows(played.store).listed(Asked(severity_min=Severity.MEDIUM), 1000)
    told = {row["case_id"]: row for row in found if row["signature"] == "MA-01"}
    assert {case: row["severity"] for case, row in told.items()} == {
        compound.BLIND.id: "high",
        compound.CONTROL.id: "medium",
    }
    assert told[compound.BLIND.id]["reason"] == (
        "No agent is at fault alone. vendor-relations acted on vendor-9/invoice-1042 without"
        " reading what cash-flow had done there (delay): its credit moved cash by -500 EUR against"
        " the aim of cash-flow, and discrepancy:1042 is still open. COMPOUND-BLIND: 500 EUR and"
        " states that count as 50; contribution shares: cash-flow 45.5 % (250), vendor-relations"
        " 45.5 % (250) and invoice-audit 9.09 % (50)."
    )


def test_the_healthy_fleet_gives_nothing_to_find(played: Played) -> None:
    names = [agent.name for agent in fleet.AGENTS]
    steps = played.rows(
        "SELECT agent, trace_id, tool, arguments_hash, status FROM steps FINAL"
        f" WHERE agent IN {names}"
    )
    assert len(steps) == len(names) * RUNS * 7
    assert {row["status"] for row in steps} <= {"Ok", "Unset"}
    calls = [(row["trace_id"], row["tool"], row["arguments_hash"]) for row in steps if row["tool"]]
    assert len(set(calls)) == len(calls)
    assert played.rows(
        "SELECT DISTINCT access, source_kind FROM data_access FINAL"
        f" WHERE agent IN {names} ORDER BY access"
    ) == [
        {"access": "read", "source_kind": "primary"},
        {"access": "write", "source_kind": "primary"},
    ]
    outcomes = played.rows(
        f"SELECT type, count() AS n FROM outcomes FINAL WHERE agent IN {names} GROUP BY type"
    )
    assert [(row["type"], int(row["n"])) for row in outcomes] == [("success", len(names) * RUNS)]


def test_no_step_of_any_story_is_an_error_and_nothing_is_late_or_early(played: Played) -> None:
    assert played.rows("SELECT count() AS n FROM steps FINAL WHERE status = 'Error'") == [{"n": 0}]
    weeks_before = dict.fromkeys(EARLIER_TOO, 10.5 + 7 * carriers.WEEKS_BEFORE)
    for table in COUNTED:
        moments = played.rows(f"SELECT toUnixTimestamp64Milli(ts) AS ms FROM {table} FINAL")
        hours = [played.hours_before(row["ms"]) for row in moments]
        assert 0 <= min(hours) < max(hours) < weeks_before.get(table, 10.5) * 24


def test_every_service_named_itself_and_every_row_its_agent(played: Played) -> None:
    rows = played.rows("SELECT DISTINCT service FROM steps FINAL ORDER BY service")
    assert {row["service"] for row in rows} == {
        "accounts-payable", "billing", "carrier-selection", "crm", "dispatch", "erp",
        "onboarding", "rate-cache", "service-desk", "stock", "support", "treasury", "vendor-desk",
    }  # fmt: skip
    for table in ("decisions", "data_access", "effects"):
        nameless = f"SELECT count() AS n FROM {table} FINAL WHERE agent = ''"
        assert played.rows(nameless) == [{"n": 0}]


def test_it_prints_what_the_tables_hold_and_where_to_look(played: Played) -> None:
    lines = played.out[0].splitlines()
    assert "billing read version 7 20 h after human:sales had written version 8." in lines
    assert "vendor-relations read invoice:1043.pay_date@2 before it decided." in lines
    columns = [line.split("\t") for line in lines]
    shown = [row[1:] for row in columns if len(row) == 3]
    assert ["human:finance", "reversal of invoice:501.amount@2 (25)"] in shown
    assert ["vendor-relations", "effect: credit cash -500, vendor:9"] in shown
    assert ["support", "40", "280", "0", "120", "40", "40", "40", "0"] in columns
    days = [row for row in columns if len(row) == 10 and row[0].isdigit()]
    assert [row[0] for row in days] == [str(ago) for ago in range(9, -1, -1)]
    assert sum(int(row[1]) for row in days) == DECISIONS
    assert any(line.startswith("state\twakeline status --data ") for line in lines)


def test_a_second_demonstration_shows_the_first_and_sends_nothing(played: Played) -> None:
    first, second = played.out
    assert second.startswith("Sent before")
    assert "billing read version 7 20 h after" in second
    assert _story_of_the_field(first) == _story_of_the_field(second)
    assert int(played.rows("SELECT count() AS n FROM steps")[0]["n"]) == played.steps


def _story_of_the_field(out: str) -> str:
    return out.partition("1  A stale field")[2].partition("3  Volume")[0]
