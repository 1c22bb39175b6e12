"""Pages of findings: a list, one finding with its evidence, and what people say of it."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.staticfiles import StaticFiles

from api import finding_filters, finding_words, rendering, timeline, visitors
from api.access import actor, reach
from api.bodies import BoundedRoute
from api.chain_links import address
from api.finding_filters import CURSOR_BYTES_MAX, Filters, SeverityName
from api.forms import form
from api.ports import Parts
from api.routes.findings import NOTE_MAX
from domain.access import Scope
from domain.attribution import Attribution
from domain.errors import InvalidInput, NotFound, PermissionDenied, Unauthenticated
from domain.findings import State

ROWS_OF_A_PAGE = 50
MUTED = timedelta(days=7)
SPANS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}
ACTIONS = {
    "confirm": "Confirm: it is so",
    "dismiss": "Dismiss: it is not",
    "acknowledge": "Acknowledge",
    "mute": "Mute for a week",
    "unmute": "Unmute",
    "resolve": "Resolve",
    "reopen": "Reopen",
}


def install(application: FastAPI, parts: Parts) -> None:
    """/findings, /findings/ID, /login, /logout and what they load."""
    application.mount("/static", StaticFiles(directory=rendering.STATIC), name="static")
    application.include_router(_reading(parts))
    application.include_router(_acting(parts))
    application.include_router(_login(parts))


def _reading(parts: Parts) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/findings")
    @visitors.shown
    async def listed(
        request: Request,
        filters: Annotated[Filters, Depends()],
        cursor: Annotated[str, Query(max_length=CURSOR_BYTES_MAX)] = "",
    ) -> Response:
        caller = visitors.visitor(parts.authenticator, request, Scope.READ)
        asked, place = filters.asked(reach(caller)), finding_filters.place(cursor)
        reader = parts.finding_reader
        rows = await run_in_threadpool(reader.listed, asked, ROWS_OF_A_PAGE + 1, place)
        counts = await run_in_threadpool(reader.counts, reach(caller))
        items = list(rows[:ROWS_OF_A_PAGE])
        more = finding_filters.cursor(dict(items[-1])) if len(rows) > ROWS_OF_A_PAGE else ""
        return rendering.page("findings", {
            "items": items, "counts": counts, "filters": filters,
            "filtered": bool(request.query_params), "older": _with(request, cursor=more),
            "more": more, "states": [str(each) for each in State],
            "severities": get_args(SeverityName)[::-1], "caller": caller,
            "stream": _with(request, path="/v1/findings/stream"), "paged": bool(cursor),
            "spans": {name: _whole(datetime.now(UTC) - span) for name, span in SPANS.items()},
        })  # fmt: skip

    @routes.get("/findings/{finding_id}")
    @visitors.shown
    async def one(request: Request, finding_id: str) -> Response:
        caller = visitors.visitor(parts.authenticator, request, Scope.READ)
        found = await run_in_threadpool(parts.finding_reader.detail, reach(caller), finding_id)
        return rendering.page("finding", {
            "finding": found, "timeline": timeline.drawn(found), "caller": caller,
            "shapes": timeline.SHAPES, "headline": finding_words.headline(found["reason"]),
            "contributions": finding_words.contributions(found["facts"]),
            "roles": {each["span_id"]: each["role"] for each in found["evidence"]},
            "chain_address": address(caller, found["tenant"], finding_id),
            "attribution": await run_in_threadpool(_attribution, parts, found),
            "actions": _offered(found) if Scope.GOVERN in caller.scopes else {},
        })  # fmt: skip

    return routes


def _acting(parts: Parts) -> APIRouter:
    routes = APIRouter(include_in_schema=False, route_class=BoundedRoute)

    @routes.post("/findings/{finding_id}")
    @visitors.shown
    async def act(request: Request, finding_id: str) -> Response:
        visitors.refuse_strangers(request)
        caller = visitors.visitor(parts.authenticator, request, Scope.GOVERN)
        said = await form(request)
        action, note = said.get("action", ""), said.get("note", "")
        if action not in ACTIONS or len(note) > NOTE_MAX:
            raise InvalidInput(f"action: one of {', '.join(ACTIONS)}; note: up to {NOTE_MAX}")
        until = datetime.now(UTC) + MUTED if action == "mute" else None
        key = (reach(caller), finding_id)
        await run_in_threadpool(parts.findings.act, key, action, actor(caller), note, until)
        return RedirectResponse(f"/findings/{finding_id}#what-people-said", 303)

    return routes


def _login(parts: Parts) -> APIRouter:
    routes = APIRouter(include_in_schema=False, route_class=BoundedRoute)

    @routes.get("/login")
    async def asked(back: str = "") -> Response:
        return visitors.login(parts, visitors.back(back))

    @routes.post("/login")
    @visitors.shown
    async def login(request: Request) -> Response:
        visitors.refuse_strangers(request)
        said = await form(request)
        key, back = said.get("key", "").strip(), visitors.back(said.get("back", ""))
        try:
            parts.authenticator.authenticate(key or None).require(Scope.READ)
        except (Unauthenticated, PermissionDenied) as error:
            return visitors.login(parts, back, str(error), 401)
        return visitors.welcome(request, RedirectResponse(back, 303), key)

    @routes.post("/logout")
    @visitors.shown
    async def logout(request: Request) -> Response:
        visitors.refuse_strangers(request)
        gone = RedirectResponse(visitors.LOGIN, 303)
        gone.delete_cookie(visitors.COOKIE, httponly=True, samesite="strict")
        return gone

    return routes


def _attribution(parts: Parts, finding: Mapping[str, Any]) -> Attribution | None:
    """Who and where in its first trace; None where no step of it is stored any more."""
    with suppress(InvalidInput, NotFound):
        for trace_id in finding["trace_ids"][:1]:
            return parts.attributing.attribution(finding["tenant"], trace_id)
    return None


def _offered(finding: Mapping[str, Any]) -> Mapping[str, str]:
    """What can be done about it in its state."""
    state = finding["state"]
    left_out = {
        State.RESOLVED: {"resolve", "acknowledge", "mute", "unmute"},
        State.MUTED: {"mute", "reopen"},
        State.ACKNOWLEDGED: {"acknowledge", "unmute", "reopen"},
    }.get(state, {"unmute", "reopen"})
    return {name: text for name, text in ACTIONS.items() if name not in left_out}


def _whole(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _with(request: Request, path: str = "/findings", **said: str) -> str:
    """The address with the filters of this one."""
    kept = {
        name: value
        for name, value in request.query_params.items()
        if value and name != "cursor"
    } | {name: value for name, value in said.items() if value}  # fmt: skip
    return f"{path}?{urlencode(kept)}" if kept else path
