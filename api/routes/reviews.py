"""The weekly review for programs: weeks, their draw, cases, verdicts, and the report."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field

from api import bodies
from api.access import requires
from api.bodies import BoundedRoute
from api.governance_ports import Said
from api.ports import Parts
from domain.access import Principal, Scope

WEEKS_MAX = 520
ID_MAX = 256
WHY_MAX = 1000
NOTE_MAX = 4000
Week = Annotated[
    int, Path(ge=197_001, le=999_953, description="ISO year x 100 + ISO week, such as 202604.")
]
CaseId = Annotated[str, Path(min_length=1, max_length=ID_MAX)]


class Body(BaseModel):
    """What is sent; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class WantedClaim(Body):
    """Which case; the next one without an id."""

    case_id: str = Field("", max_length=ID_MAX)


class WantedCase(Body):
    """A decision that was not drawn."""

    decision_id: str = Field(min_length=1, max_length=600)
    why: str = Field(min_length=1, max_length=WHY_MAX)


class WantedVerdict(Body):
    """What somebody thinks of a case."""

    verdict: Literal["fine", "harm", "skipped"]
    reason: str = Field("", max_length=40, description="Needed for harm and for a skipped case.")
    note: str = Field("", max_length=NOTE_MAX)
    cost: float | None = Field(None, ge=0, le=1e12, description="Dollars that the harm cost.")


class WantedKnown(Body):
    """The right verdict of a case; empty to take it out of the known ones."""

    verdict: Literal["fine", "harm", ""]
    why: str = Field(min_length=1, max_length=WHY_MAX)


class WantedSign(Body):
    """Who signs which figures off."""

    sha256: str = Field(pattern="^[0-9a-f]{64}$", description="Of the figures that were read.")
    name: str = Field(min_length=1, max_length=200)
    statement: str = Field("", max_length=NOTE_MAX)


def router(parts: Parts) -> APIRouter:
    """/v1/reviews: the read scope sees weeks, review looks at cases, govern draws and signs."""
    routes = APIRouter(prefix="/v1/reviews", route_class=BoundedRoute)
    _reading(parts, routes)
    _looking(parts, routes)
    _governing(parts, routes)
    return routes


def _reading(parts: Parts, routes: APIRouter) -> None:
    may_read = Depends(requires(parts.authenticator, Scope.READ))

    @routes.get("")
    def weeks(
        caller: Annotated[Principal, may_read],
        limit: Annotated[int, Query(ge=1, le=WEEKS_MAX)] = 12,
    ) -> list[Said]:
        """Weeks that were drawn, the newest first, each with how far it is."""
        return list(parts.reviewing.weeks(caller.tenant, limit))

    @routes.get("/{week}")
    def one(week: Week, caller: Annotated[Principal, may_read]) -> Said:
        """How a week was drawn, how far it is, and how much the caller can do in it."""
        return parts.reviewing.week(caller, week)

    @routes.get("/{week}/check")
    def check(week: Week, caller: Annotated[Principal, may_read]) -> Said:
        """Draws the week again, and compares with the sample that is stored."""
        return parts.reviewing.check(caller.tenant, week)

    @routes.get("/{week}/report")
    def report(week: Week, caller: Annotated[Principal, may_read]) -> Said:
        """Figures and their hash; as they were signed off, once they were."""
        return parts.reviewing.report(caller, week)

    @routes.get("/{week}/report.md", response_class=PlainTextResponse)
    def markdown(week: Week, caller: Annotated[Principal, may_read]) -> PlainTextResponse:
        """The report as Markdown; before it is signed off for who governs."""
        text = parts.reviewing.markdown(caller, week)
        return PlainTextResponse(text, media_type="text/markdown; charset=utf-8")


def _looking(parts: Parts, routes: APIRouter) -> None:
    may_see = Depends(requires(parts.authenticator, Scope.REVIEW, Scope.GOVERN, Scope.READ))
    may_review = Depends(requires(parts.authenticator, Scope.REVIEW))

    @routes.get("/{week}/queue")
    def queue(week: Week, caller: Annotated[Principal, may_review]) -> list[Said]:
        """Cases that the caller may look at now, in order."""
        return list(parts.reviewing.queue(caller, week))

    @routes.post("/{week}/claims", openapi_extra=bodies.described(WantedClaim))
    def take(
        week: Week,
        caller: Annotated[Principal, may_review],
        new: Annotated[WantedClaim, Depends(bodies.after_access(WantedClaim))],
    ) -> Said:
        """Takes a case for a while; `case_id` is empty where nothing is left."""
        return parts.reviewing.take(caller, week, new.case_id)

    @routes.get("/{week}/cases/{case_id}")
    def case(week: Week, case_id: CaseId, caller: Annotated[Principal, may_see]) -> Said:
        """Everything that a reviewer has to see of a case."""
        return parts.reviewing.case(caller, week, case_id)

    @routes.post("/{week}/cases", status_code=201, openapi_extra=bodies.described(WantedCase))
    def add(
        week: Week,
        caller: Annotated[Principal, may_review],
        new: Annotated[WantedCase, Depends(bodies.after_access(WantedCase))],
    ) -> Said:
        """Asks for a decision that was not drawn; it is in no estimate."""
        return parts.reviewing.add(caller, week, new.decision_id, new.why)

    @routes.post(
        "/{week}/cases/{case_id}/verdict",
        openapi_extra=bodies.described(WantedVerdict),
    )
    def judge(
        week: Week,
        case_id: CaseId,
        caller: Annotated[Principal, may_review],
        new: Annotated[WantedVerdict, Depends(bodies.after_access(WantedVerdict))],
    ) -> Said:
        """What the caller thinks of a case; said again, it takes the place of what was said."""
        parts.reviewing.judge(caller, week, case_id, new.model_dump())
        return {"case_id": case_id}

    @routes.post("/{week}/cases/{case_id}/release")
    def give_back(week: Week, case_id: CaseId, caller: Annotated[Principal, may_review]) -> Said:
        """Lets somebody else look at a case."""
        parts.reviewing.give_back(caller, week, case_id)
        return {"case_id": case_id}


def _governing(parts: Parts, routes: APIRouter) -> None:
    may_govern = Depends(requires(parts.authenticator, Scope.GOVERN))

    @routes.post("/{week}/draw")
    def draw(week: Week, caller: Annotated[Principal, may_govern]) -> Said:
        """Draws a week that is over, unless it was drawn before: then it is as it was."""
        return parts.reviewing.draw(caller, week)

    @routes.post(
        "/{week}/cases/{case_id}/settle",
        openapi_extra=bodies.described(WantedVerdict),
    )
    def settle(
        week: Week,
        case_id: CaseId,
        caller: Annotated[Principal, may_govern],
        new: Annotated[WantedVerdict, Depends(bodies.after_access(WantedVerdict))],
    ) -> Said:
        """What counts where two reviewers said different things."""
        parts.reviewing.settle(caller, week, case_id, new.model_dump())
        return {"case_id": case_id}

    @routes.post(
        "/{week}/cases/{case_id}/gold",
        openapi_extra=bodies.described(WantedKnown),
    )
    def know(
        week: Week,
        case_id: CaseId,
        caller: Annotated[Principal, may_govern],
        new: Annotated[WantedKnown, Depends(bodies.after_access(WantedKnown))],
    ) -> Said:
        """Of a case the right verdict is known: it is mixed into later weeks unmarked."""
        parts.reviewing.know(caller, week, case_id, new.model_dump())
        return {"case_id": case_id}

    @routes.post("/{week}/sign", openapi_extra=bodies.described(WantedSign))
    def sign(
        week: Week,
        caller: Annotated[Principal, may_govern],
        new: Annotated[WantedSign, Depends(bodies.after_access(WantedSign))],
    ) -> Said:
        """Signs the report off; nothing in the week changes any more."""
        parts.reviewing.sign(caller, week, new.model_dump())
        return parts.reviewing.report(caller, week)
