"""What to ask next of the store, so that a chain is whole: never anything twice.

    frontier = Frontier(subject, since, until, budget, hub_types)
    for next_wanted in (frontier.backward, frontier.forward):
        while wanted := next_wanted():        # one level of the walk
            frontier.take(records that answer `wanted`)
    chain = frontier.chain(tenant)            # what chain.build makes of the same records

`backward` follows what led to the subject along paths that are not weaker than
`budget.path_weight_min`; `forward` follows what its likeliest cause reached, over hard edges. Both
work in increments: a level costs what its answers brought, not what was gathered before.
The caller counts levels, `span_count` and seconds against its budget, and may stop at any time:
`chain` takes whatever there is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.chain_records import Datum, Records
from domain.chains import Budget, Chain


@dataclass(frozen=True, slots=True)
class Wanted:
    """One level's questions, each a batch for one method of ChainSource; False when empty.

    outcome_ids:  for `outcome`.
    trace_ids:    for `of_traces`.
    data:         for `of_data`, all within [since, until).
    data_ids:     for `named`.
    links_into:   traces, for `links(..., forward=False)`: links whose effect is in them.
    links_out_of: traces, for `links(..., forward=True)`: links whose cause is in them.
    targets:      for `outcomes_of`.
    """

    since: datetime
    until: datetime
    outcome_ids: frozenset[str] = frozenset()
    trace_ids: frozenset[str] = frozenset()
    data: frozenset[Datum] = frozenset()
    data_ids: frozenset[str] = frozenset()
    links_into: frozenset[str] = frozenset()
    links_out_of: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(
            self.outcome_ids
            or self.trace_ids
            or self.data
            or self.data_ids
            or self.links_into
            or self.links_out_of
            or self.targets
        )


class Frontier:
    """The walk's memory: what was gathered, and what was asked.

    since, until: bounds in time of accesses that are asked for; until is exclusive, and not before
                  the newest row, so that it is seen whether a write still stands.
    hub_types:    entity types, such as `currency`, through which nothing is followed.
    """

    def __init__(
        self,
        subject: str,
        since: datetime,
        until: datetime,
        budget: Budget | None = None,
        hub_types: Iterable[str] = (),
    ) -> None:
        self.subject = subject
        self.since, self.until = since, until
        self.budget = budget or Budget()
        self.hub_types = frozenset(hub_types)

    @property
    def span_count(self) -> int:
        """Spans gathered so far."""
        raise NotImplementedError

    def take(self, answer: Records) -> None:
        """Take in what the store answered."""
        raise NotImplementedError

    def backward(self) -> Wanted:
        """What the causes of the subject still want; empty when nothing does."""
        raise NotImplementedError

    def forward(self) -> Wanted:
        """What the effects of the likeliest cause, and their outcomes, still want."""
        raise NotImplementedError

    def chain(self, tenant: str) -> Chain:
        """What the records say so far. Raises NotFound when none is about the subject."""
        raise NotImplementedError
