"""Histories of fleets in which one thing goes wrong, with what is true about them, from a seed.

Three to five systems keep data; agents of various make read and write them, tell each other, and
people do so besides. In each history one thing is wrong: a stale read, a slip of a person or a
batch, a tool that answers with a wrong value, or a new version of a policy. What follows from it is
computed by the agents from what they read, so the wrong value travels. Days later its amount shows
in an outcome. Findings are imitated with misses and false alarms.

What is true is written down while the history is made; nothing of it goes into the records.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from domain.chain_records import (
    LISTS,
    Access,
    Anomaly,
    Datum,
    Decision,
    Effect,
    Link,
    Outcome,
    Records,
    SpanRef,
    Step,
)

START = datetime(2026, 1, 5, tzinfo=UTC)
SYSTEMS = ("crm", "billing", "erp", "warehouse", "desk")
ROOTS = ("stale_read", "slip_of_a_person", "slip_of_a_batch", "tool_answer", "policy_change")
# How agents are instrumented: what they name, and on which spans.
MAKES = ("named", "decision_span", "unnamed", "one_span", "batch")
SUBJECT = "outcome/o-1"


@dataclass(frozen=True, slots=True)
class Truth:
    """root: node id, a span's without the part of a decision.

    edges:     pairs of such ids: what became of what.
    contained: what a span started because of a message that it took; these are read off the spans.
    """

    kind: str
    make: str
    hops: int
    root: str
    edges: frozenset[tuple[str, str]]
    contained: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class History:
    """One case of the benchmark."""

    records: Records
    truth: Truth


@dataclass(slots=True)
class _Value:
    """The newest version of a datum, who wrote it, and what it would be if nothing were wrong."""

    version: int
    value: float
    right: float
    writer: SpanRef | None
    system: str


@dataclass(slots=True)
class _Read:
    """What an agent is to read: of `old`, where it is given, instead of the newest version."""

    datum: Datum
    old: _Value | None = None
    answers: float | None = None


@dataclass(slots=True)
class _Work:
    """One item of work: read, decide, write `target`."""

    agent: str
    system: str
    make: str
    at: datetime
    reads: Sequence[_Read]
    target: Datum
    factor: float = 1.0
    case: str = ""
    policy: tuple[str, str] = ("", "")
    told: Access | None = None


@dataclass(slots=True)
class _World:
    """The records so far, the state of all data, and what is true."""

    rng: random.Random
    records: Records = field(default_factory=Records)
    values: dict[Datum, _Value] = field(default_factory=dict)
    edges: set[tuple[str, str]] = field(default_factory=set)
    contained: set[tuple[str, str]] = field(default_factory=set)
    ids: int = 0

    def ref(self, trace: str = "") -> SpanRef:
        """A new span, of a new trace unless one is given."""
        self.ids += 1
        bits = self.rng.getrandbits(64)
        return SpanRef(trace or f"{self.ids:08x}{bits:024x}", f"{self.ids:016x}")

    def span(
        self, ref: SpanRef, at: datetime, who: str, kind: str, parent: SpanRef | None = None
    ) -> None:
        """Record a span."""
        parent_id = parent.span_id if parent else ""
        self.records.steps.append(Step(ref, parent_id, at, who, who, kind, kind))

    def edge(self, cause: SpanRef | str, effect: SpanRef | str) -> None:
        """What led to what."""
        pair = (_node(cause), _node(effect))
        if pair[0] != pair[1]:
            self.edges.add(pair)

    def write_alone(
        self, datum: Datum, at: datetime, who: str, value: float, right: float
    ) -> Access:
        """By a person or a batch, from outside: a trace of one span."""
        ref = self.ref()
        self.span(ref, at, who, "span")
        return self.write(ref, at, who, datum, value, right)

    def write(
        self, ref: SpanRef, at: datetime, who: str, datum: Datum, value: float, right: float
    ) -> Access:
        """Record a write of a further version."""
        known = self.values.get(datum)
        version = known.version + 1 if known else 1
        system = datum.entity.partition(":")[0]
        access = Access(
            ref, at, datum, True, str(version), str(known.version) if known else "",
            value_hash=_hash(value), value=value, value_prev=known.value if known else None,
            data_id=f"write-{self.ids}-{version}-{datum.entity}", agent=who, system=system,
            reversible=self.rng.random() < 0.8,
        )  # fmt: skip
        self.records.accesses.append(access)
        self.values[datum] = _Value(version, value, right, ref, system)
        return access

    def read(self, ref: SpanRef, at: datetime, who: str, wanted: _Read) -> tuple[Access, float]:
        """Record a read; it and what would have been right to read."""
        newest = self.values[wanted.datum]
        seen = wanted.old or newest
        value = seen.value if wanted.answers is None else wanted.answers
        as_of = at - timedelta(hours=1) if wanted.old is None and self.rng.random() < 0.3 else None
        access = Access(
            ref, at, wanted.datum, False, str(seen.version), as_of=as_of,
            value_hash=_hash(value), value=value, data_id=f"read-{self.ids}-{wanted.datum.entity}",
            agent=who, system="cache" if wanted.old else seen.system,
        )  # fmt: skip
        if as_of is not None and any(
            other.datum == wanted.datum and other.is_write and other.at > as_of
            for other in self.records.accesses
        ):
            access = replace(access, as_of=None)
        self.records.accesses.append(access)
        if seen.writer:
            self.edge(seen.writer, ref)
        return access, newest.right


def _node(reference: SpanRef | str) -> str:
    return reference if isinstance(reference, str) else f"{reference.trace_id}/{reference.span_id}"


def _hash(value: float) -> int:
    return int(abs(value) * 10_000) + 1


def _datum(system: str, number: int, name: str) -> Datum:
    return Datum(f"{system}:{number}", name)


@dataclass(slots=True)
class _Agent:
    """An agent at work: its span, and the moment until which it has worked."""

    world: _World
    work: _Work
    span: SpanRef
    now: datetime

    def begin_tool(self) -> SpanRef:
        """A span for the next call; the agent's own, where it makes no others."""
        self.now += timedelta(seconds=self.world.rng.uniform(0.2, 20))
        if self.work.make == "one_span":
            return self.span
        ref = self.world.ref(self.span.trace_id)
        self.world.span(ref, self.now, self.work.agent, "execute_tool", self.span)
        return ref


def _worked(world: _World, work: _Work, span: SpanRef | None = None) -> Access:
    """An agent does one item of work; what it wrote."""
    if span is None:
        span = world.ref()
        world.span(span, work.at, work.agent, "invoke_agent")
    agent = _Agent(world, work, span, work.at)
    seen, value, right = _looked(agent)
    decision = _decided(agent, seen, value)
    if work.policy[1] == "bad":
        value *= 1.5
    written = _acted(agent, decision, seen, round(value, 2), round(right, 2))
    if world.rng.random() < 0.3:
        ref = agent.begin_tool()
        world.read(ref, agent.now, work.agent, _Read(work.target))
    return written


def _looked(agent: _Agent) -> tuple[list[Access], float, float]:
    """What the agent read, what it makes of it, and what would have been right."""
    world, work = agent.world, agent.work
    seen: list[Access] = []
    value = right = 0.0
    if work.told:
        world.records.links.append(Link(work.told.ref, agent.span, "message"))
        world.edge(work.told.ref, agent.span)
        told = world.values[work.told.datum]
        value, right = told.value, told.right
    for wanted in work.reads:
        access, true = world.read(agent.begin_tool(), agent.now, work.agent, wanted)
        access = replace(access, case_id=work.case)
        world.records.accesses[-1] = access
        seen.append(access)
        if wanted.datum.field != "contact":
            value += access.value or 0.0
            right += true
    return seen, value * work.factor, right * work.factor


def _decided(agent: _Agent, seen: list[Access], value: float) -> Decision | None:
    """The decision, as far as the agent is made to tell it."""
    world, work = agent.world, agent.work
    if work.make == "unnamed" and not work.policy[0]:
        return None
    agent.now += timedelta(seconds=1)
    ref = agent.begin_tool() if work.make == "decision_span" else agent.span
    names = work.make != "unnamed"
    decision = Decision(
        ref, agent.now, f"decision-{world.ids}-{len(world.records.decisions)}" if names else "",
        f"set_{work.target.field}", work.agent,
        tuple(access.data_id for access in seen) if names else (),
        round(value, 2), *work.policy, case_id=work.case,
    )  # fmt: skip
    world.records.decisions.append(decision)
    node = _decision_node(work, decision)
    for access in seen:
        world.edge(access.ref, node)
    if work.policy[0]:
        world.edge("policy/{}@{}".format(*work.policy), node)
    if work.told:
        world.contained.add((_node(agent.span), node))
    return decision


def _decision_node(work: _Work, decision: Decision) -> str:
    """In a run over a batch each decision stands for itself."""
    part = f"#{decision.decision_id}" if work.make == "batch" else ""
    return _node(decision.ref) + part


def _acted(
    agent: _Agent, decision: Decision | None, seen: list[Access], value: float, right: float
) -> Access:
    """The write, and its effect on the business."""
    world, work = agent.world, agent.work
    ref = agent.begin_tool()
    access = world.write(ref, agent.now, work.agent, work.target, value, right)
    decision_id = decision.decision_id if decision else ""
    access = replace(access, decision_id=decision_id, case_id=work.case)
    world.records.accesses[-1] = access
    place = agent.span if world.rng.random() < 0.3 else ref
    effect = Effect(
        place, agent.now, work.target.entity, "adjust", "cash", access.change, "EUR", work.agent,
        work.case, decision_id,
    )  # fmt: skip
    world.records.effects.append(effect)
    causes = [_node(each.ref) for each in seen]
    if decision:
        causes = [_decision_node(work, decision)]
    for cause in causes:
        world.edge(cause, ref)
        if work.make != "batch":
            world.edge(cause, place)
    if work.told:
        world.contained.add((_node(agent.span), _node(ref)))
    return access


def history(seed: int, versions_missing: float = 0.0, decoys_on_path: float = 0.0) -> History:
    """The history of a seed.

    versions_missing: share of accesses that tell no version.
    decoys_on_path:   share of agents on the way from root to outcome that also read, and name as
                      input, something stale that makes no difference.
    """
    rng = random.Random(seed)
    world = _World(rng)
    kind = ROOTS[seed % len(ROOTS)]
    scene = _Scene(world, kind, rng.choice(MAKES), decoys_on_path)
    scene.play()
    records = world.records
    records.accesses = [
        replace(access, version="", version_prev="") if rng.random() < versions_missing else access
        for access in records.accesses
    ]
    for name in LISTS:
        rng.shuffle(getattr(records, name))
    truth = Truth(
        kind, scene.make, scene.hops, scene.root,
        frozenset(world.edges), frozenset(world.contained),
    )  # fmt: skip
    return History(records, truth)


class _Scene:
    """A chain of works in which one thing is wrong, amid others in which nothing is."""

    def __init__(self, world: _World, kind: str, make: str, decoys_on_path: float) -> None:
        self._world = world
        self._rng = world.rng
        self._kind = kind
        self._decoys_on_path = decoys_on_path
        self.make = make
        self.hops = world.rng.randint(1, 4)
        self.root = ""
        self._systems = world.rng.sample(SYSTEMS, world.rng.randint(3, 5))
        self._root_hop = world.rng.randrange(self.hops)
        self._now = START

    def play(self) -> None:
        """All of it, in order of time."""
        rng = self._rng
        sources = [self._source(hop) for hop in range(self.hops)]
        others = [self._source(100 + number) for number in range(4)]
        self._traffic(others, rng.randint(4, 12))
        written: list[Access] = []
        for hop, source in enumerate(sources):
            self._wait(1, 30)
            written.append(self._hop(hop, source, written[-1] if written else None))
            self._traffic([*others, *sources], rng.randint(1, 5))
        about = written[rng.randrange(self._root_hop, self.hops)]
        self._wait(24, 120)
        self._outcome(about)
        self._afterwards(sources)
        self._traffic(others, rng.randint(1, 5))
        self._alarms(written)

    def _wait(self, least_h: float, most_h: float) -> None:
        self._now += timedelta(hours=self._rng.uniform(least_h, most_h))

    def _source(self, number: int) -> Datum:
        """A datum that people or batches keep, with a few versions."""
        datum = _datum(self._rng.choice(self._systems), number, "rate")
        value = float(self._rng.randint(50, 500))
        for _ in range(self._rng.randint(2, 5)):
            self._wait(0.5, 20)
            who = self._rng.choice(("human:clerk", "nightly-sync"))
            value = round(value * self._rng.choice((0.9, 0.95, 1.05, 1.1, 1.2)), 2)
            self._world.write_alone(datum, self._now, who, value, value)
        return datum

    def _traffic(self, data: Sequence[Datum], count: int) -> None:
        """Work in which nothing is wrong, and ordinary changes of what nobody waits for."""
        for number in range(count):
            self._wait(0.1, 3)
            target = _datum(
                self._rng.choice(self._systems), self._rng.randint(1000, 9999), "amount"
            )
            work = _Work(
                self._rng.choice(("mailer", "planner", "auditor")), self._rng.choice(self._systems),
                self._rng.choice(MAKES[:4]), self._now, [_Read(self._rng.choice(data))], target,
                case=f"case-{self._world.ids}-{number}" if self._rng.random() < 0.5 else "",
            )  # fmt: skip
            if work.reads[0].datum in data[:4] and self._rng.random() < 0.15:
                work.reads[0].old = self._older(work.reads[0].datum)
            _worked(self._world, work)

    def _older(self, datum: Datum) -> _Value | None:
        """The version before the newest, if its value is another one."""
        writes = [
            access
            for access in self._world.records.accesses
            if access.datum == datum and access.is_write
        ]
        old, newest = writes[-2], writes[-1]
        if old.value == newest.value or old.value is None:
            return None
        return _Value(int(old.version), old.value, old.value, old.ref, "cache")

    def _hop(self, hop: int, source: Datum, before: Access | None) -> Access:
        """The work of one hop: from its source and from what the hop before wrote."""
        rng = self._rng
        wanted = [_Read(source)]
        told = None
        if before and rng.random() < 0.4:
            told = before
        elif before:
            wanted.append(_Read(before.datum))
        target = _datum(self._systems[hop % len(self._systems)], 500 + hop, "amount")
        for _ in range(rng.randint(0, 1)):  # it may have had a value before
            value = round(rng.uniform(50, 500), 2)
            self._world.write_alone(target, self._now, "nightly-sync", value, value)
            self._wait(0.5, 4)
        work = _Work(
            f"agent-{hop}", self._systems[hop % len(self._systems)], self.make, self._now, wanted,
            target, rng.choice((1.0, 1.0, 2.0, 0.5)), case=f"case-{hop}", told=told,
        )  # fmt: skip
        if hop == self._root_hop:
            return self._wrong(work, wanted[0])
        if rng.random() < self._decoys_on_path:
            self._distract(work)
        return self._item(work)

    def _wrong(self, work: _Work, wanted: _Read) -> Access:
        """The work in which the root cause is, or which first takes it in."""
        world = self._world
        if self._kind == "stale_read":
            wanted.old = self._stale(wanted.datum)
        elif self._kind == "tool_answer":
            wanted.answers = round(world.values[wanted.datum].value * self._rng.uniform(1.5, 3), 2)
        elif self._kind == "policy_change":
            return self._under_new_policy(work)
        else:
            self._slip(wanted.datum)
            self._wait(0.2, 20)
            work.at = self._now
        known = len(world.records.accesses)
        written = self._item(work)
        if not self.root:
            new = world.records.accesses[known:]
            self.root = next(
                _node(access.ref)
                for access in new
                if access.datum == wanted.datum and not access.is_write
            )
        return written

    def _stale(self, datum: Datum) -> _Value:
        """A version of some hours ago."""
        world = self._world
        old = world.values[datum]
        self._wait(0.2, 10)
        value = round(old.value * self._rng.choice((0.7, 0.8, 1.25, 1.4)), 2)
        who = self._rng.choice(("human:clerk", "nightly-sync"))
        world.write_alone(datum, self._now, who, value, value)
        self._wait(0.1, 20)
        return old

    def _slip(self, datum: Datum) -> None:
        """A value that is wrong, in a write that looks like any other."""
        known = self._world.values[datum]
        who = "human:clerk" if self._kind == "slip_of_a_person" else "nightly-sync"
        right = round(known.value * self._rng.choice((1.0, 1.0, 0.95, 1.05)), 2)
        wrong = round(right * self._rng.choice((10.0, 0.1, 1.9, 1.37, 0.62)), 2)
        write = self._world.write_alone(datum, self._now, who, wrong, right)
        self.root = _node(write.ref)

    def _under_new_policy(self, work: _Work) -> Access:
        """The agent decided as it should until the policy that it follows was changed."""
        other = self._source(200)
        for number in range(self._rng.randint(2, 4)):
            self._wait(1, 10)
            target = _datum(work.system, 700 + number, "amount")
            earlier = replace(
                work, at=self._now, reads=[_Read(other)], target=target, policy=("terms", "1"),
                told=None, case=f"earlier-{number}",
            )  # fmt: skip
            _worked(self._world, earlier)
        self._wait(1, 10)
        # The root is the first decision under it: policies are no spans.
        written = self._item(replace(work, at=self._now, policy=("terms", "bad")))
        decisions = self._world.records.decisions
        self.root = next(_node(each.ref) for each in decisions if each.policy_version == "bad")
        return written

    def _distract(self, work: _Work) -> None:
        """It also reads something stale that it does not use."""
        contact = _datum("crm", 900 + self._world.ids, "contact")
        for value in (1.0, 2.0):
            self._world.write_alone(contact, self._now, "human:clerk", value, value)
            self._wait(1, 4)
        old = self._older(contact)
        work.at = self._now
        work.reads = [*work.reads, _Read(contact, old)]

    def _item(self, work: _Work) -> Access:
        """The work, among others in one run if the agent is made so."""
        work.at = max(work.at, self._now)
        if work.make != "batch":
            written = _worked(self._world, work)
            self._now = max(self._now, work.at + timedelta(minutes=5))
            return written
        span = self._world.ref()
        self._world.span(span, work.at, work.agent, "invoke_agent")
        place = self._rng.randrange(3)
        at = [work.at + timedelta(minutes=10 * number) for number in range(3)]
        self._now = at[2] + timedelta(minutes=20)
        for number in range(place):
            self._other_item(work, span, at[number])
        written = _worked(self._world, replace(work, at=at[place]), span)
        for number in range(place + 1, 3):
            self._other_item(work, span, at[number])
        return written

    def _other_item(self, work: _Work, span: SpanRef, at: datetime) -> None:
        number = self._world.ids
        source = _datum("crm", 300 + number, "rate")
        early = at - timedelta(hours=3)
        self._world.write_alone(source, early, "nightly-sync", 100.0, 100.0)
        other = replace(
            work, at=at, reads=[_Read(source)], target=_datum("erp", 400 + number, "amount"),
            case=f"item-{number}", told=None, policy=("", ""),
        )  # fmt: skip
        _worked(self._world, other, span)

    def _outcome(self, about: Access) -> None:
        """Somebody notices, and mostly takes the amount back."""
        rng, world = self._rng, self._world
        state = world.values[about.datum]
        amount = round(abs((about.value or 0.0) - state.right), 2)
        ref = world.ref()
        world.span(ref, self._now, "human:finance", "span")
        by = rng.random()
        target = about.data_id if by < 0.6 else f"span:{about.ref.trace_id}-{about.ref.span_id}"
        if by > 0.75:
            target = about.datum.entity
        if rng.random() < 0.6:
            undoing = world.write(
                ref, self._now, "human:finance", about.datum, state.right, state.right
            )
            world.records.accesses[-1] = replace(undoing, compensates=about.data_id)
        tells_amount = by > 0.75 or rng.random() < 0.8
        world.records.outcomes.append(
            Outcome(
                "o-1", ref, self._now + timedelta(seconds=5), "reversal", -1, (target,),
                amount if tells_amount else None, "human:finance",
            )
        )  # fmt: skip
        world.edge(about.ref, SUBJECT)

    def _afterwards(self, sources: Sequence[Datum]) -> None:
        """What was wrong at the source is mostly put right; other data changes as ever."""
        rng, world = self._rng, self._world
        for hop, datum in enumerate(sources):
            self._wait(0.5, 20)
            state = world.values[datum]
            slipped = hop == self._root_hop and self._kind.startswith("slip")
            if slipped and rng.random() < 0.85:
                wrong = next(each for each in world.records.accesses if each.ref == state.writer)
                write = world.write_alone(
                    datum, self._now, "human:steward", state.right, state.right
                )
                if rng.random() < 0.5:
                    world.records.accesses[-1] = replace(write, compensates=wrong.data_id)
            elif rng.random() < 0.3:
                value = round(state.value * rng.choice((0.9, 1.1)), 2)
                who = rng.choice(("human:clerk", "nightly-sync"))
                world.write_alone(datum, self._now, who, value, value)

    def _alarms(self, written: Sequence[Access]) -> None:
        """Findings: of the root in three of five cases, and false ones elsewhere."""
        rng, world = self._rng, self._world
        if rng.random() < 0.6:
            trace_id, _, span_id = self.root.partition("/")
            self._alarm(SpanRef(trace_id, span_id), rng.uniform(0.4, 0.9))
        for step in rng.sample(world.records.steps, rng.randint(2, 5)):
            self._alarm(step.ref, rng.uniform(0.1, 0.5))
        if rng.random() < 0.15:
            self._alarm(rng.choice(written).ref, rng.uniform(0.1, 0.5))

    def _alarm(self, ref: SpanRef, weight: float) -> None:
        number = len(self._world.records.anomalies)
        anomaly = Anomaly(ref, f"f-{number}", "GOAL-01", "violation", weight, f"Finding {number}.")
        self._world.records.anomalies.append(anomaly)
