"""Where does tuning stand with an action, after all that happened to it, in order of time?

A fold over what is stored anyway: weeks that were signed off, limits as they changed, drift pages
and what people said to them. It is folded anew each time, so what the tuner believes can not part
from what is recorded, and whatever was cut off is done by the next look.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from domain.autonomy import Autonomy, HardHarm, PageChannel, StageEvidence
from domain.proposals import Version
from domain.thresholds import Basis, Limits, Stage, Threshold
from domain.tuning import Label, TuningWeek
from governance import autonomy, dollar_tuning, tuner
from governance.certificates import Certificate, certificates, evenly
from governance.dollar_tuning import DollarTuning
from governance.evidence import Counted
from governance.loosening import effective, limits_within, stricter_of
from governance.recalibration import calibrated
from governance.tuner import Advice, Choose, Direction, Held, Key, Rules, Tuning

EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class WeekLearned:
    """A week was signed off at `at`; its first decision was made at `begins` or later.

    rubric: what its reviewers went by.
    """

    at: datetime
    begins: datetime
    week: TuningWeek
    rubric: str = ""


@dataclass(frozen=True, slots=True)
class LimitsSet:
    """Another threshold came into force; `before` held until then."""

    at: datetime
    before: Threshold
    after: Threshold


@dataclass(frozen=True, slots=True)
class PageRaised:
    """A drift page; since: the early end of the time in which the agent may have changed."""

    at: datetime
    page: str
    channel: PageChannel
    since: datetime


@dataclass(frozen=True, slots=True)
class PageJudged:
    """What people said to a page: benign, or else that the change is real."""

    at: datetime
    page: str
    benign: bool


@dataclass(frozen=True, slots=True)
class HarmDone:
    """Something that no statistics are needed for; finding: the id of the one that says so."""

    at: datetime
    harm: HardHarm
    finding: str = ""


Event = WeekLearned | LimitsSet | PageRaised | PageJudged | HarmDone


@dataclass(frozen=True, slots=True)
class Course:
    """One action of one agent's version as it stands after all events.

    evidence_from: labels of earlier decisions are not in the evidence.
    aside_from:    the same of the evidence that is set aside while a page is open.
    pages:         open ones, by the channel that they are about.
    wanted:        advice to loosen that nobody was asked about yet, if any.
    why:           of the last tightening.
    term:          labels of the term, which the next one is calibrated by.
    weeks:         how many were learned from, in all.
    """

    tuning: Tuning
    dollars: DollarTuning | None
    autonomy: Autonomy
    evidence_from: datetime
    pages: tuple[tuple[str, PageChannel], ...] = ()
    wanted: Advice | None = None
    why: str = ""
    term: tuple[Label, ...] = ()
    aside_from: datetime | None = None
    weeks: int = 0

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """Thresholds that the evidence certifies by now, from strict to loose."""
        rules, evidence = self.tuning.rules, self.tuning.evidence
        return certificates(evidence, rules.held_to, rules.delta, rules.starts, rules.weeks_min)

    @property
    def certificate(self) -> Certificate | None:
        """Of the very threshold in force, from labels of the very stage; None without one."""
        confidence = self.tuning.limits.confidence
        if confidence is None or self.tuning.key.stage is not self.autonomy.stage:
            return None
        held = (one for one in self.certificates if abs(one.threshold - confidence) < EPSILON)
        return next(held, None)

    @property
    def basis(self) -> Basis | None:
        """What the limits in force rest on; None without a certificate."""
        held, rules = self.certificate, self.tuning.rules
        if held is None:
            return None
        began = self.evidence_from.date().isoformat()
        return Basis(rules.alpha, rules.delta, held.labels, held.harms, held.log_e, began)

    def obstacles(self, at: datetime) -> tuple[str, ...]:
        """What holds the next stage back, each as a sentence."""
        certified = self.certificate is not None
        evidence = StageEvidence(self.autonomy.stage, certified)
        dwell = timedelta(days=self.tuning.rules.dwell_days)
        return autonomy.obstacles(self.autonomy, evidence, at, dwell)


def begun(key: Key, rules: Rules, tolerated: float | None, at: datetime) -> Course:
    """Before the first event. tolerated: dollars that a case may lose on average; None: dollar
    limits are not tuned. at: no event is earlier."""
    share = rules if tolerated is None else replace(rules, delta=rules.delta / 2)
    dollars = None if tolerated is None else DollarTuning(tolerated, delta=rules.delta / 2)
    state = Autonomy(key.agent, key.action, key.stage, at)
    return Course(tuner.begun(key, share), dollars, state, at)


def followed(course: Course, events: Iterable[Event], choose: Choose = tuner.loosest) -> Course:
    """After these events too; they are taken in order of time. choose: among certified limits."""
    for event in sorted(events, key=_when):
        match event:
            case WeekLearned():
                course = _learned(course, event, choose)
            case LimitsSet():
                course = _set(course, event)
            case PageRaised():
                course = _paged(course, event)
            case PageJudged():
                course = _judged(course, event)
            case HarmDone():
                course = _harmed(course, event)
    return course


def _when(event: Event) -> datetime:
    return event.at


def _learned(course: Course, event: WeekLearned, choose: Choose) -> Course:
    course = replace(course, weeks=course.weeks + 1)
    if event.rubric and event.rubric != course.tuning.key.rubric:
        course = _rekeyed(course, replace(course.tuning.key, rubric=event.rubric), event.begins)
    if event.begins < course.evidence_from:
        return course  # some of its decisions were made under other conditions
    course = _next_term(replace(course, wanted=None), event.begins)
    tuning, advice = tuner.weekly(course.tuning, event.week, choose)
    course = replace(course, tuning=tuning, term=(*course.term, *event.week.labels))
    if advice and advice.direction is Direction.TIGHTEN:
        return replace(course, why=advice.reason, evidence_from=event.at)
    if course.dollars is not None:
        dollars, raise_ = dollar_tuning.weekly(course.dollars, tuning, event.week)
        course, advice = replace(course, dollars=dollars), advice or raise_
    return replace(course, wanted=advice)


def _next_term(course: Course, begins: datetime) -> Course:
    """After half a year evidence begins again, at the thresholds at which the harm of the half
    year that is over really changed."""
    state = course.tuning
    if state.evidence.weeks < state.rules.term_weeks:
        return course
    drawn = [label for label in course.term if label.pi]
    grid = calibrated(drawn).grid() if drawn else state.evidence.grid
    grid = _with(grid, state.limits)
    evidence = Counted.begun(state.rules.held_to, grid)
    rules = replace(state.rules, starts=evenly(grid))
    key = replace(state.key, calibration=begins.date().isoformat())
    state = replace(state, key=key, rules=rules, evidence=evidence)
    return replace(course, tuning=state, term=(), evidence_from=begins)


def _with(grid: Sequence[float], limits: Limits) -> tuple[float, ...]:
    """The thresholds, and the one in force, for which evidence is asked for too."""
    own = () if limits.confidence is None else (limits.confidence,)
    return tuple(sorted({*grid, *own}, reverse=True))


def _set(course: Course, event: LimitsSet) -> Course:
    before, after = event.before, event.after
    if after.stage is not before.stage:
        course = _staged(course, after.stage, event.at)
    if after.oversight is not before.oversight:
        held = replace(course.autonomy, oversight=after.oversight)
        course = replace(course, autonomy=held)
    if after.limits != before.limits and after.limits != course.tuning.limits:
        course = _limited(course, after.limits, event.at)
    return course


def _staged(course: Course, stage: Stage, at: datetime) -> Course:
    """A stage that was decided on; one that only follows a page is known already."""
    if stage is course.autonomy.stage:
        return course
    course = replace(course, autonomy=replace(course.autonomy, stage=stage, since=at))
    course = _rekeyed(course, replace(course.tuning.key, stage=stage), at)
    state = course.tuning
    if state.limits.confidence is None:
        return course
    held = Held(state.limits, at.date(), stage)
    return replace(course, tuning=replace(state, history=(*state.history, held)))


def _limited(course: Course, limits: Limits, at: datetime) -> Course:
    state = course.tuning
    if limits_within(limits, state.limits):
        course = replace(course, tuning=tuner.tightened(state, limits), evidence_from=at)
    else:
        course = replace(course, tuning=tuner.loosened(state, limits, at.date()), wanted=None)
        course = _raised(course, state.limits, at.date())
    if limits.confidence is None:
        return course
    course = _with_threshold(course, limits, at)
    if limits.amount == course.tuning.key.amount_max:
        return course
    return _rekeyed(course, replace(course.tuning.key, amount_max=limits.amount), at)


def _with_threshold(course: Course, limits: Limits, at: datetime) -> Course:
    """A person may choose a threshold that is not tested, or a stricter one than any sequence
    starts at; evidence begins again with it, and a sequence of its own takes half of delta."""
    state, own = course.tuning, limits.confidence or 0.0
    grid, starts = _with(state.evidence.grid, limits), state.rules.starts
    if grid == state.evidence.grid and own <= max(starts):
        return course
    if own > max(starts):
        starts = {own: 0.5, **{start: weight / 2 for start, weight in starts.items()}}
    state = replace(
        state,
        rules=replace(state.rules, starts=starts),
        evidence=Counted.begun(state.rules.held_to, grid),
    )
    return replace(course, tuning=state, evidence_from=at)


def _raised(course: Course, before: Limits, on: date) -> Course:
    after = course.tuning.limits
    if course.dollars is None or before.confidence is None or before.amount == after.amount:
        return course
    return replace(course, dollars=dollar_tuning.raised(course.dollars, on))


def _rekeyed(course: Course, key: Key, at: datetime) -> Course:
    tuning = tuner.rekeyed(course.tuning, key)
    return replace(course, tuning=tuning, evidence_from=at, aside_from=None)


def _paged(course: Course, event: PageRaised) -> Course:
    channels = {channel for _, channel in course.pages}
    course = replace(course, pages=(*course.pages, (event.page, event.channel)), wanted=None)
    if event.channel in channels:
        return course  # the agent paid for this already
    why = f"drift: page {event.page} about {event.channel.replace('_', ' ')}"
    tuning, _ = tuner.drifted(course.tuning, event.page, event.since.date(), event.at.date())
    fallen = autonomy.paged(course.autonomy, event.channel, event.at)
    # What was set aside stays with the stage that it is of, for a page that is judged benign.
    tuning = replace(tuning, key=replace(tuning.key, stage=fallen.stage))
    course = replace(course, aside_from=course.aside_from or course.evidence_from)
    return replace(course, tuning=tuning, autonomy=fallen, why=why, evidence_from=event.at)


def _judged(course: Course, event: PageJudged) -> Course:
    left = tuple(one for one in course.pages if one[0] != event.page)
    if len(left) == len(course.pages):
        return course
    channels = frozenset(channel for _, channel in left)
    course = replace(course, pages=left, autonomy=replace(course.autonomy, pages=channels))
    if course.tuning.set_aside is None:
        return course
    if not event.benign:
        return replace(course, tuning=tuner.confirmed(course.tuning), aside_from=None)
    if left:
        return course  # another page is still to be judged
    tuning, wanted = tuner.dismissed(course.tuning, event.at.date())
    began = course.aside_from or course.evidence_from
    return replace(course, tuning=tuning, wanted=wanted, evidence_from=began, aside_from=None)


def _harmed(course: Course, event: HarmDone) -> Course:
    fallen, why = autonomy.harmed(course.autonomy, event.harm, event.at)
    if course.autonomy.stage is Stage.SHADOW:
        return course
    why += f", finding {event.finding}" if event.finding else ""
    course = _rekeyed(course, replace(course.tuning.key, stage=Stage.SHADOW), event.at)
    return replace(course, autonomy=fallen, why=why, wanted=None)


def undone(course: Course, weeks: Sequence[tuple[int, int]], at: datetime) -> Course:
    """With what was undone of what the agent took alone under these limits: (undone, taken) of each
    week since. What is undone need not be harm as reviewers call it, so it may only tighten."""
    rules = course.tuning.rules
    if tuner.revert_statistic(tuple(weeks), rules.alpha) < rules.revert_weeks:
        return course
    count, taken = (sum(column) for column in zip(*weeks, strict=True))
    more = f"more than {rules.alpha:.2%} can explain"
    why = f"{count} of {taken} decisions under these limits were undone: {more}"
    tuning = tuner.reverted(course.tuning)
    return replace(course, tuning=tuning, why=why, wanted=None, evidence_from=at)


def stricter(course: Course, standing: Threshold) -> Threshold | None:
    """What has to be put in force at once: limits and stage as they have to be by now; None where
    what is in force is strict enough."""
    limits = course.tuning.limits
    if limits_within(standing.limits, limits):
        limits = standing.limits
    else:
        limits = stricter_of(standing.limits, limits)
    stage = min(standing.stage, course.autonomy.stage)
    if limits == standing.limits and stage is standing.stage:
        return None
    basis = standing.basis if limits == standing.limits else Basis()
    return replace(
        standing, agent_version=course.tuning.key.agent_version, limits=limits,
        stage=Stage(stage), basis=basis,
    )  # fmt: skip


def changes_of(action: str, agent_version: str, versions: Sequence[Version]) -> list[LimitsSet]:
    """When the threshold of an action changed, of all versions of an agent's limits in order."""
    before = effective([], action, agent_version)
    found = []
    for version in versions:
        after = effective(version.thresholds, action, agent_version)
        if after != before:
            found.append(LimitsSet(version.at, before, after))
        before = after
    return found
