"""Runs within and beyond what their agents may do, and refusals that were got around or not."""

from collections.abc import Callable
from random import Random
from typing import Any

from tests.analyzers.signatures.spans import Span, Suite, call, chat, root

POLICIES = """\
agents:
  clerk: {tools: [billing.get_*, billing.adjust, "crm.*"], tenants: [acme]}
  roamer: {tenants: [other]}
  ops: {tools: [ops.status]}
break_glass: [ops, oncall]
"""
Maker = Callable[[str], list[Span]]


def uses(
    at: float, tool: str, entity: str, agent: str = "free", access: str = "write", **more: Any
) -> Span:
    """A call that reads or writes the entity, and perhaps is refused."""
    made = call(at, tool, {"at": at}, agent=agent, failed="error.type" in more, **more)
    event = {"wakeline.entity.ref": entity, "wakeline.data.field": "amount"}
    return Span(
        made.attributes, at, failed=made.failed, events=[(f"wakeline.data.{access}", event)]
    )


def refused(at: float, tool: str, entity: str, agent: str = "free", **more: Any) -> Span:
    """A call that is refused."""
    return uses(at, tool, entity, agent, **({"error.type": "403"} | more))


def strange_tool(entity: str) -> list[Span]:
    """One that is not on its list."""
    return [root(), call(1, "billing.delete", {"id": entity})]


def like_a_wildcard(entity: str) -> list[Span]:
    """An underscore in the list stands for itself alone."""
    return [root(), call(1, "billing.getXinvoice", {"id": entity})]


def strange_tenant(entity: str) -> list[Span]:
    """For whom it may not work."""
    return [root("roamer"), chat(1, "hello", agent="roamer"), call(2, "x", {}, agent="roamer")]


def other_way(entity: str) -> list[Span]:
    """Another tool does what the first was refused."""
    return [root("free"), refused(1, "api.patch", entity), uses(9, "db.update", entity)]


def other_agent(entity: str) -> list[Span]:
    """Another agent does it."""
    refusal = refused(1, "api.patch", entity, **{"error.type": "PermissionDenied"})
    return [root("free"), refusal, uses(9, "api.patch", entity, "second")]


def other_reading(entity: str) -> list[Span]:
    """It may not read, and reads elsewhere."""
    refusal = refused(1, "api.get", entity, access="read", **{"error.type": "401"})
    return [root("free"), refusal, uses(9, "cache.get", entity, access="read")]


def on_the_list(entity: str) -> list[Span]:
    """Named, and by a wildcard."""
    tools = ("billing.get_invoice", "billing.adjust", "crm.find")
    return [root(), *(call(at, tool, {"id": entity}) for at, tool in enumerate(tools))]


def no_list(entity: str) -> list[Span]:
    """Nothing is said of its tools."""
    return [root("free"), call(1, "billing.delete", {"id": entity}, agent="free")]


def kept_out(entity: str) -> list[Span]:
    """It was refused what is not on its list: nothing happened."""
    more = {"error.type": "403"}
    return [root(), call(1, "billing.delete", {"id": entity}, failed=True, **more)]


def break_glass(entity: str) -> list[Span]:
    """In an emergency these may."""
    return [root("ops"), call(1, "ops.restart", {"id": entity}, agent="ops")]


def break_glass_after(entity: str) -> list[Span]:
    """They do what another was refused."""
    return [root("free"), refused(1, "api.patch", entity), uses(9, "db.update", entity, "oncall")]


def token_refresh(entity: str) -> list[Span]:
    """The same tool is let in, and only then another."""
    refusal = refused(1, "api.patch", entity, **{"error.type": "401"})
    return [
        root("free"), refusal, uses(5, "api.patch", entity), uses(9, "db.update", entity),
    ]  # fmt: skip


def other_thing(entity: str) -> list[Span]:
    """Another entity."""
    return [root("free"), refused(1, "api.patch", entity), uses(9, "db.update", f"{entity}0")]


def only_looks(entity: str) -> list[Span]:
    """It may not change it, and looks at it."""
    return [
        root("free"),
        refused(1, "api.patch", entity),
        uses(9, "api.get", entity, access="read"),
    ]


def open_before(entity: str) -> list[Span]:
    """That way was open before."""
    before = uses(1, "db.update", entity)
    return [root("free"), before, refused(4, "api.patch", entity), uses(9, "db.update", entity)]


def other_error(entity: str) -> list[Span]:
    """It failed, and nobody refused it."""
    failure = refused(1, "api.patch", entity, **{"error.type": "timeout"})
    return [root("free"), failure, uses(9, "db.update", entity)]


def success_before(entity: str) -> list[Span]:
    """The other way came first."""
    return [root("free"), uses(1, "db.update", entity), refused(9, "api.patch", entity)]


BEYOND: tuple[Maker, ...] = (
    strange_tool, like_a_wildcard, strange_tenant, other_way, other_agent, other_reading,
)  # fmt: skip
WITHIN: tuple[Maker, ...] = (
    on_the_list, no_list, kept_out, break_glass, break_glass_after, token_refresh, other_thing,
    only_looks, open_before, other_error, success_before,
)  # fmt: skip


def _made(make: Maker) -> Callable[[Random], list[Span]]:
    return lambda rng: make(f"invoice:{rng.randrange(10**9)}")


SUITE = Suite(
    {make.__name__: _made(make) for make in BEYOND},
    {make.__name__: _made(make) for make in WITHIN},
    (5, 5),
)
