"""Does every query of every dashboard answer as its panel needs, with what happened?"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.demo.stories import carriers
from storage.http_engine import EmbeddedEngine, HttpLimits
from storage.store import Store
from tests.dashboards import boards, plugin, seeding
from tests.dashboards.answers import SINCE, UNTIL, VARIABLES, Answer, answer, quick
from tests.dashboards.boards import Asked
from tests.dashboards.plugin import Asking

NUMBER = re.compile(r"(Nullable\()?(U?Int\d+|Float\d+|Decimal.*)\)?")
TEXT = re.compile(r"(LowCardinality\()?(Nullable\()?String\)*|Enum8\(.*\)")
TIME = re.compile(r"(Nullable\()?DateTime(64)?(\(.*\))?\)?")
# What several chosen values become, one of them with a quote, as a name may have.
SEVERAL = {
    "tenant": [seeding.TENANT, "it's"],
    "agent": ["billing", carriers.AGENT, seeding.LOOPER],
    "version": ["1.0", "2.1"],
    "action": ["book_air", "correct_invoice"],
}


@dataclass(frozen=True)
class Seeded:
    """A store with the demonstration in it, and what it answered while it was empty.

    engine: what /ch asks, which is what Grafana asks where no server is.
    told: what it answered, by statement.
    """

    store: Store
    engine: EmbeddedEngine
    subject: str
    empty: Mapping[Asked, Answer]
    told: dict[str, Answer] = field(default_factory=dict)

    def asked(self, sql: str, **variables: plugin.Value) -> str:
        """The statement that a panel would send."""
        chosen = {**VARIABLES, "subject": self.subject, **variables}
        return plugin.asked(sql, Asking(SINCE, UNTIL, 21_600, chosen))

    def ask(self, sql: str, **variables: plugin.Value) -> Answer:
        """What a panel would get."""
        text = self.asked(sql, **variables)
        if text not in self.told:
            self.told[text] = answer(self.engine, text)
        return self.told[text]

    def panel(self, board: str, title: str, kind: str = "") -> list[dict[str, Any]]:
        """Rows of the panel of that title; kind: where a number and a table have the same one."""
        (found,) = [
            one
            for one in boards.ALL
            if (one.board, one.title, one.ref) == (board, title, "A") and kind in ("", one.kind)
        ]
        return self.ask(found.sql, tenant=seeding.OURS).rows


@pytest.fixture(scope="module")
def seeded(module_store: Store) -> Seeded:
    """One for all, for it takes long."""
    engine = EmbeddedEngine(str(module_store.embedded_path), HttpLimits())
    asking = Asking(SINCE, UNTIL, 21_600, {**SEVERAL, "subject": "outcome/none"})
    empty = {one: quick(module_store, plugin.asked(one.sql, asking)) for one in boards.ALL}
    seeding.seed(module_store)
    return Seeded(module_store, engine, seeding.reversal(module_store), empty)


def numbers(columns: list[str]) -> bool:
    return bool(columns) and all(NUMBER.fullmatch(kind) for kind in columns)


def over_time(columns: dict[str, str], texts_min: int) -> bool:
    """A time, at most one text that tells series apart, and numbers."""
    first, *rest = columns.values()
    texts = [one for one in rest if TEXT.fullmatch(one)]
    values = [one for one in rest if one not in texts]
    return bool(TIME.fullmatch(first)) and texts_min <= len(texts) <= 1 and numbers(values)


def buckets_over_time(columns: dict[str, str]) -> bool:
    """A time, and a column of counts for each bucket, named by its upper end, the lowest first."""
    (_, first), *rest = columns.items()
    ends = [float(name) for name, _ in rest]
    counts = numbers([kind for _, kind in rest])
    return bool(TIME.fullmatch(first)) and counts and len(ends) > 1 and ends == sorted(ends)


def bars(columns: dict[str, str]) -> bool:
    """Where each bar begins and ends, and how high it is: Grafana counts nothing itself."""
    return (
        list(columns)[:2] == ["xMin", "xMax"] and len(columns) > 2 and numbers([*columns.values()])
    )


def named_numbers(columns: dict[str, str]) -> bool:
    first, *rest = columns.values()
    return bool(TEXT.fullmatch(first)) and numbers(rest)


NODES = {"id", "title", "subtitle", "mainstat", "arc__cause", "arc__other"}
FORMS: Mapping[str, Callable[[dict[str, str]], bool]] = {
    "stat": lambda columns: len(columns) == 1 and numbers(list(columns.values())),
    "timeseries": lambda columns: over_time(columns, 0),
    "heatmap": buckets_over_time,
    "status-history": lambda columns: over_time(columns, 1),
    "barchart": named_numbers,
    "histogram": bars,
    "nodes": lambda columns: set(columns) >= NODES,
    "edges": lambda columns: set(columns) >= {"id", "source", "target", "mainstat"},
    "variable": lambda columns: len(columns) == 1 and named_numbers(columns | {"n": "UInt8"}),
    "annotation": lambda columns: (
        list(columns) == ["time", "text", "tags"] and bool(TIME.fullmatch(columns["time"]))
    ),
    "table": lambda columns: len(columns) > 1,
}


def form(asked: Asked, columns: dict[str, str]) -> bool:
    """Whether the panel can show these columns."""
    return FORMS[asked.ref if asked.kind == "nodeGraph" else asked.kind](columns)


@pytest.mark.parametrize("asked", boards.ALL, ids=str)
def test_a_query_answers_in_the_form_of_its_panel_with_something_in_it(
    seeded: Seeded, asked: Asked
) -> None:
    found = seeded.ask(asked.sql)
    assert form(asked, found.columns), found.columns
    assert found.rows
    if asked.kind == "stat":
        (row,) = found.rows
        assert None not in row.values()
    if asked.kind in ("timeseries", "heatmap", "status-history"):
        times = [row[next(iter(found.columns))] for row in found.rows]
        assert times == sorted(times)


def test_every_query_answers_in_the_same_form_for_several_chosen_values_on_an_empty_store(
    seeded: Seeded,
) -> None:
    for asked, empty in seeded.empty.items():
        assert form(asked, empty.columns), str(asked)
        # A number is shown all the same, and of the tables on disk some are always there.
        if asked.kind not in ("stat", "table"):
            assert not empty.rows, str(asked)


def test_what_is_chosen_narrows_what_is_shown(seeded: Seeded) -> None:
    (agents,) = [one for one in boards.ALL if one.title == "Agents" and one.board == "fleet"]
    only = seeded.ask(agents.sql, agent=SEVERAL["agent"], tenant=SEVERAL["tenant"]).rows
    assert {row["agent"] for row in only} == set(SEVERAL["agent"])
    assert not seeded.ask(agents.sql, tenant=["somebody else"]).rows


def one(rows: list[dict[str, Any]], **said: Any) -> dict[str, Any]:
    (found,) = [row for row in rows if said.items() <= row.items()]
    return found


def test_the_loop_shows_with_what_it_burned(seeded: Seeded) -> None:
    repeated = one(seeded.panel("loops", "Most repeated calls"), agent=seeding.LOOPER)
    assert (repeated["tool"], repeated["most_calls"]) == (seeding.LOOP_TOOL, seeding.LOOP_CALLS)
    assert seeded.panel("loops", "Loops") == [{"loops": 1}]
    bar = one(seeded.panel("loops", "Repetitions of one call"), xMin=seeding.LOOP_CALLS)
    assert (bar["xMax"], bar["repeated_calls"]) == (seeding.LOOP_CALLS + 1, 1)
    assert seeded.panel("loops", "Tokens in runs with a loop") == [{"tokens": 606_000}]
    (spent,) = seeded.panel("loops", "Spent in runs with a loop")
    assert spent["usd"] == pytest.approx(1.56)
    assert seeded.panel("cost", "Dearest runs")[0]["trace_id"] == b"\7".hex() * 16
    assert one(seeded.panel("fleet", "Agents"), agent=seeding.LOOPER)["loops"] == 1


def test_the_stale_read_shows_with_its_age(seeded: Seeded) -> None:
    assert seeded.panel("freshness", "Decisions on overwritten values") == [{"findings": 1}]
    (stale,) = seeded.panel("freshness", "Stale reads")
    assert stale["reason"].startswith("billing read account:77.plan_rate at version 7")
    rate = one(seeded.panel("freshness", "Fields against their tolerance"), field="plan_rate")
    assert rate["of_tolerance"] > 1
    cached = one(seeded.panel("agent", "Inputs of decisions"), source_kind="cache")
    assert cached["age_p95_s"] == pytest.approx(180_000, abs=5)


def test_the_drift_shows_with_its_evidence_and_what_moved(seeded: Seeded) -> None:
    (paged,) = seeded.panel("drift", "Called somebody")
    alarms = seeded.panel("drift", "Alarms", "table")
    assert seeded.panel("drift", "Alarms", "stat") == [{"alarms": len(alarms)}]
    assert paged["alarms"] == sum(row["paged"] for row in alarms) > 0
    tools = one(alarms, metric="tools", paged=True)
    assert tools["agent"] == seeding.DRIFTED
    moved_at = datetime.fromisoformat(tools["changed_at"]).replace(tzinfo=UTC)
    assert abs(moved_at - seeding.MOVED) <= timedelta(days=1)
    stream = f"{seeding.DRIFTED} tools"
    for title in ("Evidence, as share of what raises an alarm", "Where evidence grows"):
        evidence = [row for row in seeded.panel("drift", title) if row["stream"] == stream]
        assert max(row["of_threshold"] for row in evidence) > 1
    (watched,) = seeded.panel("drift", "Streams watched")
    streams = seeded.panel("drift", "Streams")
    assert watched["streams"] == len(streams)
    assert one(streams, metric="tools", agent=seeding.DRIFTED)["alarm_id"] == tools["alarm_id"]
    shares = seeded.panel("drift", "Shares, first half against second half")
    assert one(shares, metric="tools", what="tool4")["moved"] > 0.1
    assert one(shares, metric="tools", what="tool1")["moved"] < -0.1


def test_the_compound_failure_and_the_chain_show(seeded: Seeded) -> None:
    told = seeded.panel("incidents", "Findings of several agents")
    assert {row["signature"] for row in told} == {"MA-01"}
    assert one(seeded.panel("incidents", "Chains", "table"), subject=seeded.subject)["sentence"]
    nodes, edges = (
        seeded.ask(query.sql, tenant=seeding.OURS).rows
        for ref in ("nodes", "edges")
        for query in boards.ALL
        if query.ref == ref
    )
    ids = {row["id"] for row in nodes}
    assert {row[end] for row in edges for end in ("source", "target")} <= ids
    agents = {row["agent"] for row in seeded.panel("incidents", "Who did what when")}
    assert {"billing", "human:sales"} <= agents


def test_the_escalations_show_with_threshold_and_answer(seeded: Seeded) -> None:
    asked = one(seeded.panel("fleet", "Agents"), agent=carriers.AGENT)
    assert 0 < asked["escalated"] < 0.3
    assert asked["threshold_version"] == "3"
    waits = seeded.panel("governance", "Time until somebody answers")
    assert all(4 * 60 <= row["p50_s"] <= 40 * 60 for row in waits)
    (reversed_,) = seeded.panel("governance", "Taken back")
    assert (reversed_["agent"], reversed_["undone_by"]) == ("billing", "human:finance")


def test_changes_of_limits_show_with_who_and_why_and_who_pulled_them(seeded: Seeded) -> None:
    rows = seeded.panel("governance", "Changes, who and why")
    mine = [row for row in rows if row["sequence"] <= 4 and row["subject"] != "seller"]
    said = [(row["action"], row["who"], row["why"]) for row in reversed(mine)]
    assert said == [
        ("proposal.made", "ann", "costs too much"),
        ("thresholds.approved", "bob", "shown by replay"),
        ("thresholds.tightened", "ann", "much was taken back"),
        ("kill.ordered", "ann", "books what nobody asked for"),
    ]
    assert seeded.panel("governance", "Changes") == [{"changes": len(rows)}]
    (pull,) = seeded.panel("governance", "Last pull of limits")
    assert (pull["agent"], pull["client"]) == (carriers.AGENT, "pod-1")
    marks = [query for query in boards.ALL if query.title == "Governance"]
    texts = [row["text"] for query in marks for row in seeded.ask(query.sql).rows]
    assert any("kill.ordered k-1" in text for text in texts)


def test_a_row_that_came_again_later_counts_once_as_it_was_said_last(seeded: Seeded) -> None:
    """What is left out before rows are merged is told by the sorting key alone."""
    at = seeding.before(hours=5)
    said = {"tenant": "again", "ts": at, "trace_id": "t", "span_id": "s", "entity": "account:1"}
    rows = (
        {"agent": name, "access": "read", "revision": n} for n, name in ((2, "new"), (1, "old"))
    )
    for row in rows:
        seeded.store.insert("data_access", [{"retention_days": 30, "received": at, **said, **row}])
    asked = "SELECT agent FROM v1_accesses WHERE tenant = 'again' AND access = 'read'"
    timed = f"{asked} AND ts >= toDateTime({int(at.timestamp())})"
    assert answer(seeded.engine, timed).rows == [{"agent": "new"}]
    assert not answer(seeded.engine, f"{timed} AND agent = 'old'").rows


def test_a_write_that_arrived_twice_makes_no_gap_and_a_field_never_written_has_no_last_write(
    seeded: Seeded,
) -> None:
    at = seeding.before(hours=5)
    base = {"tenant": "twice", "retention_days": 30, "trace_id": "t", "span_id": "s"}
    common = base | {"entity": "account:1", "entity_type": "account"}
    for number, later_s in enumerate((0, 100, 400, 400)):
        ts = at + timedelta(seconds=later_s)
        row = common | {"ts": ts, "received": ts, "access": "write", "field": "rate"}
        seeded.store.insert("data_access", [row | {"revision": number}])
    times = {"ts": at, "received": at}
    for field_name in ("rate", "name"):
        row = common | times | {"access": "read", "field": field_name, "data_id": field_name}
        seeded.store.insert("data_access", [row])
    seeded.store.insert("decisions", [base | times | {"inputs": ["rate", "name"]}])
    (asked,) = (one for one in boards.ALL if one.title == "Fields against their tolerance")
    rows = {row["field"]: row for row in seeded.ask(asked.sql, tenant=["twice"]).rows}
    assert rows["rate"]["tolerance_s"] == pytest.approx(100 + 0.95 * 200)
    assert (rows["name"]["tolerance_s"], rows["name"]["last_write"]) == (None, None)


SPENT = """SELECT agent, model, trace_id, sum(cost_usd) AS usd FROM v1_steps
    WHERE tenant IN {ours} AND ts >= toDateTime({since}) AND ts <= toDateTime({until})
        AND cost_usd > 0
    GROUP BY agent, model, trace_id"""


def test_what_is_found_in_two_readings_is_what_one_plain_reading_says(seeded: Seeded) -> None:
    since, until = int(SINCE.timestamp()), int(UNTIL.timestamp())
    plain = SPENT.format(ours=seeding.OURS, since=since, until=until)
    spent = quick(seeded.store, plain).rows
    runs: Counter[str] = Counter()
    agents: dict[tuple[str, str], list[float]] = {}
    for row in spent:
        runs[row["trace_id"]] += row["usd"]
        agents.setdefault((row["agent"], row["model"]), []).append(row["usd"])
    dearest = seeded.panel("cost", "Dearest runs")
    told = [row["usd"] for row in dearest]
    assert told == pytest.approx(sorted(runs.values(), reverse=True)[:50])
    assert all(row["usd"] == pytest.approx(runs[row["trace_id"]]) for row in dearest)
    for row in seeded.panel("cost", "Agents and models"):
        usd = agents.get((row["agent"], row["model"]), [])
        assert row["usd"] == pytest.approx(sum(usd))


DERIVED = (
    "steps", "decisions", "data_access", "effects", "outcomes", "intents", "handoffs", "links",
)  # fmt: skip
NOT_OF_SPANS = ("v1_governance", "v1_pulls", "v1_platform", "v1_parts", "v1_analysis", "v1_changes")


def test_rows_of_the_upstream_exporter_reach_every_table_and_dashboard_like_our_own(
    seeded: Seeded,
) -> None:
    for table in DERIVED:
        counted = f"SELECT tenant, count() AS n FROM {table} FINAL GROUP BY tenant"
        rows = {row["tenant"]: row["n"] for row in quick(seeded.store, counted).rows}
        assert int(rows[seeding.UPSTREAM]) == int(rows[seeding.TENANT]) > 0, table
    shown = set()
    for asked in boards.ALL:
        if any(view in asked.sql for view in NOT_OF_SPANS):
            continue
        if asked.kind in ("stat", "variable", "annotation"):  # what lies behind them is in tables
            continue
        ours, theirs = (
            seeded.ask(asked.sql, tenant=[name]).rows for name in (seeding.TENANT, seeding.UPSTREAM)
        )
        assert len(ours) == len(theirs), str(asked)
        if ours:
            shown.add(asked.board)
    assert shown == set(boards.BOARDS)


Fired = Mapping[str, bool]
# Of each rule a moment at which it is to fire, one at which it is not, in hours ago, and for whom.
MOMENTS: Mapping[str, tuple[float, float, str]] = {
    "heartbeat_lost": (0, 0.42, seeding.LOOPER),
    "escalation_rate": (0, 2.2, seeding.CLAIMS),
    "loop_burning_money": (0, 2, seeding.LOOPER),
    "drift_page": (-0.5, 2, seeding.DRIFTED),  # an alarm is raised when a day is read
    "stale_inputs": (73.9, 0, "billing"),
    "reversal_rate": (0, 2.2, seeding.TENANT),
    "ingest_lag": (2, 0, "up"),
    "queue_age": (2, 0, "up"),
    "dead_letters": (2, 0, "up"),
    "audit_chain_broken": (0, 2.5, "shop"),
}


def evaluated(engine: EmbeddedEngine, rule: Mapping[str, Any], until: datetime) -> Fired:
    """Reduce, then threshold, as Grafana does, for each set of labels; no rows: nobody."""
    asks, reduces, compares = rule["data"]
    span = asks["relativeTimeRange"]
    since = until - timedelta(seconds=span["from"] - span["to"])
    found = answer(engine, plugin.interpolated(asks["model"]["rawSql"], Asking(since, until)))
    label, value = found.columns
    assert TEXT.fullmatch(found.columns[label]), found.columns
    assert numbers([found.columns[value]]), found.columns
    assert (reduces["model"]["expression"], reduces["model"]["reducer"]) == ("A", "last")
    (condition,) = compares["model"]["conditions"]
    assert (compares["model"]["expression"], condition["evaluator"]["type"]) == ("B", "gt")
    (above,) = condition["evaluator"]["params"]
    return {row[label]: row[value] > above for row in found.rows}


@pytest.mark.parametrize("rule", boards.RULES, ids=lambda rule: str(rule["title"]))
def test_an_alert_fires_on_what_is_bad_and_not_on_what_is_good(
    seeded: Seeded, rule: dict[str, Any]
) -> None:
    name = rule["annotations"]["runbook_url"].rpartition("/")[2].removesuffix(".md")
    bad_hours, good_hours, who = MOMENTS[name]
    bad = evaluated(seeded.engine, rule, seeding.before(hours=bad_hours))
    assert bad[who]
    good = evaluated(seeded.engine, rule, seeding.before(hours=good_hours))
    assert not good.get(who, False)


def test_every_rule_has_its_moments() -> None:
    assert set(MOMENTS) == {rule["uid"][9:].replace("-", "_") for rule in boards.RULES}
