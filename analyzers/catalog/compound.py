"""MA-01: harm that agents do together, each within its limits."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from analyzers.compound import clashes, telling
from analyzers.compound.assembly import Case, cases
from analyzers.compound.clashes import Clash
from analyzers.compound.costs import Rules
from analyzers.compound.judging import judged, may_be
from analyzers.compound.sight import Knowledge
from domain.cases import Acts, CaseSource
from domain.findings import Draft, Window
from domain.ports import FindingSource
from domain.signatures import Signature


@dataclass(frozen=True, slots=True)
class CompoundFailure:
    """Claims that what several agents did in one case cost more than what any of them did alone,
    that one of them did not know of another's part in it, and that no policy was broken.

    One acts against what another aims for, they go beyond a limit together, make the same good
    twice, bring a thing into opposite states, or settle it over an open obligation. Silent where
    runs link to each other, hand work over, or each read what the other wrote; where neither case
    nor entity was recorded; and of people, whose reading is not recorded.
    """

    signature: Signature

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """MA-01 alone."""
        return (self.signature,)

    def drafts(self, source: FindingSource, window: Window) -> Iterable[Draft]:
        """One for each case: that of its first blind episode, else of its first. Raises
        Unavailable."""
        rules = _rules(self.signature)
        best: dict[str, Draft] = {}
        looked_up = source.cases()
        for acts in looked_up.acts(window):
            for draft in _drafts(looked_up, acts, window, rules):
                known = best.get(draft.finding_id)
                if known is None or draft.raised > known.raised:
                    best[draft.finding_id] = draft
        return best.values()


def _drafts(source: CaseSource, acts: Acts, window: Window, rules: Rules) -> Iterator[Draft]:
    doubtful = list(_doubtful(acts, rules))
    effects = [effect for case, _ in doubtful for effect in case.effects]
    if not effects:
        return
    dealings = source.dealings(acts.tenant, effects, window.until)
    knowledge = Knowledge(dealings)
    for case, clashing in doubtful:
        if found := judged(case, clashing, dealings, knowledge, rules):
            yield telling.draft(acts.tenant, found, knowledge, dealings)


def _doubtful(acts: Acts, rules: Rules) -> Iterator[tuple[Case, list[Clash]]]:
    """Cases that would be one if nobody had known anything: what was known is asked of these."""
    for case in cases(acts, rules.within, rules.runs_max):
        clashing = clashes.clashes(case, rules.within, rules.rates)
        if clashing and may_be(case, clashing, rules):
            yield case, clashing


def _rules(signature: Signature) -> Rules:
    said = signature.parameters
    return Rules(
        loss_min=float(said["loss_min"]),
        value_share=float(said["value_share"]),
        within=timedelta(days=float(said["within_days"])),
        state_worth=float(said["state_worth"]),
        rates=clashes.rates(str(said["weights"])),
        runs_max=int(said["runs_max"]),
    )
