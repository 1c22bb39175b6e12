"""Decisions that were carried out though they were not sure enough, and others."""

from tests.analyzers.signatures.policies import Maker, Story, Suite

POLICIES = """\
policies:
  sureness:
    - version: "1"
      effective_from: "2020-01-01T00:00:00Z"
      actions: [refund]
      min_confidence: 0.8
    - {version: "2", effective_from: "2199-01-01T00:00:00Z", min_confidence: 0.99}
  closing:
    - version: "7"
      effective_from: "2020-01-01T00:00:00Z"
      agents: [closer]
      effect_kinds: [close]
      min_confidence: 0.9
  trial:
    - {version: "1", effective_from: "2020-01-01T00:00:00Z", min_confidence: 0.98, shadow: true}
"""


def decides(story: Story, confidence: float, **said: str | float) -> None:
    """A decision at 1 h, and its effect at 2 h."""
    own = {"decision_id": story.name, "tool": "pay", "confidence": confidence}
    about = {"agent": said.pop("agent", "billing"), "case_id": said.pop("case_id", story.name)}
    story.decision(1, **own | about | said)
    story.effect(2, -50, decision_id=story.name, kind=said.get("action", "refund"), **about)


def below_the_policy(story: Story) -> None:
    """It says no threshold itself."""
    decides(story, story.rng.uniform(0.1, 0.79))


def of_hundred(story: Story) -> None:
    """Confidence in percent."""
    decides(story, story.rng.uniform(2, 79))


def below_the_kind(story: Story) -> None:
    """The policy is about the kind of effect."""
    decides(story, 0.85, action="close", agent="closer")


def below_the_stricter(story: Story) -> None:
    """Its own threshold is lower than the policy's."""
    decides(story, 0.7, threshold=0.6)


def below_its_own(story: Story) -> None:
    """The policy asks for less than it does itself; in percent."""
    decides(story, 0.85, threshold=95)


def approved_after(story: Story) -> None:
    """The approval came when it was done."""
    decides(story, 0.5)
    story.decision(3, action="approve", approval_id="a", trace_id=f"{story.name}-2")


def other_approval(story: Story) -> None:
    """What was approved in the case is another action."""
    story.decision(0, action="approve_close", approval_id="a", trace_id=f"{story.name}-2")
    decides(story, 0.5)


def denied(story: Story) -> None:
    """It was asked for, and denied."""
    decides(story, 0.5, approval_id="a", approval_state="denied")


def sure(story: Story) -> None:
    """Over it."""
    decides(story, story.rng.uniform(0.8, 1))


def sure_of_hundred(story: Story) -> None:
    """Over it, in percent."""
    decides(story, story.rng.uniform(80, 100), threshold=80)


def nothing_asked(story: Story) -> None:
    """No policy is about this action, and it says no threshold."""
    decides(story, 0.3, action="notify")


def other_agent(story: Story) -> None:
    """The policy on closing is about another agent."""
    decides(story, 0.3, action="close")


def other_kind(story: Story) -> None:
    """The policy on closing is about another effect."""
    decides(story, 0.3, action="open", agent="closer")


def approved(story: Story) -> None:
    """It was approved as such."""
    decides(story, 0.5, approval_id="a", approval_state="approved")


def approved_elsewhere(story: Story) -> None:
    """Another trace of the case approved the action."""
    story.decision(
        0, action="approve_refund", approval_id="a", trace_id=f"{story.name}-2", decision_id="x"
    )
    decides(story, 0.5)


def approved_tool(story: Story) -> None:
    """A framework let somebody approve the tool, in another trace of the case."""
    approval = {"action": "approve_tool", "tool": "pay", "approval_state": "approved"}
    story.decision(0, **approval, trace_id=f"{story.name}-2", decision_id="")
    decides(story, 0.5)


def approved_by_its_id(story: Story) -> None:
    """Requested by one trace, granted in another."""
    story.decision(
        1.5, action="grant", approval_id="a", approval_state="approved",
        trace_id=f"{story.name}-2", decision_id="y",
    )  # fmt: skip
    decides(story, 0.5, approval_id="a", approval_state="pending")


def not_done(story: Story) -> None:
    """Nothing came of it."""
    story.decision(1, decision_id=story.name, confidence=0.2)


def failed(story: Story) -> None:
    """It was tried in vain."""
    story.decision(1, decision_id=story.name, confidence=0.2)
    story.effect(2, -50, decision_id=story.name, status="Error")


FOUND: tuple[Maker, ...] = (
    below_the_policy, of_hundred, below_the_kind, below_the_stricter, below_its_own,
    approved_after, other_approval, denied,
)  # fmt: skip
LEFT: tuple[Maker, ...] = (
    sure, sure_of_hundred, nothing_asked, other_agent, other_kind, approved, approved_elsewhere,
    approved_tool, approved_by_its_id, not_done, failed,
)  # fmt: skip
SUITE = Suite("gov_01", POLICIES, FOUND, LEFT)
