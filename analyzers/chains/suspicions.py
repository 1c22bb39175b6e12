"""What is odd about a node: by findings that name it, and by the graph itself."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from analyzers.chains.fields import Field, StaleRead, same_value
from analyzers.chains.graph import Graph
from analyzers.chains.history import span_of_node
from analyzers.chains.runs import policy_node
from analyzers.wording import sentence
from domain.chain_records import Access, Anomaly, Decision
from domain.chains import EdgeKind

ALTERED = 0.9  # read under a version as another value than was written under it
UNHEARD_OF = 0.4  # a value that no known write made; there may be writes that nobody records
TAKEN_BACK = 0.5  # somebody else undid it, for a reason that is not known
CHANGED_LATER = 0.25  # a person put another value in its place after it had been used
POLICY_CHANGED = 0.5  # decisions were made under another version before
CAUSE_SHARE = 0.5  # of a finding's weight, for a span that it names as its cause
POLICY_IS_NEW = timedelta(days=7)  # for so long since the first decision under it
VALUE_TOLERANCE = 1e-9  # relative


class Suspicion(NamedTuple):
    """Something odd; weight 0 to 1.

    value:   that may be wrong; change: by how much it differs from the right one.
    differs: whether it differs; None = not known.
    """

    weight: float
    reason: str
    value: float | None = None
    change: float | None = None
    differs: bool | None = None
    finding_ids: tuple[str, ...] = ()


class _PolicyChange(NamedTuple):
    """at: of the first decision under the new version."""

    at: datetime
    before: str
    suspicion: Suspicion


class Suspicions:
    """Of the nodes of a graph, for the subjects that a chain is about.

    targets: nodes that the outcome names; that these are taken back says nothing about them.
    """

    def __init__(self, graph: Graph, targets: Iterable[str] = ()) -> None:
        self._graph = graph
        self._targets = frozenset(targets)
        self._violated = {
            anomaly.finding_id
            for anomalies in graph.history.anomalies.values()
            for anomaly in anomalies
            if anomaly.role == "violation"
        }
        self._changed = self._policy_changes()

    def of(self, node: str) -> list[Suspicion]:
        """The gravest first."""
        if node.startswith("policy/"):
            found = [self._changed[node].suspicion] if node in self._changed else []
        else:
            found = [*self._by_findings(node), *self._by_itself(node)]
        return sorted(found, key=lambda each: (-each.weight, each.reason))

    def _by_findings(self, node: str) -> Iterator[Suspicion]:
        for anomaly in self._graph.history.anomalies.get(span_of_node(node), ()):
            if share := self._share(anomaly):
                ids = (anomaly.finding_id,)
                yield Suspicion(share * anomaly.weight, anomaly.reason, finding_ids=ids)

    def _share(self, anomaly: Anomaly) -> float:
        """Not what befell a span; nor its being a cause, if the finding names who violated."""
        if anomaly.role == "violation":
            return 1.0
        is_cause = anomaly.role == "cause" and anomaly.finding_id not in self._violated
        return CAUSE_SHARE if is_cause else 0.0

    def _by_itself(self, node: str) -> Iterator[Suspicion]:
        for fact in self._graph.history.facts_of(node):
            if isinstance(fact, Decision):
                yield from self._under_new_policy(fact)
            if not isinstance(fact, Access) or fact.datum not in self._graph.fields:
                continue
            field = self._graph.fields[fact.datum]
            if fact.is_write:
                yield from self._corrected(node, fact, field)
            else:
                yield from _misread(fact, field)

    def is_new_policy(self, policy: str, node: str) -> bool:
        """Whether the node made a decision under the policy when that was new."""
        return any(
            isinstance(fact, Decision)
            and policy_node(fact) == policy
            and any(self._under_new_policy(fact))
            for fact in self._graph.history.facts_of(node)
        )

    def _under_new_policy(self, decision: Decision) -> Iterator[Suspicion]:
        """The policy was another one until shortly before."""
        change = self._changed.get(policy_node(decision))
        if change and change.at <= decision.at <= change.at + POLICY_IS_NEW:
            reason = (
                f"{decision.agent or 'an agent'} decided {decision.action or 'something'} under"
                f" version {decision.policy_version or 'unknown'} of policy {decision.policy_id},"
                f" which had just replaced version {change.before}."
            )
            yield Suspicion(POLICY_CHANGED, reason)

    def _corrected(self, node: str, write: Access, field: Field) -> Iterator[Suspicion]:
        """Somebody else undid the write, or a person wrote another value over it."""
        if node in self._targets:
            return
        undoings = self._graph.history.taken_back.get(write.data_id, ()) if write.data_id else ()
        if undoings:
            undoing = min(undoings, key=lambda each: (each.at, each.ref))
            yield _correction(write, undoing, TAKEN_BACK, "took it back")
            return
        following = field.after(write)
        if (
            following is None
            or not _is_person(following)
            or same_value(write, following) is not False
        ):
            return
        # Who reads it after it was changed reads what is stale: that is the fault of the read.
        readers = field.readers(write)
        if readers and all(read.at <= following.at for read in readers):
            yield _correction(write, following, CHANGED_LATER, "changed it")

    def _policy_changes(self) -> dict[str, _PolicyChange]:
        """By node, versions of policies that replaced another one."""
        found: dict[str, _PolicyChange] = {}
        for policy_id, decisions in self._graph.history.policies.items():
            first: dict[str, Decision] = {}
            for decision in sorted(decisions, key=lambda each: (each.at, each.ref)):
                first.setdefault(decision.policy_version, decision)
            for before, after in pairwise(first.values()):
                old, new = before.policy_version or "unknown", after.policy_version or "unknown"
                reason = f"Policy {policy_id} went from version {old} to {new}."
                suspicion = Suspicion(POLICY_CHANGED, reason)
                found[policy_node(after)] = _PolicyChange(after.at, old, suspicion)
        return found


def _misread(read: Access, field: Field) -> Iterator[Suspicion]:
    """What was read had been replaced, or was not what had been written."""
    if stale := field.stale(read):
        yield _stale(stale, field.newest_before(read.at))
    source = field.source(read)
    if source:
        yield from _altered(read, *source)
    elif field.is_unheard_of(read):
        newest = field.newest_before(read.at)
        change = _difference(read.value, newest.value) if newest else None
        value = "a value" if read.value is None else f"{read.value:g}"
        reason = (
            f"{_who(read)} read {_what(read)} as {value}, which nobody is known to have written."
        )
        yield Suspicion(UNHEARD_OF, reason, read.value, change, True)


def _stale(stale: StaleRead, newest: Access | None) -> Suspicion:
    read, newer = stale.read, stale.newer
    reason = sentence(
        "{who} read {what} {seen}, but {now} had been written {behind:duration} earlier"
        " by {writer}.",
        {
            "who": _who(read),
            "what": str(read.datum),
            "seen": _as_read(read),
            "now": f"version {newer.version}" if newer.version else "another value",
            "behind": (read.at - newer.at).total_seconds(),
            "writer": _writer(newer),
        },
    )
    # The value may have come back to what was read: then the read did no harm.
    right = newest or newer
    change = _difference(read.value, right.value)
    if change is None and read.value_hash and right.value_hash:
        differs: bool | None = read.value_hash != right.value_hash
    else:
        differs = None if change is None else change != 0
    return Suspicion(stale.certainty, reason, read.value, change, differs)


def _altered(read: Access, write: Access, kind: EdgeKind) -> Iterator[Suspicion]:
    change = _difference(read.value, write.value)
    if (
        kind is EdgeKind.READ_FROM
        and change
        and abs(change) > VALUE_TOLERANCE * abs(write.value or 0.0)
    ):
        reason = (
            f"{_who(read)} read {_what(read)} as {read.value:g}, but {_writer(write)} had written"
            f" {write.value:g}."
        )
        yield Suspicion(ALTERED, reason, read.value, change, True)


def _correction(write: Access, by: Access, weight: float, did: str) -> Suspicion:
    reason = sentence(
        "{who} wrote {what}, and {by} {did} {after:duration} later.",
        {
            "who": _who(write),
            "what": _what(write),
            "by": _who(by),
            "did": did,
            "after": max(0.0, (by.at - write.at).total_seconds()),
        },
    )
    same_datum = write.datum == by.datum
    change = _difference(write.value, by.value) if same_datum else write.change
    return Suspicion(weight, reason, write.value, change, differs=True)


def _is_person(access: Access) -> bool:
    """By the convention of `human:NAME` for what people do by hand."""
    return access.agent.startswith("human")


def _difference(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first - second


def _who(access: Access) -> str:
    return access.agent or "an agent"


def _writer(access: Access) -> str:
    if access.agent and access.system:
        return f"{access.agent} ({access.system})"
    return access.agent or access.system or "somebody"


def _what(access: Access) -> str:
    version = f" at version {access.version}" if access.version else ""
    return f"{access.datum}{version}"


def _as_read(read: Access) -> str:
    if read.version:
        return f"at version {read.version}"
    return f"as of {read.as_of:%Y-%m-%d %H:%M:%S}" if read.as_of else "as it was before"
