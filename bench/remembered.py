"""A history in memory that answers as a store does, so that walks can be judged without one."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from analyzers.chains.frontier import Frontier, Wanted
from domain.chain_records import Datum, Decision, Records
from domain.chains import Budget, Chain

LEVELS_MAX = 100
EVER = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Remembered:
    """domain.chain_records.ChainSource of records that are at hand, whatever the tenant."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def outcome(self, tenant: str, outcome_id: str) -> Records:
        """The outcome, or nothing."""
        return Records(
            outcomes=[each for each in self._records.outcomes if each.outcome_id == outcome_id]
        )

    def reach(self, tenant: str, trace_ids: Collection[str]) -> frozenset[str]:
        """These traces: memory has no need to look ahead."""
        return frozenset(trace_ids)

    def of_traces(self, tenant: str, trace_ids: Collection[str]) -> Records:
        """What whole traces did."""
        return self._rows_in(trace_ids, "steps", "accesses", "decisions", "effects")

    def said_of(self, tenant: str, trace_ids: Collection[str]) -> Records:
        """What became of whole traces, and what was found in them."""
        return self._rows_in(trace_ids, "outcomes", "anomalies")

    def _rows_in(self, trace_ids: Collection[str], *names: str) -> Records:
        found = Records()
        for name in names:
            rows = [row for row in getattr(self._records, name) if row.ref.trace_id in trace_ids]
            getattr(found, name).extend(rows)
        return found

    def of_data(
        self, tenant: str, data: Collection[Datum], since: datetime, until: datetime
    ) -> Records:
        """Accesses in [since, until)."""
        wanted = set(data)
        found = [
            access
            for access in self._records.accesses
            if (access.datum in wanted or Datum(access.datum.entity, "") in wanted)
            and since <= access.at < until
        ]
        return Records(accesses=found)

    def named(self, tenant: str, data_ids: Collection[str]) -> Records:
        """Accesses that have these ids, and those that take them back."""
        found = [
            access
            for access in self._records.accesses
            if access.data_id in data_ids or access.compensates in data_ids
        ]
        return Records(accesses=found)

    def links(self, tenant: str, trace_ids: Collection[str], *, forward: bool) -> Records:
        """Links out of these traces, or into them."""
        found = [
            link
            for link in self._records.links
            if (link.cause if forward else link.effect).trace_id in trace_ids
        ]
        return Records(links=found)

    def decisions_under(self, tenant: str, policy_ids: Collection[str]) -> Records:
        """Of each version of these policies the first decision that was made under it."""
        first: dict[tuple[str, str], Decision] = {}
        for each in sorted(self._records.decisions, key=lambda each: (each.at, each.ref)):
            if each.policy_id in policy_ids:
                first.setdefault((each.policy_id, each.policy_version), each)
        return Records(decisions=list(first.values()))

    def outcomes_of(self, tenant: str, targets: Iterable[str]) -> Records:
        """Outcomes that are about one of these."""
        wanted = set(targets)
        return Records(
            outcomes=[each for each in self._records.outcomes if wanted & set(each.target)]
        )


def answer(source: Remembered, wanted: Wanted) -> Records:
    """All that is wanted in one level."""
    found = Records()
    for outcome_id in wanted.outcome_ids:
        found.add(source.outcome("", outcome_id))
    found.add(source.of_traces("", wanted.trace_ids))
    found.add(source.of_data("", wanted.data, wanted.since, wanted.until))
    found.add(source.named("", wanted.data_ids))
    found.add(source.links("", wanted.links_into, forward=False))
    found.add(source.links("", wanted.links_out_of, forward=True))
    found.add(source.decisions_under("", wanted.policy_ids))
    found.add(source.outcomes_of("", wanted.targets))
    found.add(source.said_of("", wanted.said_of))
    return found


def walked(records: Records, subject: str, budget: Budget | None = None) -> Frontier:
    """The walk of the subject through the records, until nothing more is wanted."""
    frontier = Frontier(subject, *EVER, budget)
    source = Remembered(records)
    for next_wanted in (frontier.backward, frontier.forward):
        for _ in range(LEVELS_MAX):
            wanted = next_wanted()
            if not wanted:
                break
            frontier.take(answer(source, wanted))
    return frontier


def chain_in(records: Records, subject: str) -> Chain:
    """The chain of the subject, walked as in a store."""
    return walked(records, subject).chain("bench")
