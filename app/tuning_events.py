"""What happened to one action of an agent, read from the store, for the tuner to fold."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf

from analyzers.drift_config import DriftConfig
from app.stored_drift import StoredDrift
from domain.autonomy import PageChannel
from domain.drift_reading import AlarmsAsked, StoredAlarm, Verdict
from domain.review_reading import LabelledDecision, ReviewedWeek, ReviewLabels
from domain.thresholds import Threshold
from domain.tuning import Label, TuningWeek
from governance.course import (
    Event,
    HarmDone,
    PageJudged,
    PageRaised,
    WeekLearned,
    changes_of,
)
from governance.desk import Desk
from governance.loosening import effective
from governance.thresholds import Governed
from storage.confirmed_harms import Confirmed, confirmed
from storage.governance import GovernanceChanges
from storage.store import Store

WEEKS_MAX = 260  # five years, so that terms begin where they began
NEWEST_WEEKS = 4  # of which any may have been signed off since the last look
ALARMS_MAX = 10_000
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
# What a drift stream is about; of the others none speaks against acting alone.
CHANNELS: Mapping[str, PageChannel] = {
    "tools": PageChannel.TOOL_MIX, "transitions": PageChannel.TOOL_MIX,
    "paths": PageChannel.TOOL_MIX, "arguments": PageChannel.TOOL_MIX,
    "errors": PageChannel.ERROR, "denials": PageChannel.ERROR, "outcomes": PageChannel.OUTCOME,
    "decisions": PageChannel.DECISION_MIX, "amount": PageChannel.DECISION_MIX,
    "confidence": PageChannel.CONFIDENCE, "actions": PageChannel.INTENT,
}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """One action of one version of an agent; agent_version "" speaks of any that says none."""

    agent: str
    action: str
    agent_version: str = ""


@dataclass(slots=True)
class Tenant:
    """All that the tuner reads of a tenant.

    weeks: signed off, the oldest first, with the labels of each cell.
    """

    name: str
    weeks: list[ReviewedWeek] = field(default_factory=list)
    labels: dict[int, Mapping[Cell, list[LabelledDecision]]] = field(default_factory=dict)
    governed: dict[str, Governed] = field(default_factory=dict)
    alarms: dict[str, list[StoredAlarm]] = field(default_factory=dict)
    harms: Sequence[Confirmed] = ()

    def cells(self) -> list[Cell]:
        """Those that were reviewed in the last term, or have limits."""
        found = {cell for week in self.weeks[-26:] for cell in self.labels[week.week]}
        found |= {
            Cell(agent, one.action, one.agent_version)
            for agent, governed in self.governed.items()
            for one in governed.thresholds
        }
        return sorted(found)

    def reviewed(self, cell: Cell) -> list[LabelledDecision]:
        """All labels of a cell, the oldest week first."""
        return [one for week in self.weeks for one in self.labels[week.week].get(cell, ())]


class Events:
    """Of one store; all calls may block and raise Unavailable."""

    def __init__(self, store: Store, labels: ReviewLabels, drift: DriftConfig) -> None:
        self._store, self._labels = store, labels
        self._desk = Desk(GovernanceChanges(store))
        self._drift = StoredDrift(store, drift)
        # A week that is signed off changes no more.
        self._known: dict[str, dict[int, ReviewedWeek]] = {}
        self._signed: dict[tuple[str, int, datetime], Mapping[Cell, list[LabelledDecision]]] = {}

    def tenant(self, name: str, agents: Iterable[str], now: datetime) -> Tenant:
        """As it stands. agents: that have limits."""
        signed = [one for one in self._weeks(name) if one.signed_at and one.signed_at <= now]
        found = Tenant(name, sorted(signed, key=lambda one: one.week))
        for week in found.weeks:
            found.labels[week.week] = self._of(name, week)
        known = {cell.agent for held in found.labels.values() for cell in held}
        for agent in sorted(known | set(agents)):
            found.governed[agent] = self._desk.governed(name, agent)
        for alarm in self.alarms(name, now):
            found.alarms.setdefault(alarm.alarm.stream.agent, []).append(alarm)
        found.harms = [one for one in self.harms(name) if one.at <= now]
        return found

    def newest(self, tenant: str) -> Sequence[ReviewedWeek]:
        """The last weeks, whether they were signed off or not."""
        return self._labels.weeks(tenant, NEWEST_WEEKS)

    def harms(self, tenant: str) -> Sequence[Confirmed]:
        """Critical findings that people said are so."""
        return confirmed(self._store, tenant)

    def alarms(self, tenant: str, now: datetime) -> list[StoredAlarm]:
        """Pages that speak against acting alone."""
        later = now + timedelta(days=1)
        asked = AlarmsAsked(tenant, EARLIEST, later, paged_only=True, rows_max=ALARMS_MAX)
        return [one for one in self._drift.alarms(asked) if one.alarm.stream.metric in CHANNELS]

    def of(self, tenant: Tenant, cell: Cell) -> Iterator[Event]:
        """All that happened to a cell, in no order."""
        yield from changes_of(cell.action, cell.agent_version, tenant.governed[cell.agent].versions)
        for alarm in tenant.alarms.get(cell.agent, ()):
            yield from _pages(alarm)
        for harm in tenant.harms:
            if cell.agent in harm.agents:
                yield HarmDone(harm.at, harm.harm, harm.finding_id)
        for week in tenant.weeks:
            labels = tenant.labels[week.week].get(cell)
            if labels:
                yield self._learned(tenant.name, week, labels, newest=week is tenant.weeks[-1])

    def _weeks(self, tenant: str) -> Iterable[ReviewedWeek]:
        """Those that were signed off and are known, and the newest again."""
        known = self._known.setdefault(tenant, {})
        newest = self.newest(tenant) if known else self._labels.weeks(tenant, WEEKS_MAX)
        known |= {one.week: one for one in newest if one.signed_at is not None}
        return known.values()

    def _of(self, tenant: str, week: ReviewedWeek) -> Mapping[Cell, list[LabelledDecision]]:
        assert week.signed_at is not None
        place = (tenant, week.week, week.signed_at)
        if place not in self._signed:
            cells = defaultdict(list)
            for one in self._labels.labels(tenant, week.week):
                cells[Cell(one.agent, one.action, one.agent_version)].append(one)
            self._signed[place] = dict(cells)
        return self._signed[place]

    def _learned(
        self, tenant: str, week: ReviewedWeek, labels: Sequence[LabelledDecision], *, newest: bool
    ) -> WeekLearned:
        agent, action = labels[0].agent, labels[0].action
        cells = {(one.agent, one.action): one.pi_min for one in week.cells}
        # Only what is advised now is replayed.
        decided = self._labels.decided(tenant, week.week, agent, action) if newest else ()
        assert week.signed_at is not None
        return WeekLearned(
            week.signed_at,
            week.begins,
            TuningWeek(
                week.ends.date(),
                tuple(_label(one) for one in labels if one.confidence is not None),
                tuple(decided),
                min([cells.get((agent, action), 1.0), *(one.pi for one in labels)]),
            ),
            max((one.rubric for one in labels), default=""),
        )


def standing(tenant: Tenant, cell: Cell) -> Threshold:
    """The threshold in force."""
    return effective(tenant.governed[cell.agent].thresholds, cell.action, cell.agent_version)


def _label(one: LabelledDecision) -> Label:
    """Whom nobody looked at counts as harm."""
    return Label(
        one.confidence or 0.0,
        one.harmful is not False,
        one.pi,
        one.uniform,
        inf if one.amount is None else one.amount,
    )


def _pages(alarm: StoredAlarm) -> Iterator[Event]:
    channel = CHANNELS[alarm.alarm.stream.metric]
    yield PageRaised(alarm.raised_at, alarm.alarm_id, channel, alarm.changed_from)
    said = alarm.verdict
    if said is not None and said.verdict is not Verdict.REOPENED:
        yield PageJudged(said.at, alarm.alarm_id, said.verdict is Verdict.BENIGN)
