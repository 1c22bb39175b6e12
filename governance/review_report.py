"""What did the review of a week find: how much harm, how sure, and how good were the reviewers?

Everything follows from the draw and what people said; the same input gives the same report, so
its hash can be signed.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from domain import weeks
from domain.reviewing import (
    Cell,
    Draw,
    Interval,
    Judged,
    Look,
    Looked,
    ReviewCase,
    Reviewed,
    Verdict,
)
from governance import agreement, estimates
from governance.canonical import plain

LISTED_MAX = 200
# A week before of one cell: what was said, and how many decisions it was drawn from.
Earlier = tuple[Sequence[Looked], int]


@dataclass(frozen=True, slots=True)
class Quality:
    """Looks that are there to see how good reviewers are, of this week and those before.

    gold:  (reviewer, the right verdict, what they said); again: (first, later) of a blind look.
    """

    gold: Sequence[tuple[str, Verdict, Verdict]] = ()
    again: Sequence[tuple[Verdict, Verdict]] = ()


def figures(
    draw: Draw,
    looked: Sequence[Looked],
    quality: Quality = Quality(),
    by_hand: Sequence[Looked] = (),
    earlier: Mapping[Cell, Sequence[Earlier]] | None = None,
) -> dict[str, Any]:
    """The report as JSON.

    by_hand: cases that people asked for, which are in no estimate.
    earlier: of each cell the weeks that may be pooled with this one.
    """
    of_cell: defaultdict[Cell, list[Looked]] = defaultdict(list)
    for one in looked:
        of_cell[one.case.facts.cell].append(one)
    pooled = earlier or {}
    return {
        "week": draw.week,
        "name": weeks.named(draw.week),
        "tenant": draw.tenant,
        "begins": plain(draw.begins),
        "ends": plain(draw.ends),
        "zone": draw.zone,
        "level": estimates.LEVEL,
        "draw": drawn(draw),
        **counts(looked),
        "frame": draw.frame,
        "all": rates(looked, draw.frame),
        "cells": [
            {
                **asdict(cell),
                "watched": list(cell.watched),
                **counts(of_cell[cell.agent, cell.action]),
                **rates(of_cell[cell.agent, cell.action], cell.frame),
                "pooled": _pooled(
                    cell.frame, of_cell[cell.agent, cell.action],
                    pooled.get((cell.agent, cell.action), ()),
                ),
            }
            for cell in draw.cells
        ],
        "agreement": agreed(looked),
        "reviewers": reviewers(looked, quality),
        "sensitivity": sensitivity(quality.gold),
        "again": _again(quality.again),
        "harmful": [told(one) for one in looked if one.verdict is Verdict.HARM][:LISTED_MAX],
        "skipped_cases": [
            told(one) for one in looked if one.verdict is Verdict.SKIPPED and not one.disputed
        ][:LISTED_MAX],
        "disputed_cases": [told(one) for one in looked if one.disputed][:LISTED_MAX],
        "by_hand": [told(one) for one in by_hand][:LISTED_MAX],
    }  # fmt: skip


def drawn(draw: Draw) -> dict[str, Any]:
    """How the week was drawn, without its cells."""
    said = plain(draw)
    assert isinstance(said, dict)
    names = ("known_until", "key_id", "budget", "uniform", "minimum", "classifier", "frame_sha256",
             "drawn", "sample_sha256", "drawn_by", "drawn_at")  # fmt: skip
    return {name: said[name] for name in names}


def counts(looked: Collection[Looked]) -> dict[str, int]:
    """How far it is: drawn = fine + harm + skipped + disputed + open."""
    said = Counter(one.verdict for one in looked if not one.disputed)
    return {
        "drawn": len(looked),
        "fine": said[Verdict.FINE],
        "harms": said[Verdict.HARM],
        "skipped": said[Verdict.SKIPPED],
        "disputed": sum(one.disputed for one in looked),
        "open": said[None],
    }


def rates(looked: Iterable[Looked], frame: int) -> dict[str, Any]:
    """Harm per decision of the frame: with what nobody knows as harm (gated), and as fine."""
    found = estimates.harm_rate(map(_reviewed, looked), frame)
    return {"gated": _told(found.gated), "answered": _told(found.answered)}


def agreed(looked: Iterable[Looked]) -> dict[str, Any]:
    """Of cases that two looked at and answered: Krippendorff's alpha, and Cohen's kappa where only
    two people made up all pairs."""
    pairs = [_answered(one) for one in looked]
    pairs = [one for one in pairs if len(one) > 1]
    people = sorted({who for pair in pairs for who in pair})
    kappa = None
    if len(people) == 2:
        kappa = agreement.cohen_kappa([(pair[people[0]], pair[people[1]]) for pair in pairs])
    return {
        "pairs": len(pairs),
        "same": sum(len(set(pair.values())) == 1 for pair in pairs),
        "alpha": agreement.krippendorff_alpha([list(pair.values()) for pair in pairs]),
        "kappa": kappa,
    }


def sensitivity(gold: Iterable[tuple[str, Verdict, Verdict]]) -> dict[str, Any]:
    """How much of the harm in cases of which the verdict is known was recognised.

    low: lower bound, for tuning.sensitivity, which a person sets. None without such cases.
    """
    answers = [(right, said) for _, right, said in gold]
    harm = [said for right, said in answers if right is Verdict.HARM]
    fine = [said for right, said in answers if right is Verdict.FINE]
    found = sum(said is Verdict.HARM for said in harm)
    return {
        "harm_seen": len(harm),
        "harm_found": found,
        "fine_seen": len(fine),
        "fine_found": sum(said is Verdict.FINE for said in fine),
        "low": estimates.sensitivity_low(found, len(harm)) if harm else None,
    }


def reviewers(looked: Iterable[Looked], quality: Quality) -> list[dict[str, Any]]:
    """What each reviewer did in the week, by name, and with known cases so far."""
    said = defaultdict(list)
    for one in looked:
        for look in one.looks:
            said[look.reviewer].append(look.verdict)
    gold = defaultdict(list)
    for answer in quality.gold:
        gold[answer[0]].append(answer)
    return [
        {
            "reviewer": name,
            "cases": len(said[name]),
            "harms": said[name].count(Verdict.HARM),
            "skipped": said[name].count(Verdict.SKIPPED),
            "gold": sensitivity(gold[name]),
        }
        for name in sorted(said.keys() | gold.keys())
    ]


def told(looked: Looked) -> dict[str, Any]:
    """One decision with what was said of it."""
    facts = looked.case.facts
    said = [*looked.looks, *([looked.settled] if looked.settled else [])]
    return {
        "decision_id": facts.decision_id,
        "agent": facts.agent,
        "action": facts.action,
        "amount": facts.amount,
        "currency": facts.currency,
        "decided_at": plain(facts.decided_at),
        "said": [_said(one) for one in said],
        "added_by": looked.case.added_by,
        "why": looked.case.why,
    }


def _reviewed(looked: Looked) -> Reviewed:
    verdict = looked.verdict or Verdict.SKIPPED
    return Reviewed(looked.case.facts.decision_id, verdict, looked.case.pi)


def _answered(looked: Looked) -> dict[str, Verdict]:
    """By reviewer, without those who skipped it."""
    return {one.reviewer: one.verdict for one in looked.looks if one.verdict is not Verdict.SKIPPED}


def _pooled(frame: int, looked: Sequence[Looked], before: Sequence[Earlier]) -> Any:
    """The same over several weeks, None where there is only this one."""
    if not before:
        return None
    reviews = [_reviewed(one) for one in looked]
    parts = [(reviews, frame)]
    parts += [([_reviewed(one) for one in said], size) for said, size in before]
    found = estimates.pooled(parts)
    return {
        "weeks": len(parts),
        "drawn": found.drawn,
        "harms": found.harms,
        "gated": _told(found.gated),
        "answered": _told(found.answered),
    }


def _told(interval: Interval) -> dict[str, float]:
    return asdict(interval)


def _again(pairs: Sequence[tuple[Verdict, Verdict]]) -> dict[str, int]:
    return {"seen": len(pairs), "same": sum(first is later for first, later in pairs)}


def _said(one: Judged) -> dict[str, Any]:
    return {
        "reviewer": one.reviewer,
        "verdict": str(one.verdict),
        "reason": one.reason,
        "note": one.note,
        "cost": one.cost,
        "settles": one.settles,
    }


def gold_answers(
    cases: Iterable[ReviewCase], said: Iterable[Judged], right: Mapping[str, Verdict]
) -> list[tuple[str, Verdict, Verdict]]:
    """What reviewers said of cases of which the verdict is known; right: by decision."""
    known = {
        one.case_id: right[one.facts.decision_id]
        for one in cases
        if one.look is Look.GOLD and one.facts.decision_id in right
    }
    return [(one.reviewer, known[one.case_id], one.verdict) for one in said if one.case_id in known]


def again_answers(
    cases: Iterable[ReviewCase], said: Iterable[Judged], first: Mapping[tuple[str, str], Verdict]
) -> list[tuple[Verdict, Verdict]]:
    """What reviewers said first and in a blind look; first: by decision and reviewer."""
    decision_of = {one.case_id: one.facts.decision_id for one in cases if one.look is Look.BLIND}
    return [
        (first[decision_of[one.case_id], one.reviewer], one.verdict)
        for one in said
        if one.case_id in decision_of and (decision_of[one.case_id], one.reviewer) in first
    ]
