"""Effects that do not fit what the run is for, and those that do."""

from tests.analyzers.signatures.policies import Story, Suite

POLICIES = """\
intents:
  refund: {effects: [refund, reversal, note], related: [ledger, "account:shared"]}
"""


def another_thing(story: Story) -> None:
    """Another customer's invoice."""
    story.intent(0)
    story.effect(1, -50, entity=f"invoice:{story.rng.random()}", intent_id=story.name)


def another_kind(story: Story) -> None:
    """A payment in a run that is for a refund."""
    story.intent(0)
    story.effect(1, -50, kind="payment", intent_id=story.name)


def backwards(story: Story) -> None:
    """It took money instead of giving it back."""
    story.intent(0)
    story.effect(1, story.rng.randrange(1, 90), intent_id=story.name)


def too_much(story: Story) -> None:
    """More than was meant."""
    story.intent(0, amount_limit=100)
    story.effect(1, -story.rng.randrange(101, 900), intent_id=story.name)


def delegated_to_another_trace(story: Story) -> None:
    """The effect is another agent's, in a trace of its own."""
    story.intent(0, amount_limit=100)
    trace = f"{story.name}-below"
    story.effect(1, -200, intent_id=story.name, trace_id=trace, agent="payments")


def as_meant(story: Story) -> None:
    """What it was for."""
    story.intent(0, amount_limit=100)
    story.effect(1, -100, intent_id=story.name)


def related(story: Story) -> None:
    """Declared to go with it, by type and by name."""
    story.intent(0)
    story.effect(1, -5, entity=f"ledger:{story.name}", intent_id=story.name)
    story.effect(2, -5, entity="account:shared", intent_id=story.name)


def by_the_intent_above(story: Story) -> None:
    """An intent that this one was delegated by names the thing."""
    story.intent(0, target=["order:1"])
    story.intent(0, intent_id=f"{story.name}-above")
    story.effect(1, -5, intent_id=story.name)


def taken_back(story: Story) -> None:
    """The run undoes what it did."""
    story.intent(0)
    story.effect(1, -50, intent_id=story.name)
    story.effect(2, 50, kind="reversal", intent_id=story.name)


def of_another_metric(story: Story) -> None:
    """A note moves no cash."""
    story.intent(0, amount_limit=1)
    story.effect(1, 3, kind="note", metric="notes", intent_id=story.name)


def of_no_intent(story: Story) -> None:
    """Nobody said what it is for."""
    story.intent(0)
    story.effect(1, 500, kind="payment", entity="invoice:x")


def open_aim(story: Story) -> None:
    """An intent that names neither thing nor direction."""
    story.intent(0, target=[], direction=0, kind="clean_up")
    story.effect(1, 500, kind="payment", entity="invoice:x", intent_id=story.name)


def read_only(story: Story) -> None:
    """Looking at other things is no effect."""
    story.intent(0)
    story.write(1, access="read", entity="invoice:x", intent_id=story.name)


def failed(story: Story) -> None:
    """It did not happen."""
    story.intent(0)
    story.effect(1, 500, kind="payment", status="Error", intent_id=story.name)


SUITE = Suite(
    "goal_01",
    POLICIES,
    (another_thing, another_kind, backwards, too_much, delegated_to_another_trace),
    (
        as_meant, related, by_the_intent_above, taken_back, of_another_metric, of_no_intent,
        open_aim, read_only, failed,
    ),
)  # fmt: skip
