"""Pages of the weekly review: weeks, whose turn it is, a case with all its context, the report."""

from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool

from api import rendering, review_report, visitors
from api.bodies import BoundedRoute
from api.forms import checked, form
from api.ports import Parts
from api.routes.reviews import WantedCase, WantedKnown, WantedSign, WantedVerdict, Week
from domain import weeks
from domain.access import Principal, Scope

WEEKS_OF_A_PAGE = 52
# One hand reaches them: a verdict, then a letter for the reason.
VERDICT_KEYS = {"fine": "1", "harm": "2", "skipped": "3"}
REASON_KEYS = "qwerta"


def install(application: FastAPI, parts: Parts) -> None:
    """/review, its weeks, their cases and their report."""
    application.include_router(_reading(parts))
    application.include_router(_looking(parts))
    application.include_router(_governing(parts))


def _reading(parts: Parts) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/review")
    @visitors.shown
    async def every_week(request: Request) -> Response:
        caller = visitors.visitor(parts.authenticator, request, Scope.READ)
        found = await run_in_threadpool(parts.reviewing.weeks, caller.tenant, WEEKS_OF_A_PAGE)
        return rendering.page("reviews", {"weeks": found, **_seen(caller)})

    @routes.get("/review/{week}")
    @visitors.shown
    async def week(request: Request, week: Week) -> Response:
        caller = visitors.visitor(parts.authenticator, request, Scope.READ)
        found = await run_in_threadpool(parts.reviewing.week, caller, week)
        return rendering.page("review_week", {"week": found, **_seen(caller)})

    @routes.get("/review/{week}/cases/{case_id}")
    @visitors.shown
    async def case(request: Request, week: Week, case_id: str) -> Response:
        caller = visitors.visitor(parts.authenticator, request, Scope.READ)
        found = await run_in_threadpool(parts.reviewing.case, caller, week, case_id)
        return rendering.page("review_case", {
            "case": found, "keys": VERDICT_KEYS, "reason_keys": REASON_KEYS, **_seen(caller),
        })  # fmt: skip

    @routes.get("/review/{week}/report")
    @visitors.shown
    async def report(request: Request, week: Week) -> Response:
        caller = visitors.visitor(parts.authenticator, request, Scope.READ)
        found = await run_in_threadpool(parts.reviewing.report, caller, week)
        signed = found["signed"]
        # What was signed off was written by a template that escapes; with another hash it is not
        # trusted any more.
        fixed = found["html"] if signed and signed["intact"] else ""
        return rendering.page("review_report", {
            "report": found["figures"], "sha256": found["sha256"], "signed": signed,
            "body": Markup(fixed or review_report.html(found["figures"])),
            **_seen(caller),
        })  # fmt: skip

    return routes


def _looking(parts: Parts) -> APIRouter:
    routes = APIRouter(include_in_schema=False, route_class=BoundedRoute)

    @routes.post("/review/{week}/next")
    @visitors.shown
    async def take(request: Request, week: Week) -> Response:
        caller, said = await _acting(parts, request, Scope.REVIEW)
        return await _next(parts, caller, week, said.get("case_id", ""))

    @routes.post("/review/{week}/cases/{case_id}/verdict")
    @visitors.shown
    async def judge(request: Request, week: Week, case_id: str) -> Response:
        caller, said = await _acting(parts, request, Scope.REVIEW)
        judged = checked(WantedVerdict, _verdict(said)).model_dump()
        await run_in_threadpool(parts.reviewing.judge, caller, week, case_id, judged)
        return await _next(parts, caller, week, "")

    @routes.post("/review/{week}/cases/{case_id}/release")
    @visitors.shown
    async def give_back(request: Request, week: Week, case_id: str) -> Response:
        caller, _ = await _acting(parts, request, Scope.REVIEW)
        await run_in_threadpool(parts.reviewing.give_back, caller, week, case_id)
        return RedirectResponse(f"/review/{week}", 303)

    @routes.post("/review/{week}/add")
    @visitors.shown
    async def add(request: Request, week: Week) -> Response:
        caller, said = await _acting(parts, request, Scope.REVIEW)
        new = checked(WantedCase, said)
        args = (caller, week, new.decision_id.strip(), new.why)
        made = await run_in_threadpool(parts.reviewing.add, *args)
        return await _next(parts, caller, week, made["case_id"])

    return routes


def _governing(parts: Parts) -> APIRouter:
    routes = APIRouter(include_in_schema=False, route_class=BoundedRoute)

    @routes.post("/review/draw")
    @visitors.shown
    async def draw(request: Request) -> Response:
        caller, said = await _acting(parts, request, Scope.GOVERN)
        week = weeks.parsed(said.get("week", ""))
        await run_in_threadpool(parts.reviewing.draw, caller, week)
        return RedirectResponse(f"/review/{week}", 303)

    @routes.post("/review/{week}/cases/{case_id}/settle")
    @visitors.shown
    async def settle(request: Request, week: Week, case_id: str) -> Response:
        caller, said = await _acting(parts, request, Scope.GOVERN)
        judged = checked(WantedVerdict, _verdict(said)).model_dump()
        await run_in_threadpool(parts.reviewing.settle, caller, week, case_id, judged)
        return RedirectResponse(f"/review/{week}", 303)

    @routes.post("/review/{week}/cases/{case_id}/gold")
    @visitors.shown
    async def know(request: Request, week: Week, case_id: str) -> Response:
        caller, said = await _acting(parts, request, Scope.GOVERN)
        known = checked(WantedKnown, said).model_dump()
        await run_in_threadpool(parts.reviewing.know, caller, week, case_id, known)
        return RedirectResponse(f"/review/{week}/cases/{case_id}", 303)

    @routes.post("/review/{week}/sign")
    @visitors.shown
    async def sign(request: Request, week: Week) -> Response:
        caller, said = await _acting(parts, request, Scope.GOVERN)
        signed = checked(WantedSign, said).model_dump()
        await run_in_threadpool(parts.reviewing.sign, caller, week, signed)
        return RedirectResponse(f"/review/{week}/report", 303)

    return routes


async def _acting(parts: Parts, request: Request, scope: Scope) -> tuple[Principal, dict[str, str]]:
    """Whoever sent a form of this site and has the scope, and what it says."""
    visitors.refuse_strangers(request)
    caller = visitors.visitor(parts.authenticator, request, scope)
    return caller, dict(await form(request))


async def _next(parts: Parts, caller: Principal, week: int, case_id: str) -> Response:
    """To the case that is the caller's now, or to the week when nothing is left."""
    taken = await run_in_threadpool(parts.reviewing.take, caller, week, case_id)
    place = f"/cases/{taken['case_id']}" if taken["case_id"] else ""
    return RedirectResponse(f"/review/{week}{place}", 303)


def _verdict(said: dict[str, str]) -> dict[str, Any]:
    """The fields of the form as the body of the API; each verdict has its own reasons."""
    verdict = said.get("verdict", "")
    found: dict[str, Any] = {"verdict": verdict, "note": said.get("note", "")}
    found["reason"] = said.get(f"{verdict}_reason", "")
    if verdict == "harm" and said.get("cost"):
        found["cost"] = said["cost"]
    return found


def _seen(caller: Principal) -> dict[str, Any]:
    return {
        "caller": caller,
        "may_review": Scope.REVIEW in caller.scopes,
        "may_govern": Scope.GOVERN in caller.scopes,
    }
