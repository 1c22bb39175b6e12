"""Decisions under old or different versions of a policy, and those that only look it."""

from typing import Any

from tests.analyzers.signatures.policies import BEGAN, Story, Suite

POLICIES = f"""\
policies:
  refunds:
    - {{version: "1", effective_from: "2020-01-01T00:00:00Z"}}
    - {{version: "2", effective_from: "2021-01-01T00:00:00Z"}}
    - {{version: "3-canary", effective_from: "2022-01-01T00:00:00Z", canary: true}}
  credits:
    - {{version: "1", effective_from: "2020-01-01T00:00:00Z"}}
    - {{version: "2", effective_from: "{BEGAN.isoformat()}"}}
"""


def used(story: Story, at: float, version: str, policy: str = "refunds", **said: Any) -> None:
    """A decision under a version."""
    decision_id = f"{story.name}-{at}"
    story.decision(at, policy_id=policy, policy_version=version, decision_id=decision_id, **said)


def outdated(story: Story) -> None:
    """Version 2 is in force."""
    used(story, story.rng.random(), "1")


def without_a_case(story: Story) -> None:
    """The same outside of cases."""
    used(story, 0, "1", case_id="")


def two_of_no_known_policy(story: Story) -> None:
    """Two agents, two versions of a policy that no file describes."""
    used(story, 0, "a", "discounts")
    used(story, 1, "b", "discounts", agent="support")


def in_force(story: Story) -> None:
    """As it should be."""
    used(story, 0, "2")


def canary(story: Story) -> None:
    """A declared canary, alone and beside the version in force."""
    used(story, 0, "3-canary")
    used(story, 1, "2", agent="support")


def changed_in_between(story: Story) -> None:
    """Each used what was in force at its time."""
    used(story, -2, "1", "credits")
    used(story, 2, "2", "credits", agent="support")


def just_changed(story: Story) -> None:
    """Clocks differ by a second."""
    used(story, 1 / 3600, "1", "credits")


def unknown(story: Story) -> None:
    """A version that the file does not know: which is older can not be said."""
    used(story, 0, "x")


def one_agent(story: Story) -> None:
    """An agent that was updated in between."""
    used(story, 0, "a", "discounts")
    used(story, 1, "b", "discounts")


def other_policies(story: Story) -> None:
    """Two agents, two policies."""
    used(story, 0, "a", "discounts")
    used(story, 1, "b", "payments", agent="support")


def of_no_version(story: Story) -> None:
    """One says no version."""
    used(story, 0, "2")
    used(story, 1, "", agent="support")


SUITE = Suite(
    "gov_05",
    POLICIES,
    (outdated, without_a_case, two_of_no_known_policy),
    (
        in_force, canary, changed_in_between, just_changed, unknown, one_agent, other_policies,
        of_no_version,
    ),
)  # fmt: skip
