"""The autonomy board: how far each agent acts by itself, and what the next step waits for."""

from typing import Annotated

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from api import rendering, visitors
from api.bodies import BoundedRoute
from api.ports import Parts
from api.routes.governance_pages import STAGES, acting
from api.routes.thresholds import NAME_MAX
from domain.access import Scope

ACTIONS_OF_A_PAGE = 200


def install(application: FastAPI, parts: Parts) -> None:
    """/autonomy."""
    routes = APIRouter(include_in_schema=False, route_class=BoundedRoute)

    @routes.get("/autonomy")
    @visitors.shown
    async def board(
        request: Request, agent: Annotated[str, Query(max_length=NAME_MAX)] = ""
    ) -> Response:
        caller = visitors.visitor(parts.authenticator, request, Scope.READ)
        rows = await run_in_threadpool(
            parts.governing.autonomy.standing, caller.tenant, agent, ACTIONS_OF_A_PAGE
        )
        agents = sorted({row["agent"] for row in rows})
        return rendering.page("autonomy", {
            "agents": [(name, [row for row in rows if row["agent"] == name]) for name in agents],
            "agent": agent, "stages": STAGES, "cut_off": len(rows) == ACTIONS_OF_A_PAGE,
            "actions": len(rows), "alone": sum(row["share"] > 0 for row in rows),
            "paged": sum(bool(row["pages"]) for row in rows),
            "caller": caller, "may_govern": Scope.GOVERN in caller.scopes,
        })  # fmt: skip

    @routes.post("/autonomy/tune")
    @visitors.shown
    async def tune(request: Request) -> Response:
        caller, _ = await acting(parts, request)
        await run_in_threadpool(parts.governing.autonomy.tune, caller)
        return RedirectResponse("/thresholds", 303)

    application.include_router(routes)
