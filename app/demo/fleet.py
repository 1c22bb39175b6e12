"""A healthy fleet of three agents: fresh reads, writes that are read back, and good outcomes."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import wakeline
from app.demo.services import Services
from app.demo.work import Value, asked, change, look_up, think

DAYS = 10


@dataclass(frozen=True, slots=True)
class Field:
    """What one tool of an agent reads or writes: a field of `entity` in the system `source`."""

    tool: str
    entity: str
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent: it reads `looks`, decides, writes `does` and reads it back with `checks`.

    effect: the metric and the change that one run makes to it, in its own unit.
    """

    name: str
    task: str
    looks: tuple[Field, ...]
    does: Field
    checks: str
    effect: tuple[str, float]


AGENTS = (
    Agent(
        "support", "Give ticket {} to the right queue.",
        (
            Field("get_ticket", "ticket", "severity", "helpdesk"),
            Field("get_customer", "customer", "plan", "crm"),
        ),
        Field("assign_ticket", "ticket", "queue", "helpdesk"), "show_ticket",
        ("unassigned", -1.0),
    ),
    Agent(
        "stock", "Order article {} again if it runs out.",
        (
            Field("get_stock", "article", "stock", "warehouse"),
            Field("get_lead_time", "supplier", "lead_days", "procurement"),
        ),
        Field("order_article", "article", "on_order", "procurement"), "show_order",
        ("on_order", 40.0),
    ),
    Agent(
        "onboarding", "Open the account of application {} if all is there.",
        (
            Field("get_application", "application", "documents", "intake"),
            Field("get_identity", "person", "identity_score", "registry"),
        ),
        Field("open_account", "application", "state", "intake"), "show_account",
        ("accounts", 1.0),
    ),
)  # fmt: skip


def send(
    services: Services, now: datetime, runs: int, seed: int, advance: Callable[[], None]
) -> None:
    """Let every agent work `runs` times in the ten days before `now`.

    advance: called after each run; what it raises ends the work.
    """
    rng = random.Random(seed)
    for agent in AGENTS:
        with services(agent.name):
            for run in range(runs):
                # Outcomes are known six hours later: the last run ends before that.
                ago = timedelta(days=DAYS) * (1 - run / runs)
                _work(agent, run, now - timedelta(hours=7) - ago, rng)
                advance()


def _work(agent: Agent, run: int, at: datetime, rng: random.Random) -> None:
    number = 1_000 + run
    with (
        wakeline.case(f"{agent.name}-{number}"),
        wakeline.agent(
            agent.name, conversation=f"{agent.name}-{number}", at=at,
            attributes=asked(agent.task.format(number)),
        ),
    ):  # fmt: skip
        decision = _decide(agent, number, at, rng)
        done = agent.does
        written = Value(f"{done.entity}:{number}", done.name, 1, rng.randint(1, 9), done.source)
        write = change(done.tool, written, decision=decision)
        metric, delta = agent.effect
        wakeline.effect(done.tool, metric, delta, entity=written.entity, decision=decision)
        look_up(agent.checks, written)
        wakeline.outcome("success", write, at=at + timedelta(hours=6))


def _decide(agent: Agent, number: int, at: datetime, rng: random.Random) -> str:
    """Returns the id of the decision."""
    with wakeline.decides(
        agent.does.tool, outcome="allow", confidence=round(rng.uniform(0.88, 0.99), 3),
        confidence_method="rule", policy_id=agent.name, policy_version=1,
    ) as made:  # fmt: skip
        for field in agent.looks:
            found = Value(
                f"{field.entity}:{number}", field.name, 3, rng.randint(1, 9), field.source
            )
            look_up(field.tool, found, as_of=at - timedelta(minutes=5))
            think(agent.name, rng.randint(400, 1_800), rng.randint(20, 160))
    return made.id
