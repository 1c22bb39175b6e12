"""In which order tools are called in a run, as counted over many, and the rules that come of it."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

ID_BYTES = 8
MINED = "mined-"


class Constraint(StrEnum):
    """precedence: `second` only after `first`; response: after `first` comes `second`;
    not_coexistence: never both. As in Declare (Pesic and van der Aalst 2006)."""

    PRECEDENCE = "precedence"
    RESPONSE = "response"
    NOT_COEXISTENCE = "not_coexistence"


class RuleState(StrEnum):
    """What people said of a mined rule; info: nothing yet."""

    INFO = "info"
    PROMOTED = "promoted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class PairCount:
    """Two tools in the runs of one scope (`intent refund`, or `agent billing` without an intent).

    together:         runs with both; with `first` empty those with `second`, with both empty all.
    precedes:         of those, in which the first call of `first` came before that of `second`.
    responds:         of those, in which the last call of `second` came after that of `first`.
    chance_precedes:  how many `precedes` would be if the calls of each run stood in any order.
    chance_responds:  the same of `responds`.
    """

    scope: str
    first: str
    second: str
    together: int
    precedes: int
    responds: int
    chance_precedes: float
    chance_responds: float


@dataclass(frozen=True, slots=True)
class OrderRule:
    """What runs that end well keep to.

    support:     runs to which it applies.
    held:        of those, the runs that kept it.
    q:           the expected share of false rules among those at least as sure.
    """

    constraint: Constraint
    scope: str
    first: str
    second: str
    support: int
    held: int
    q: float

    @property
    def confidence(self) -> float:
        """0 to 1: the share of runs that kept it."""
        return self.held / self.support

    def rule_id(self, tenant: str) -> str:
        """`mined-` and 16 hex digits, equal whenever a tenant's runs show the same rule."""
        named = "\0".join((tenant, self.constraint, self.scope, self.first, self.second))
        return MINED + hashlib.blake2b(named.encode(), digest_size=ID_BYTES).hexdigest()
