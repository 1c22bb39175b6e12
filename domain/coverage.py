"""What can each failure signature see of an agent, and what would have to be recorded besides?

An agent is a mapping of counts: how many steps, tool calls, reads ... it has, and how many of them
carry what analyzers read. What each signature needs of them: `signature_needs.toml`.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.signature_needs import Attribute, Need, Signature, catalogue

# How far one looks back.
DAYS = 7
DAYS_MAX = 31
STEPS_MIN = 30
# So small a share is as good as none: a trial, an old deployment.
ABSENT_SHARE_MAX = 0.01

Counts = Mapping[str, int]


class Sight(StrEnum):
    """How well a signature works on an agent; the later, the worse."""

    SEEN = "seen"
    DEGRADED = "degraded"
    BLIND = "blind"


@dataclass(frozen=True, slots=True)
class Share:
    """`count` things of `n` have the attribute; for a count both are the same."""

    attribute: Attribute
    count: int
    n: int

    @property
    def share(self) -> float | None:
        """0 to 1; None for a count, and where there is nothing to have a share of."""
        return self.count / self.n if self.attribute.of and self.n else None


@dataclass(frozen=True, slots=True)
class Lack:
    """What one unmet need makes of a signature, and why; `attribute` is what to mend first."""

    attribute: Attribute
    sight: Sight
    fact: str
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How well a signature sees an agent, and why not better."""

    signature: Signature
    sight: Sight
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """An attribute that is missing, and the ids of the signatures that miss it."""

    attribute: Attribute
    blind: tuple[str, ...]
    degraded: tuple[str, ...]


def shares(counts: Counts) -> list[Share]:
    """How much there is of every attribute, in the order of the file."""
    return [_share(attribute, counts) for attribute in catalogue().attributes]


def enough(counts: Counts) -> bool:
    """Whether there are steps enough (STEPS_MIN) to judge the agent at all."""
    return counts.get("steps", 0) >= STEPS_MIN


def verdicts(counts: Counts) -> list[Verdict]:
    """How well each signature sees the agent; none when there are too few steps to tell."""
    if not enough(counts):
        return []
    return [judged(signature, counts) for signature in catalogue().signatures]


def judged(signature: Signature, counts: Counts) -> Verdict:
    """How well one signature sees the agent. Where it is blind, `helps` are of no interest yet."""
    lacks = [*_lacks(signature.needs, counts), *_all_lack(signature.one_of, counts)]
    if _worst(lack.sight for lack in lacks) is not Sight.BLIND:
        helps = _lacks(signature.helps, counts)
        lacks += [replace(lack, sight=Sight.DEGRADED) for lack in helps]
    return Verdict(signature, _worst(lack.sight for lack in lacks), tuple(lacks))


def gaps(judgements: Iterable[Verdict]) -> list[Gap]:
    """What is missing; first what would open the eyes of the most signatures."""
    wanted: dict[Attribute, dict[str, Sight]] = {}
    for verdict in judgements:
        for lack in verdict.lacks:
            by_id = wanted.setdefault(lack.attribute, {})
            known = by_id.get(verdict.signature.id, Sight.SEEN)
            by_id[verdict.signature.id] = _worst((known, lack.sight))
    found = [
        Gap(attribute, _ids(by_id, Sight.BLIND), _ids(by_id, Sight.DEGRADED))
        for attribute, by_id in wanted.items()
    ]
    return sorted(found, key=lambda gap: (-len(gap.blind), -len(gap.degraded)))


def percent(share: float) -> str:
    """Rounded down, so that what is not quite enough does not look like it.

    >>> percent(0.0), percent(0.004), percent(0.29), percent(0.8999), percent(1.0)
    ('0%', '<1%', '29%', '89%', '100%')
    """
    whole = math.floor(100 * share + 1e-9)
    return "<1%" if share and not whole else f"{whole}%"


def _share(attribute: Attribute, counts: Counts) -> Share:
    count = counts.get(attribute.name, 0)
    return Share(attribute, count, counts.get(attribute.of.name, 0) if attribute.of else count)


def _lacks(needs: Iterable[Need], counts: Counts) -> Iterator[Lack]:
    for need in needs:
        found = _share(need.attribute, counts)
        if not found.n and not need.attribute.none_is_fine:
            missing = need.attribute.of or need.attribute
            yield Lack(missing, Sight.BLIND, f"no {missing.label}", need.why)
        elif found.share is not None and found.share < need.share_min:
            sight = Sight.BLIND if found.share <= ABSENT_SHARE_MAX else Sight.DEGRADED
            needed = percent(need.share_min)
            fact = f"{need.attribute.label} {percent(found.share)} of {found.n:,}, {needed} needed"
            yield Lack(need.attribute, sight, fact, need.why)


def _all_lack(needs: tuple[Need, ...], counts: Counts) -> Iterator[Lack]:
    """Nothing when one need is met; else each of them, as bad as the best."""
    lacks = list(_lacks(needs, counts))
    if len(lacks) == len(needs):
        best = min((lack.sight for lack in lacks), key=list(Sight).index, default=Sight.SEEN)
        yield from (replace(lack, sight=best) for lack in lacks)


def _worst(sights: Iterable[Sight]) -> Sight:
    return max(sights, key=list(Sight).index, default=Sight.SEEN)


def _ids(by_id: Mapping[str, Sight], sight: Sight) -> tuple[str, ...]:
    return tuple(name for name, found in by_id.items() if found is sight)
