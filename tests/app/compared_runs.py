"""Runs of two versions of one agent, the second of which checks again and again."""

import random

from tests.analyzers.signatures.spans import Case, Span, call, chat, root
from tests.contracts.segments import TENANT

OLD, NEW = "gen_ai.agent.version=1", "gen_ai.agent.version=2"
EACH = 15


def run(version: int, rng: random.Random) -> list[Span]:
    """One run of this version."""
    more = 4 if version == 2 else 0
    calls = [rng.choice(("search", "read")) for _ in range(rng.randint(2, 5))]
    calls += ["check"] * rng.randint(more, more + 1)
    spans = [root(**{"gen_ai.agent.version": str(version)}), chat(1, "go")]
    return spans + [call(place, tool, {"n": place}, "ok") for place, tool in enumerate(calls, 2)]


def cases(tenant: str = TENANT) -> list[Case]:
    """EACH of the first version, then EACH of the second."""
    rng = random.Random(1)
    return [Case("run", run(version, rng), tenant=tenant) for version in [1] * EACH + [2] * EACH]
