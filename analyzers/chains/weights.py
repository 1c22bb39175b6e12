"""How much each kind of edge weighs, and the other constants of chains."""

from collections.abc import Mapping
from datetime import timedelta

from domain.chains import EdgeKind

# Of a path the weights are multiplied. Hard edges are what instrumentation says; soft ones are
# likely at most, and are not followed to what a cause reached.
WEIGHTS: Mapping[EdgeKind, float] = {
    EdgeKind.PARENT: 0.98,
    EdgeKind.INPUT: 0.98,
    EdgeKind.DECISION: 0.98,
    EdgeKind.LINK: 0.95,
    EdgeKind.MESSAGE: 0.95,
    EdgeKind.HANDOFF: 0.95,
    EdgeKind.READ_FROM: 0.95,
    EdgeKind.OUTCOME: 0.97,
    EdgeKind.READ_FROM_BY_TIME: 0.7,
    EdgeKind.STALE_READ: 0.5,
    EdgeKind.OVERWRITE: 0.6,
    EdgeKind.POLICY: 0.5,
    EdgeKind.TEMPORAL: 0.15,
}
OUTCOME_NEGATED = 0.8  # the outcome takes back the amount of this write, which it does not name
OUTCOME_ENTITY = 0.7  # the outcome names the entity alone, and this write was its newest
OUTCOME_TOLD_IN = 0.5  # nothing is known but the span that told of it
READ_FROM_ALIKE = (
    0.9  # no version, but the newest write before the read has the value that was read
)
INPUT_LIKELY = 0.7  # read earlier in the run, but other work came in between
TEMPORAL_DECAY = timedelta(days=7)
TEMPORAL_TOUCHES_MAX = 5_000  # of an entity; more make it a hub

CLOCK_MARGIN = timedelta(seconds=2)  # by which clocks of two services may differ
ANOMALY_FLOOR = 0.05
AMOUNT_TOLERANCE = 0.005  # of amounts that are equal: half of the least part of most currencies
