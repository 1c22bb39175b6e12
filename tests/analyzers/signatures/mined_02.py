"""Effects that intents of their kind hardly ever have, and those that only seem so."""

from collections.abc import Callable
from random import Random

from tests.analyzers.signatures.policies import Story, Suite

POLICIES = """\
intents:
  tidy_up: {effects: [note]}
"""
# How many intents of each kind there were before, and which effects they had, as shares.
HISTORY = {
    "refund": (120, {"refund": 1.0, "note": 0.3, "credit": 0.05}),
    "tidy_up": (120, {"note": 1.0}),
    "rare": (20, {"note": 1.0}),
}
DAY_H = 24


def history(rng: Random) -> list[Story]:
    """What happened in the month before, the last of it two days ago."""
    stories = []
    for kind, (count, effects) in HISTORY.items():
        for number in range(count):
            story = Story(f"{kind}-before-{number}", rng)
            at = -DAY_H * rng.uniform(1.1, 26)
            story.intent(at, kind=kind)
            for effect, share in effects.items():
                if rng.random() < share or (effect == "credit" and number < 4):
                    story.effect(at, 1, kind=effect, intent_id=story.name)
            stories.append(story)
    return stories


def never_seen(story: Story) -> None:
    """No intent of this kind closed anything."""
    _does(story, "refund", story.rng.choice(("close_account", "payment", "charge")))


def beside_the_usual(story: Story) -> None:
    """It does what is usual as well."""
    story.intent(0)
    story.effect(1, -5, intent_id=story.name)
    story.effect(2, 5, kind="limit_raise", intent_id=story.name, entity="")


def in_another_trace(story: Story) -> None:
    """The effect is of somebody whom the work was given to."""
    story.intent(0)
    trace = f"{story.name}-below"
    story.effect(1, -5, kind="payment", intent_id=story.name, trace_id=trace, agent="")


def usual(story: Story) -> None:
    """What they nearly all have."""
    _does(story, "refund", "refund")


def seldom(story: Story) -> None:
    """Every third or twentieth has it."""
    _does(story, "refund", story.rng.choice(("note", "credit")))


def of_a_young_kind(story: Story) -> None:
    """Too few intents of its kind to say what is usual."""
    _does(story, "rare", "payment")


def of_a_new_kind(story: Story) -> None:
    """None of its kind before."""
    _does(story, "audit", "payment")


def declared(story: Story) -> None:
    """policies.yaml says what may come of it: that is another signature's."""
    _does(story, "tidy_up", "payment")


def failed(story: Story) -> None:
    """It did not happen."""
    story.intent(0)
    story.effect(1, 5, kind="payment", status="Error", intent_id=story.name)


def for_nothing(story: Story) -> None:
    """Nobody said what it is for."""
    story.intent(0)
    story.effect(1, 5, kind="payment")


def intent_without_kind(story: Story) -> None:
    """An intent in words alone."""
    _does(story, "", "payment")


def _does(story: Story, intent: str, effect: str) -> None:
    story.intent(0, kind=intent)
    story.effect(1, -5, kind=effect, intent_id=story.name)


POSITIVES: tuple[Callable[[Story], None], ...] = (never_seen, beside_the_usual, in_another_trace)
SUITE = Suite(
    "mined_02",
    POLICIES,
    POSITIVES,
    (
        usual, seldom, of_a_young_kind, of_a_new_kind, declared, failed, for_nothing,
        intent_without_kind,
    ),
)  # fmt: skip
