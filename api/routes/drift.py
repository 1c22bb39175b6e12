"""Drift for programs: streams, alarms with what they follow from, verdicts, and the drift score."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api import bodies, drift_told
from api.access import actor, requires
from api.bodies import BoundedRoute
from api.drift_told import (
    AlarmDetail,
    AlarmList,
    AlarmOut,
    ScoreOut,
    StreamList,
)
from api.ports import ChangeReader, Parts
from api.routes.chains import Limit, Tenant, seen
from api.routes.changes import period
from domain.access import DEFAULT_TENANT, Principal, Scope
from domain.changes import ChangeEvent, Wanted
from domain.drift import Stream
from domain.drift_reading import (
    AlarmsAsked,
    AlarmVerdict,
    Clock,
    Expected,
    StoredAlarm,
    StreamsAsked,
    Verdict,
)

REASON_MAX, NAME_MAX, ALARMS_MAX, CHANGES_MAX = 2000, 256, 500, 100
Name = Annotated[str, Query(max_length=NAME_MAX)]


class NewVerdict(BaseModel):
    """What somebody says to an alarm."""

    model_config = ConfigDict(extra="forbid")

    verdict: Verdict
    reason: str = Field("", max_length=REASON_MAX, description="Needed with benign.")


class NewExpected(BaseModel):
    """A time whose windows do not count."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["holiday", "change"] = Field(description="After a change, a new epoch begins.")
    agent: str = Field("", max_length=NAME_MAX, description="Empty: every agent of the tenant.")
    since: AwareDatetime
    until: AwareDatetime
    why: str = Field(min_length=1, max_length=REASON_MAX)


class ExpectedOut(BaseModel):
    """Who expects what, when and why."""

    tenant: str
    expected_id: str
    kind: str
    agent: str
    since: datetime
    until: datetime
    why: str
    actor: str


class ExpectedList(BaseModel):
    """All that is kept."""

    items: list[ExpectedOut]


class Proof(BaseModel):
    """What an alarm follows from, and whether it came out again, bit for bit, just now."""

    alarm: AlarmOut
    recomputed: bool
    inputs: dict[str, Any]


def router(parts: Parts) -> APIRouter:
    """/v1/drift: the read scope looks, the govern scope says, each in the key's tenant alone."""
    routes = APIRouter(prefix="/v1/drift", route_class=BoundedRoute)
    _looking(parts, routes)
    _proving(parts, routes)
    _saying(parts, routes)
    return routes


def _looking(parts: Parts, routes: APIRouter) -> None:
    Caller = Annotated[Principal, Depends(requires(parts.authenticator, Scope.READ))]

    @routes.get("", response_model=StreamList)
    def streams(
        caller: Caller,
        agent: Name = "",
        metric: Name = "",
        clock: Literal["", "day", "hour"] = "",
        tenant: Tenant = "",
        limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
    ) -> Mapping[str, Any]:
        """As they stand after their last windows."""
        asked = StreamsAsked(seen(caller, tenant), agent, metric, clock, limit)
        return {"items": list(map(drift_told.stream, parts.drift.streams(asked)))}

    @routes.get("/digest", response_model=StreamList)
    def digest(caller: Caller, tenant: Tenant = "") -> Mapping[str, Any]:
        """Streams that changed, the surest first; at most 10 % of them are false on average."""
        found = parts.drift.digest(one_tenant(caller, tenant))
        return {"items": list(map(drift_told.stream, found))}

    @routes.get("/score", response_model=ScoreOut, response_model_exclude_unset=True)
    def score(
        caller: Caller, agent: Annotated[str, Query(min_length=1, max_length=NAME_MAX)],
        tenant: Tenant = "",
    ) -> Mapping[str, Any]:  # fmt: skip
        """The drift score of an agent, also as annotations of a policy's input."""
        return drift_told.score(parts.drift.score(one_tenant(caller, tenant), agent))

    @routes.get("/history")
    def history(  # noqa: PLR0913 - each is a parameter of the query
        caller: Caller,
        agent: Annotated[str, Query(min_length=1, max_length=NAME_MAX)],
        metric: Annotated[str, Query(min_length=1, max_length=NAME_MAX)],
        version: Name = "",
        clock: Clock = Clock.DAY,
        tenant: Tenant = "",
        limit: Annotated[int, Query(ge=1, le=400)] = 120,
    ) -> dict[str, Any]:
        """The last windows of a stream, oldest first, with the evidence of each."""
        stream = Stream(one_tenant(caller, tenant), agent, metric, version)
        return drift_told.whole(parts.drift.history(stream, clock, limit))

    @routes.get("/before-after")
    def before_after(  # noqa: PLR0913 - each is a parameter of the query
        caller: Caller,
        agent: Annotated[str, Query(min_length=1, max_length=NAME_MAX)],
        metric: Annotated[str, Query(min_length=1, max_length=NAME_MAX)],
        version: Name = "",
        clock: Clock = Clock.DAY,
        tenant: Tenant = "",
        split: AwareDatetime | None = None,
    ) -> dict[str, Any]:
        """The baseline's counts against those since `split`, or since the last change."""
        stream = Stream(one_tenant(caller, tenant), agent, metric, version)
        return drift_told.whole(parts.drift.before_after(stream, clock, split))


def _proving(parts: Parts, routes: APIRouter) -> None:
    Caller = Annotated[Principal, Depends(requires(parts.authenticator, Scope.READ))]

    @routes.get("/alarms", response_model=AlarmList)
    def alarms(  # noqa: PLR0913 - each is a parameter of the query
        caller: Caller,
        agent: Name = "",
        open_only: bool = False,
        paged_only: bool = False,
        since: AwareDatetime | None = None,
        until: AwareDatetime | None = None,
        tenant: Tenant = "",
        limit: Limit = 100,
    ) -> Mapping[str, Any]:
        """The newest first, of the last 30 days."""
        begin, end = period(since, until)
        asked = AlarmsAsked(
            seen(caller, tenant), begin, end, agent, open_only, paged_only, limit
        )  # fmt: skip
        return {"items": list(map(drift_told.alarm, parts.drift.alarms(asked)))}

    @routes.get("/alarms/{alarm_id}", response_model=AlarmDetail)
    def alarm(alarm_id: str, caller: Caller, tenant: Tenant = "") -> Mapping[str, Any]:
        """One alarm, with the changes that lie in its change set."""
        found = parts.drift.alarm(one_tenant(caller, tenant), alarm_id)
        return drift_told.detail(found, coinciding(parts.changes, found))

    @routes.get("/alarms/{alarm_id}/inputs", response_model=Proof)
    def inputs(alarm_id: str, caller: Caller, tenant: Tenant = "") -> Mapping[str, Any]:
        """All that the alarm follows from, for auditors; it is computed again while one waits."""
        own = one_tenant(caller, tenant)
        found = parts.drift.alarm(own, alarm_id)
        return {
            "alarm": drift_told.alarm(found),
            "recomputed": parts.drift.recomputed(own, alarm_id),
            "inputs": drift_told.whole(parts.drift.inputs(own, alarm_id)),
        }


def _saying(parts: Parts, routes: APIRouter) -> None:
    May = Annotated[Principal, Depends(requires(parts.authenticator, Scope.GOVERN))]
    Caller = Annotated[Principal, Depends(requires(parts.authenticator, Scope.READ))]

    @routes.post(
        "/alarms/{alarm_id}/verdicts",
        response_model=AlarmOut,
        openapi_extra=bodies.described(NewVerdict),
    )
    def judge(
        alarm_id: str, caller: May,
        new: Annotated[NewVerdict, Depends(bodies.after_access(NewVerdict))], tenant: Tenant = "",
    ) -> Mapping[str, Any]:  # fmt: skip
        """new_normal: a new epoch begins with the change. benign: its evidence begins again."""
        said = AlarmVerdict(new.verdict, new.reason, actor(caller), datetime.now(UTC))
        own = one_tenant(caller, tenant)
        return drift_told.alarm(parts.drift.judge(own, alarm_id, said))

    @routes.post(
        "/expected", response_model=ExpectedOut, openapi_extra=bodies.described(NewExpected)
    )
    def expect(
        caller: May, new: Annotated[NewExpected, Depends(bodies.after_access(NewExpected))],
        tenant: Tenant = "",
    ) -> Mapping[str, Any]:  # fmt: skip
        """A holiday, or a time in which behaviour is meant to change: its windows do not count."""
        expected = Expected(
            one_tenant(caller, tenant), new.agent, new.kind, new.since, new.until, new.why,
            actor(caller),
        )  # fmt: skip
        period(new.since, new.until)
        return asdict(parts.drift.expect(expected))

    @routes.delete("/expected/{expected_id}", response_model=ExpectedOut)
    def withdraw(expected_id: str, caller: May, tenant: Tenant = "") -> Mapping[str, Any]:
        """It is not expected any more; windows that it left out stay so. `actor` withdrew it."""
        own = one_tenant(caller, tenant)
        return asdict(parts.drift.withdraw(own, expected_id, actor(caller)))

    @routes.get("/expected", response_model=ExpectedList)
    def expected(caller: Caller, agent: Name = "", tenant: Tenant = "") -> Mapping[str, Any]:
        """Holidays and expected changes."""
        found = parts.drift.expected(one_tenant(caller, tenant), agent)
        return {"items": list(map(asdict, found))}


def one_tenant(caller: Principal, tenant: str) -> str:
    """The tenant of one thing: the key's, or the one that is named. Raises InvalidInput."""
    return seen(caller, tenant) or DEFAULT_TENANT


def coinciding(changes: ChangeReader, stored: StoredAlarm) -> Sequence[ChangeEvent]:
    """The changes in the change set of an alarm, in time."""
    stream = stored.alarm.stream
    wanted = Wanted(stored.changed_from, stored.changed_until, stream.tenant, stream.agent)
    return list(changes.listed(wanted, CHANGES_MAX))[::-1]
