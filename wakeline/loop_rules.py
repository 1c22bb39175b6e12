"""When is a repetition a loop? One set of rules, for the batch over stored steps and for LoopGuard.

A loop is periodicity and no progress. Thresholds: analyzers design 3.4, those of the shipped guards
(OpenHands, gemini-cli, Roo, Cline) where they agree.
"""

from dataclasses import dataclass

PERIOD_MAX = 64
REPEATS = 3  # of a whole call with its arguments
REPEATS_SEVERE = 5
REPEATS_ALIKE = 5  # of a call whose arguments differ in what varies anyhow
REPEATS_OF_ERRORS_ALIKE = 4
REPEATS_OF_POLLS = 12
STEPS_OF_ERRORS = 4
ERROR_SHARE = 0.8
NEW_SHARE_OF_CYCLES = 0.5
NEW_SHARE_ALIKE = 0.2
# Recurrence: of the last steps, so many repeat a call with its result that was seen before.
RECENT_STEPS = 16
RECURRENT_STEPS = 13  # 80 %

EXACT_REPEAT, CYCLE, NEAR_CYCLE, RETRY_STORM = "LOOP-01", "LOOP-02", "LOOP-03", "LOOP-04"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Steps in a row that repeat what came `period` steps before.

    steps:   how many, the first period included.
    new:     how many after the first period brought a result not seen before in the lane.
    errors:  how many failed.
    poll:    whether all of them ask for something that is asked again and again.
    alike:   whether they are equal but for what varies from call to call; else wholly.
    """

    period: int
    steps: int
    new: int
    errors: int
    poll: bool
    alike: bool

    @property
    def repeats(self) -> float:
        """How often the period was gone through."""
        return self.steps / self.period

    @property
    def new_share(self) -> float:
        """Share of new results after the first period, 0 to 1."""
        return self.new / max(1, self.steps - self.period)


def signature(stretch: Stretch) -> str:
    """Which signature the stretch has; empty when it is no loop."""
    failing = stretch.errors >= ERROR_SHARE * stretch.steps
    if stretch.alike:
        return _alike(stretch, failing)
    if failing and stretch.steps >= STEPS_OF_ERRORS and stretch.repeats >= REPEATS:
        return RETRY_STORM
    if stretch.repeats >= REPEATS and not stretch.poll:
        if stretch.period == 1 and stretch.new == 0:
            return EXACT_REPEAT
        if stretch.period > 1 and stretch.new_share <= NEW_SHARE_OF_CYCLES:
            return CYCLE
    # A poll that brings news gets on; the stretch since its last news is looked at by itself.
    gets_on = stretch.poll and stretch.period == 1 and stretch.new > 0
    stuck = stretch.repeats >= REPEATS_OF_POLLS and stretch.new_share <= NEW_SHARE_OF_CYCLES
    return RETRY_STORM if stuck and not gets_on else ""


def _alike(stretch: Stretch, failing: bool) -> str:
    if failing and stretch.steps > STEPS_OF_ERRORS and stretch.repeats >= REPEATS_OF_ERRORS_ALIKE:
        return RETRY_STORM
    little_new = stretch.new_share <= NEW_SHARE_ALIKE
    if not stretch.poll and stretch.repeats >= REPEATS_ALIKE and little_new:
        return NEAR_CYCLE
    return ""
