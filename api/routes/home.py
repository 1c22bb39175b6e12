"""How the fleet does and what runs here, for whoever opens the port in a browser."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from api import fleet_words, pages, rendering, visitors
from api.access import reach
from api.ports import Parts
from domain.access import Scope
from domain.errors import WakelineError

SPANS = {"15 minutes": 15, "hour": 60, "day": 1440, "week": 10_080}
MINUTES, MINUTES_MAX = 60, 43_200
AGENTS_SHOWN_MAX = 50


def router(parts: Parts) -> APIRouter:
    """/ is open: without a key it tells nothing but the names of the routes."""
    routes = APIRouter(include_in_schema=False)

    @routes.head("/")
    async def there() -> HTMLResponse:
        return _names()

    @routes.get("/")
    async def home(
        request: Request, minutes: Annotated[int, Query(ge=1, le=MINUTES_MAX)] = MINUTES
    ) -> Response:
        try:
            caller = visitors.visitor(parts.authenticator, request, Scope.READ)
            fleet = await run_in_threadpool(parts.fleet.now, reach(caller), minutes)
        except WakelineError:
            return _names()
        return rendering.page("home", {
            "caller": caller, "spans": SPANS, "chosen": minutes,
            "signals": list(fleet_words.signals(fleet)),
            "agents": list(fleet_words.agents(fleet, AGENTS_SHOWN_MAX)),
            "hidden": max(0, len(fleet.agents) - AGENTS_SHOWN_MAX),
        })  # fmt: skip

    return routes


def _names() -> HTMLResponse:
    return HTMLResponse(pages.PAGE, headers=pages.HEADERS)
