"""Pages of causal chains: a list, one chain with its drawing, and the incident report of it."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from api import chain_drawing, chain_report, chain_story, rendering, visitors
from api.chain_links import address
from api.chain_story import Story
from api.ports import Parts
from api.routes.chains import NAME_MAX, found, seen
from domain.access import Principal, Scope
from domain.chains import Chain

CHAINS_OF_A_PAGE = 50
# Of lists of writes, lines and steps, so many are shown; of the facts of a node, so many.
LISTED_MAX, FACTS_MAX = 40, 30
WORDS = {
    "field": chain_story.field, "state": chain_story.state, "change": chain_story.change,
    "means": chain_story.means, "does": chain_story.DOES, "many": LISTED_MAX,
    "facts_max": FACTS_MAX, "odd_min": chain_story.ODD_MIN, "shapes": chain_drawing.SHAPES,
}  # fmt: skip


def install(application: FastAPI, parts: Parts) -> None:
    """/chains, /chains/NAME, /chains/NAME/report and /chains/NAME/report.md."""
    routes = APIRouter(include_in_schema=False)

    async def asked(request: Request, name: str, *, fresh: bool = False) -> tuple[Principal, Story]:
        caller = visitors.visitor(parts.authenticator, request, Scope.READ)
        tenant = request.query_params.get("tenant", "")
        chain = await run_in_threadpool(found, parts.chains, caller, name, tenant, fresh=fresh)
        return caller, await run_in_threadpool(Story, chain)

    @routes.get("/chains")
    @visitors.shown
    async def listed(
        request: Request, of: Annotated[str, Query(max_length=NAME_MAX)] = ""
    ) -> Response:
        caller = visitors.visitor(parts.authenticator, request, Scope.READ)
        if of.strip():
            return RedirectResponse(f"/chains/{quote(of.strip())}", 303)
        tenant = seen(caller, request.query_params.get("tenant", ""))
        rows = await run_in_threadpool(parts.chains.listed, tenant, CHAINS_OF_A_PAGE)
        items = [{**row, "address": address(caller, row["tenant"], row["subject"])} for row in rows]
        return rendering.page("chains", {"items": items, "caller": caller, **WORDS})

    @routes.get("/chains/")
    async def without_a_name() -> Response:
        return RedirectResponse("/chains", 303)

    @routes.get("/chains/{name:path}/report")
    @visitors.shown
    async def report(request: Request, name: str) -> Response:
        caller, story = await asked(request, name)
        return rendering.page("chain_report", _values(caller, story))

    @routes.get("/chains/{name:path}/report.md")
    @visitors.shown
    async def markdown(request: Request, name: str) -> Response:
        _, story = await asked(request, name)
        return Response(
            chain_report.markdown(story, WORDS),
            media_type="text/markdown; charset=utf-8",
            headers=rendering.HEADERS
            | {"content-disposition": 'attachment; filename="incident-report.md"'},
        )

    @routes.get("/chains/{name:path}")
    @visitors.shown
    async def one(request: Request, name: str, fresh: bool = False) -> Response:
        caller, story = await asked(request, name, fresh=fresh)
        return rendering.page("chain", _values(caller, story))

    application.include_router(routes)


def _values(caller: Principal, story: Story) -> dict[str, Any]:
    chain: Chain = story.chain

    def own(suffix: str = "", **said: str) -> str:
        return address(caller, chain.tenant, chain.subject, suffix, **said)

    scales = (chain_drawing.WIDE, chain_drawing.NARROW)
    return {
        "drawings": [chain_drawing.drawn(story.order, scale) for scale in scales],
        **WORDS, "story": story, "chain": chain, "caller": caller, "address": own,
        "program_address": "/v1" + own(),
    }  # fmt: skip
