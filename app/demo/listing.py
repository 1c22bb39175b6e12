"""What the typed tables hold of the demonstration, printed story by story."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from analyzers.drift_config import DriftConfig
from api import drift_words
from app import moments, printing
from app.demo import fleet
from app.demo.stories import carriers, compound, stale_field
from app.demo.stories.carriers import Volume
from app.stored_drift import StoredDrift
from domain.access import DEFAULT_TENANT
from domain.drift_reading import AlarmsAsked, StoredAlarm
from storage.store import Store

LOOK_BACK = timedelta(days=30)
ROWS_MAX = 50
RATE = stale_field.RATE_7

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """Reads the 30 days before `until` of what senders without a key recorded."""

    store: Store
    until: datetime

    def rate_accesses(self) -> list[Row]:
        """Who read and wrote the plan rate of the first story, in order of time."""
        return self._rows("field_accesses", entity=RATE.entity, field=RATE.field)

    def case(self, case: str) -> list[Row]:
        """All that happened in a business case, in order of time."""
        return self._rows("case_timeline", case=case)

    def days(self) -> list[Row]:
        """What the agent of the third story decided, day by day."""
        return [
            *self.store.rows(
                "decisions_by_day", tenant=DEFAULT_TENANT, agent=carriers.AGENT,
                until=self.until, days=Volume().days,
            )
        ]  # fmt: skip

    def drift(self) -> list[StoredAlarm]:
        """What the engine of drift pages of that agent, the strongest first."""
        asked = AlarmsAsked(
            DEFAULT_TENANT, self.until - LOOK_BACK, self.until, carriers.AGENT, paged_only=True
        )
        found = StoredDrift(self.store, DriftConfig()).alarms(asked)
        return sorted(found, key=lambda one: -one.alarm.evidence)

    def work(self) -> list[Row]:
        """What each agent of the healthy fleet did."""
        return self._rows("agent_work", agents=[agent.name for agent in fleet.AGENTS])

    def show(self) -> None:
        """Print all of it."""
        _show_stale_field(self.rate_accesses(), self.case(stale_field.CASE))
        _show_compound(self.case(compound.BLIND.id), self.case(compound.CONTROL.id))
        _show_carriers(self.days(), self.drift())
        _show_fleet(self.work())

    def _rows(self, query: str, **parameters: Any) -> list[Row]:
        since = self.until - LOOK_BACK
        found = self.store.rows(
            query, tenant=DEFAULT_TENANT, since=since, until=self.until, limit=ROWS_MAX,
            **parameters,
        )  # fmt: skip
        return [*found]


def _show_stale_field(accesses: list[Row], case: Iterable[Row]) -> None:
    _heading("1  A stale field", f"who read and wrote {RATE.entity}.{RATE.field}")
    printing.table(
        ("time (UTC)", "who", "did", "version", "value", "where"),
        [
            (_time(row), row["agent"], row["access"], row["version"], _number(row["value_num"]),
             f"{row['source']} ({row['source_kind']})")
            for row in accesses
        ],
    )  # fmt: skip
    for sentence in stale_reads(accesses):
        printing.line(sentence, style="yellow")
    printing.line("What came of it, in three systems and without one error:")
    _show_timeline(case, without=f"{RATE.entity}.{RATE.field}")
    printing.line("The reversal undid the invoice. What the ERP had posted from it still stands.")


def stale_reads(accesses: Iterable[Row]) -> Iterator[str]:
    """A sentence for each read of a version that had been replaced.

    accesses: of one field, in order of time.
    """
    newest: Row | None = None
    for row in accesses:
        if row["access"] == "write":
            newest = row
        elif newest is not None and row["version"] != newest["version"]:
            age = moments.duration((row["at"] - newest["at"]).total_seconds())
            yield (
                f"{row['agent']} read version {row['version']} {age} after {newest['agent']}"
                f" had written version {newest['version']}."
            )


def _show_compound(blind: list[Row], control: Iterable[Row]) -> None:
    _heading("2  No single agent failed", f"three agents, three traces, {compound.BLIND.id}")
    _show_timeline(blind)
    printing.line("Each decision was within its policy. Together: the vendor waits, cash is gone,")
    printing.line("the discrepancy is open. Nobody read what the others had written.")
    for row in control:
        told = row["fact"] == "read" and row["agent"] == compound.VENDOR_RELATIONS
        if told and row["subject"].endswith(".pay_date"):
            printing.line(f"The control {compound.CONTROL.id} is the same, but there")
            printing.line(f"{row['agent']} read {_versioned(row)} before it decided.")


def _show_carriers(days: Iterable[Row], alarms: Iterable[StoredAlarm]) -> None:
    _heading("3  Volume and judgment", f"what {carriers.AGENT} decided, day by day")
    modes = [mode.name for mode in carriers.MODES]
    printing.table(
        ("days ago", "decided", "asked", "sure", "EUR", *modes, "good", "bad"),
        [
            (
                f"{row['days_ago']}", f"{row['decisions']:,}", _share(row["escalated"], row),
                f"{row['confidence']:.2f}", f"{row['amount']:,.0f}",
                *(_share(row["actions"].get(f"book_{mode}", 0), row) for mode in modes),
                f"{row['good']:,}", f"{row['bad']:,}",
            )
            for row in days
        ],
    )  # fmt: skip
    printing.line("On the last three days it turns to air, pays more and is less sure.")
    printing.line("No booking is wrong by itself; most outcomes are not known yet.")
    for one in alarms:
        printing.line(f"Drift: {drift_words.sentence(one)}", style="yellow")


def _show_fleet(work: Iterable[Row]) -> None:
    _heading("4  A healthy fleet", "nothing to find here")
    counts = ("runs", "steps", "errors", "reads", "writes", "decisions", "good", "bad")
    printing.table(
        ("agent", *counts),
        [(row["agent"], *(f"{row[name]:,}" for name in counts)) for row in work],
    )


def _show_timeline(case: Iterable[Row], without: str = "") -> None:
    """All but the intents, and but what was done to the field `without`."""
    rows = [row for row in case if row["fact"] != "intent"]
    named = {row["data_id"]: _versioned(row) for row in rows if row["data_id"]}
    printing.table(
        ("time (UTC)", "who", "did"),
        [
            (_time(row), row["agent"], _did(row, named))
            for row in rows
            if row["subject"] != without and not (without and row["fact"] == "read")
        ],
    )


def _did(row: Row, named: Mapping[str, str]) -> str:
    """What the row says, as the rest of a sentence; named: what ids of writes stand for."""
    about = ", ".join(named.get(ref, ref) for ref in row["about"])
    return _SENTENCES[row["fact"]](row, about)


def _read(row: Row, about: str) -> str:
    return f"read {_versioned(row)}{_equals(row)}"


def _write(row: Row, about: str) -> str:
    return f"wrote {_versioned(row)}{_equals(row)}{about and f', undoing {about}'}"


def _decision(row: Row, about: str) -> str:
    return f"decided {row['subject']} ({row['number']:.2f}, {about})"


def _effect(row: Row, about: str) -> str:
    moved = f" {row['number']:+,g}" if row["number"] else ""
    return f"effect: {row['subject']}{moved}, {about}"


def _outcome(row: Row, about: str) -> str:
    return f"{row['subject']} of {about} ({_number(row['number'])})"


_SENTENCES: Mapping[str, Callable[[Row, str], str]] = {
    "read": _read,
    "write": _write,
    "decision": _decision,
    "effect": _effect,
    "outcome": _outcome,
}


def _equals(row: Row) -> str:
    return "" if row["number"] is None else f" = {_number(row['number'])}"


def _versioned(row: Row) -> str:
    return f"{row['subject']}@{row['version']}"


def _share(count: int, row: Row) -> str:
    return f"{count / row['decisions']:.0%}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{float(value):,g}"


def _time(row: Row) -> str:
    return f"{row['at']:%m-%d %H:%M}"


def _heading(title: str, what: str) -> None:
    printing.line("")
    printing.line(f"{title}: {what}", style="bold")
