"""Pages of kill switches: what stops now, what a switch would stop, and whom it reached."""

from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from api import rendering, visitors
from api.bodies import BoundedRoute
from api.forms import checked
from api.ports import Parts
from api.routes.governance_pages import ROWS_OF_A_PAGE, acting
from api.routes.kills import WantedKill
from domain.access import Scope

SCOPES = {
    "agent": "one agent",
    "capability": "a tool, of one agent or of all",
    "tenant": "all agents of the tenant",
    "global": "all agents of all tenants",
}


def install(application: FastAPI, parts: Parts) -> None:
    """/kills, /kills/confirm and /kills/ID."""
    application.include_router(_reading(parts))
    application.include_router(_acting(parts))


def _reading(parts: Parts) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/kills")
    @visitors.shown
    async def listed(request: Request) -> Response:
        caller = visitors.visitor(parts.authenticator, request, Scope.READ)
        kills = parts.governing.kills
        items = await run_in_threadpool(kills.listed, caller.tenant, ROWS_OF_A_PAGE)
        return rendering.page("kills", {
            "items": items, "scopes": SCOPES, "caller": caller,
            "may_govern": Scope.GOVERN in caller.scopes,
        })  # fmt: skip

    @routes.get("/kills/{switch_id}")
    @visitors.shown
    async def one(request: Request, switch_id: str) -> Response:
        caller = visitors.visitor(parts.authenticator, request, Scope.READ)
        found = await run_in_threadpool(parts.governing.kills.detail, caller.tenant, switch_id)
        return rendering.page("kill", {
            "switch": found, "caller": caller, "may_govern": Scope.GOVERN in caller.scopes,
        })  # fmt: skip

    return routes


def _acting(parts: Parts) -> APIRouter:
    routes = APIRouter(include_in_schema=False, route_class=BoundedRoute)

    @routes.post("/kills/confirm")
    @visitors.shown
    async def confirm(request: Request) -> Response:
        """Shows what it would stop; nothing is ordered yet."""
        caller, said = await acting(parts, request)
        wanted = _wanted(said)
        names = ("scope", "tenant", "agent", "capability")
        where = {name: wanted[name] for name in names if name in wanted}
        reach = await run_in_threadpool(parts.governing.kills.reach, caller, where)
        return rendering.page("kill_confirm", {
            "reach": reach, "wanted": wanted, "said": said, "caller": caller,
            "meaning": SCOPES[wanted["scope"]],
        })  # fmt: skip

    @routes.post("/kills/order")
    @visitors.shown
    async def order(request: Request) -> Response:
        caller, said = await acting(parts, request)
        made = await run_in_threadpool(parts.governing.kills.order, caller, _wanted(said))
        return RedirectResponse(f"/kills/{made['switch_id']}", 303)

    @routes.post("/kills/{switch_id}/release")
    @visitors.shown
    async def release(request: Request, switch_id: str) -> Response:
        caller, said = await acting(parts, request)
        kills = parts.governing.kills
        await run_in_threadpool(kills.release, caller, switch_id, said.get("why", ""))
        return RedirectResponse(f"/kills/{switch_id}", 303)

    return routes


def _wanted(said: dict[str, str]) -> dict[str, Any]:
    """Raises InvalidInput naming the first field that is wrong."""
    names = ("scope", "reason", "tenant", "agent", "capability", "minutes", "recovery", "drill")
    return checked(WantedKill, {name: said[name] for name in names if said.get(name)}).said()
