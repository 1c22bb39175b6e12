"""Effects without the approval that a policy asks for, and those that had it."""

from datetime import timedelta

from tests.analyzers.signatures.policies import Story, Suite
from tests.analyzers.signatures.spans import RECEIVED

POLICIES = """\
policies:
  refunds:
    - {version: "1", effective_from: "2020-01-01T00:00:00Z", effect_kinds: [refund],
       approval_above: 200, currency: EUR}
  closures:
    - {version: "1", effective_from: "2020-01-01T00:00:00Z", effect_kinds: [close_account],
       approval_above: 0}
"""


def none(story: Story) -> None:
    """Nobody was asked."""
    story.effect(0, -story.rng.randrange(201, 900))


def of_no_amount(story: Story) -> None:
    """A kind of effect that always needs one."""
    story.effect(0, 0, kind="close_account")


def afterwards(story: Story) -> None:
    """The approval came after it."""
    story.effect(0, -300, decision_id=story.name)
    story.decision(1, decision_id=story.name, approval_id="a")


def by_itself(story: Story) -> None:
    """Who did it approved it."""
    story.decision(0, decision_id=story.name, action="approve_refund", approval_id="a")
    story.effect(1, -300, decision_id=story.name)


def outdated(story: Story) -> None:
    """Another run changed the invoice after the approval."""
    story.decision(0, decision_id=story.name, approval_id="a")
    story.write(1, agent="crm")
    story.effect(2, -300, decision_id=story.name)


def of_another_tool(story: Story) -> None:
    """What was approved in the run was something else."""
    story.decision(0, action="approve_tool", tool="mail.send", approval_state="approved")
    story.effect(1, -300, tool="refunds.pay")


def small(story: Story) -> None:
    """Below what needs approval."""
    story.effect(0, -200)


def approved(story: Story) -> None:
    """As asked for."""
    story.decision(0, decision_id=story.name, approval_id="a")
    story.effect(1, -300, decision_id=story.name)


def by_somebody_else(story: Story) -> None:
    """Another agent approved it."""
    story.decision(0, decision_id=story.name, action="approve", approval_id="a", agent="boss")
    story.effect(1, -300, decision_id=story.name)


def in_another_trace(story: Story) -> None:
    """The approval of the tool stands in another trace of the case."""
    story.decision(
        0, action="approve_tool", tool="refunds.pay", approval_state="approved",
        approval_source="human", trace_id=f"{story.name}-desk",
    )  # fmt: skip
    story.effect(1, -300, tool="refunds.pay")


def heard_of_late(story: Story) -> None:
    """The approval's log came four minutes later."""
    story.effect(1, -300, decision_id=story.name)
    late = RECEIVED + timedelta(minutes=4)
    story.decision(0, decision_id=story.name, approval_id="a", received=late)


def approved_again(story: Story) -> None:
    """A change, and an approval of what it then was."""
    story.decision(0, decision_id=story.name, approval_id="a")
    story.write(1, agent="crm")
    story.decision(2, decision_id=story.name, approval_id="b")
    story.effect(3, -300, decision_id=story.name)


def changed_by_the_run(story: Story) -> None:
    """The run's own writes are what was approved."""
    story.decision(0, decision_id=story.name, approval_id="a")
    story.write(1, trace_id=f"{story.name}-run")
    story.effect(2, -300, decision_id=story.name)


def other_currency(story: Story) -> None:
    """The policy is about euros."""
    story.effect(0, -300, unit="JPY")


def failed(story: Story) -> None:
    """It did not happen."""
    story.effect(0, -300, status="Error")


def of_another_kind(story: Story) -> None:
    """No policy asks for approval of it."""
    story.effect(0, -300, kind="payment")


SUITE = Suite(
    "gov_04",
    POLICIES,
    (none, of_no_amount, afterwards, by_itself, outdated, of_another_tool),
    (
        small, approved, by_somebody_else, in_another_trace, heard_of_late, approved_again,
        changed_by_the_run, other_currency, failed, of_another_kind,
    ),
)  # fmt: skip
