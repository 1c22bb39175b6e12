"""Effects over a limit, at once or in parts, and those that only look it."""

from tests.analyzers.signatures.policies import Story, Suite

POLICIES = """\
policies:
  refunds:
    - {version: "1", effective_from: "2020-01-01T00:00:00Z", effect_kinds: [refund],
       max_amount: 500, max_amount_per_day: 900, currency: EUR}
  charges:
    - {version: "1", effective_from: "2020-01-01T00:00:00Z", effect_kinds: [charge],
       agents: [other], max_amount: 10, currency: EUR}
    - {version: "2", effective_from: "2021-01-01T00:00:00Z", effect_kinds: [charge], canary: true,
       max_amount: 1, currency: EUR}
"""


def at_once(story: Story) -> None:
    """More than 500."""
    story.effect(0, -story.rng.randrange(501, 5000))


def in_parts(story: Story) -> None:
    """Each part is allowed, all within a day are not."""
    for number in range(story.rng.randrange(3, 6)):
        story.effect(number * 2, -story.rng.randrange(301, 500))


def over_a_case(story: Story) -> None:
    """The parts are of different invoices."""
    for number in range(3):
        story.effect(number * 2, -400, entity=f"invoice:{story.name}-{number}")


def approved_too_late(story: Story) -> None:
    """The approval came after it."""
    story.effect(0, -600, decision_id=story.name)
    story.decision(1, decision_id=story.name, approval_id="a", agent="boss")


def rejected(story: Story) -> None:
    """Somebody was asked and said no."""
    story.decision(0, decision_id=story.name, approval_id="a", approval_state="rejected")
    story.effect(1, -600, decision_id=story.name)


def within(story: Story) -> None:
    """Just what is allowed."""
    story.effect(0, -500)


def over_days(story: Story) -> None:
    """The parts are days apart."""
    for number in range(3):
        story.effect(number * 25, -450)


def other_currency(story: Story) -> None:
    """The policy is about euros."""
    story.effect(0, -60_000, unit="JPY")


def mixed_currencies(story: Story) -> None:
    """Never more than the limit in one currency."""
    for unit in ("EUR", "USD", "GBP"):
        story.effect(0, -450, unit=unit)


def approved(story: Story) -> None:
    """An exception, in another trace of the case."""
    story.decision(0, decision_id=story.name, approval_id="a", trace_id=f"{story.name}-desk")
    story.effect(1, -600, decision_id=story.name)


def corrected(story: Story) -> None:
    """The agent took most of it back."""
    story.effect(0, -600)
    story.effect(1, 550, kind="reversal")


def corrected_parts(story: Story) -> None:
    """One of the parts was taken back before the next."""
    story.effect(0, -450)
    story.effect(1, 450, kind="reversal")
    story.effect(2, -450)
    story.effect(3, -400)


def of_another_kind(story: Story) -> None:
    """Payments have no limit."""
    story.effect(0, -5000, kind="payment")


def for_another_agent(story: Story) -> None:
    """The limit of charges is not for this agent, and the canary's is for nobody."""
    story.effect(0, 5000, kind="charge")


def failed(story: Story) -> None:
    """It did not happen."""
    story.effect(0, -5000, status="Error")


def two_agents(story: Story) -> None:
    """Each for itself is within the limit."""
    for agent in ("billing", "support"):
        story.effect(0, -480, agent=agent)


SUITE = Suite(
    "gov_02",
    POLICIES,
    (at_once, in_parts, over_a_case, approved_too_late, rejected),
    (
        within, over_days, other_currency, mixed_currencies, approved, corrected, corrected_parts,
        of_another_kind, for_another_agent, failed, two_agents,
    ),
)  # fmt: skip
