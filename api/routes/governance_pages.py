"""Pages of limits: who stands where, proposals to approve, versions and what changed; the audit."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from api import rendering, visitors
from api.bodies import BoundedRoute
from api.forms import checked, form
from api.ports import Parts
from api.routes.audit_log import SEQUENCE_MAX
from api.routes.thresholds import NAME_MAX, Changed, Wanted, changed
from domain.access import Principal, Scope
from domain.errors import InvalidInput

ROWS_OF_A_PAGE = 50
STAGES = ("shadow", "canary", "half", "full")
OVERSIGHTS = ("in_control", "in_the_loop", "on_the_loop")
AgentName = Annotated[str, Query(min_length=1, max_length=NAME_MAX)]


def install(application: FastAPI, parts: Parts) -> None:
    """/thresholds, /thresholds/agent and /audit."""
    application.include_router(_reading(parts))
    application.include_router(_acting(parts))


def _reading(parts: Parts) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/thresholds")
    @visitors.shown
    async def listed(request: Request) -> Response:
        caller = visitors.visitor(parts.authenticator, request, Scope.READ)
        agents = await run_in_threadpool(parts.governing.thresholds.listed, caller.tenant)
        waiting = [one for agent in agents for one in agent["proposals"]]
        return rendering.page("thresholds", {
            "agents": agents, "waiting": waiting, **_seen(caller),
        })  # fmt: skip

    @routes.get("/thresholds/agent")
    @visitors.shown
    async def agent(request: Request, name: AgentName) -> Response:
        caller = visitors.visitor(parts.authenticator, request, Scope.READ)
        held, tenant = parts.governing.thresholds, caller.tenant
        agents = await run_in_threadpool(held.listed, tenant)
        nothing = {"agent": name, "version": 0, "frozen_by": "", "thresholds": [], "proposals": []}
        standing = next((one for one in agents if one["agent"] == name), nothing)
        versions: list[Any] = []
        settled: list[Any] = []
        if standing is not nothing:
            versions = await run_in_threadpool(held.history, tenant, name, ROWS_OF_A_PAGE)
            every = await run_in_threadpool(held.proposals, tenant, name, ROWS_OF_A_PAGE)
            settled = [one for one in every if one["state"] != "open"]
        return rendering.page("threshold_agent", {
            "standing": standing, "versions": versions, "settled": settled, **_seen(caller),
        })  # fmt: skip

    @routes.get("/audit")
    @visitors.shown
    async def audit(
        request: Request,
        before: Annotated[int | None, Query(ge=1, le=SEQUENCE_MAX)] = None,
        subject: Annotated[str, Query(max_length=NAME_MAX)] = "",
        everybody: bool = False,
    ) -> Response:
        caller = visitors.visitor(parts.authenticator, request, Scope.READ)
        log, tenant = parts.governing.audit_log, "" if everybody else caller.tenant
        rows = await run_in_threadpool(log.listed, tenant, before, subject, ROWS_OF_A_PAGE)
        verified = await run_in_threadpool(log.verified, tenant)
        return rendering.page("audit", {
            "rows": rows, "verified": verified, "subject": subject, "everybody": everybody,
            "older": rows[-1]["sequence"] if len(rows) == ROWS_OF_A_PAGE else None,
            **_seen(caller),
        })  # fmt: skip

    return routes


def _acting(parts: Parts) -> APIRouter:
    routes = APIRouter(include_in_schema=False, route_class=BoundedRoute)

    @routes.post("/thresholds/settle")
    @visitors.shown
    async def settle(request: Request) -> Response:
        caller, said = await acting(parts, request)
        verdict = said.get("verdict", "")
        if verdict not in ("approve", "reject"):
            raise InvalidInput("verdict: approve or reject")
        agent, proposal = said.get("agent", ""), said.get("proposal", "")
        await run_in_threadpool(
            parts.governing.thresholds.settle, caller, agent, proposal, verdict, said.get("why", "")
        )
        return _to(agent)

    @routes.post("/thresholds/propose")
    @visitors.shown
    async def propose(request: Request) -> Response:
        caller, said = await acting(parts, request)
        new = checked(Wanted, _wanted(said))
        held, wanted = parts.governing.thresholds, [one.said() for one in new.thresholds]
        act = held.tighten if said.get("at_once") else held.propose
        await run_in_threadpool(act, caller, new.agent, wanted, new.why)
        return _to(new.agent)

    @routes.post("/thresholds/change")
    @visitors.shown
    async def change(request: Request) -> Response:
        caller, said = await acting(parts, request)
        names = ("agent", "change", "version", "why")
        new = checked(Changed, {name: said[name] for name in names if name in said})
        await run_in_threadpool(changed, parts, caller, new)
        return _to(new.agent)

    return routes


async def acting(parts: Parts, request: Request) -> tuple[Principal, dict[str, str]]:
    """Whoever sent a form of this site and may govern, and what it says."""
    visitors.refuse_strangers(request)
    caller = visitors.visitor(parts.authenticator, request, Scope.GOVERN)
    return caller, dict(await form(request))


def _wanted(said: dict[str, str]) -> dict[str, Any]:
    """The fields of the form as the body of the API."""
    names = ("action", "agent_version", "stage", "oversight", "confidence", "amount")
    limits: dict[str, Any] = {name: said[name] for name in names if said.get(name)}
    limits |= {name: None for name in ("confidence", "amount") if said.get(f"no_{name}")}
    return {"agent": said.get("agent"), "why": said.get("why"), "thresholds": [limits]}


def _to(agent: str) -> Response:
    return RedirectResponse(f"/thresholds/agent?name={quote(agent, safe='')}", 303)


def _seen(caller: Principal) -> dict[str, Any]:
    return {
        "caller": caller, "may_govern": Scope.GOVERN in caller.scopes, "stages": STAGES,
        "oversights": OVERSIGHTS,
    }  # fmt: skip
