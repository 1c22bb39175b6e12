"""From the sample of a week and what reviewers said of it to the labels that limits are tuned
from.
"""

import math
from collections.abc import Iterable, Mapping
from datetime import date

from domain.errors import InvalidInput
from domain.reviewing import Drawn, Verdict
from domain.tuning import Decided, Label, TuningWeek


def tuning_week(
    ended: date,
    drawn: Iterable[Drawn],
    verdicts: Mapping[str, Verdict],
    decided: Iterable[Decided],
) -> TuningWeek:
    """The week of one agent's action; verdicts by decision_id.

    A drawn case without a verdict is taken for harm, as a skipped one is. Verdicts on cases that
    were not drawn are left out: nobody knows how they were chosen. A case without confidence lies
    in no region, and one without amount under no limit.
    """
    cases = {one.decision_id: one for one in decided}
    sample = sorted(drawn, key=lambda one: one.decision_id)
    missing = [one.decision_id for one in sample if one.decision_id not in cases]
    if missing:
        raise InvalidInput(f"{missing[0]} was drawn, but is no decision of the week")
    labels = [_label(one, verdicts, cases[one.decision_id]) for one in sample]
    return TuningWeek(
        ended=ended,
        labels=tuple(label for label in labels if label is not None),
        decided=tuple(cases.values()),
        # The even part is the least chance that any decision of the cell had.
        pi_min=min((one.pi_uniform for one in sample), default=1.0),
    )


def _label(drawn: Drawn, verdicts: Mapping[str, Verdict], case: Decided) -> Label | None:
    if case.confidence is None:
        return None
    return Label(
        confidence=case.confidence,
        harm=verdicts.get(drawn.decision_id) is not Verdict.FINE,
        pi=drawn.pi,
        uniform=drawn.uniform,
        amount=math.inf if case.amount is None else case.amount,
    )
