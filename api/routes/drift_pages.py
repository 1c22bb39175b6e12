"""Pages of drift: the map of agents and metrics, one stream, one alarm, and what people say."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from api import drift_board, drift_page, drift_words, rendering, visitors
from api.access import actor, reach
from api.bodies import BoundedRoute
from api.forms import form
from api.ports import Parts
from api.routes.chains import seen
from api.routes.changes import period
from api.routes.drift import NAME_MAX, REASON_MAX, coinciding, one_tenant
from domain.access import DEFAULT_TENANT, Principal, Scope
from domain.changes import ChangeEvent, Wanted
from domain.drift import Stream
from domain.drift_reading import (
    AlarmsAsked,
    AlarmVerdict,
    Clock,
    Expected,
    StoredAlarm,
    StreamHistory,
    StreamsAsked,
    Verdict,
)
from domain.errors import InvalidInput

STREAMS_MAX, ALARMS_MAX, EVENTS_MAX, WINDOWS_MAX = 2000, 50, 40, 120
CHANGES_MAX = 500
SETS_MAX = 3
LATELY = timedelta(days=90)
WORDS = {
    "words": drift_words, "states": drift_words.STATES, "meanings": drift_words.MEANINGS,
    "summary": drift_page.summary, "shown_max": EVENTS_MAX,
}  # fmt: skip
SAYING = {
    Verdict.NEW_NORMAL: "Accept as the new normal",
    Verdict.BENIGN: "Dismiss as benign",
    Verdict.REOPENED: "Reopen",
}


def install(application: FastAPI, parts: Parts) -> None:
    """/drift, /drift/stream, /drift/alarms/ID, and their forms."""
    application.include_router(_looking(parts))
    application.include_router(_saying(parts))


class Addresses:
    """Where the pages are, with the tenant where the caller sees more than one."""

    def __init__(self, caller: Principal) -> None:
        self._all = not reach(caller)

    def _own(self, tenant: str) -> dict[str, str]:
        return {"tenant": tenant} if self._all and tenant not in ("", DEFAULT_TENANT) else {}

    def stream(self, stream: Stream, clock: Clock) -> str:
        """The page of a stream."""
        said = {"agent": stream.agent, "metric": stream.metric}
        said |= {"version": stream.version} if stream.version else {}
        said |= {"clock": "hour"} if clock is Clock.HOUR else {}
        return f"/drift/stream?{urlencode(said | self._own(stream.tenant))}"

    def alarm(self, stored: StoredAlarm) -> str:
        """The page of an alarm."""
        query = urlencode(self._own(stored.alarm.stream.tenant))
        return f"/drift/alarms/{stored.alarm_id}" + (f"?{query}" if query else "")


def _looking(parts: Parts) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/drift")
    @visitors.shown
    async def listed(request: Request) -> Response:
        caller, said = _caller(parts, request), request.query_params
        tenant, agent = seen(caller, said.get("tenant", "")), said.get("agent", "")[:NAME_MAX]
        values = await run_in_threadpool(_board, parts, tenant, agent)
        return rendering.page("drift", values | _common(caller) | {
            "agent": agent, "tenant": tenant, "one": tenant or DEFAULT_TENANT,
        })  # fmt: skip

    @routes.get("/drift/stream")
    @visitors.shown
    async def stream(request: Request) -> Response:
        caller, said = _caller(parts, request), request.query_params
        tenant = one_tenant(caller, said.get("tenant", ""))
        named = [said.get(name, "")[:NAME_MAX] for name in ("agent", "metric", "version")]
        if not named[0] or not named[1]:
            raise InvalidInput("agent, metric: a stream is named by both; see /drift")
        clock = Clock.HOUR if said.get("clock") == Clock.HOUR else Clock.DAY
        values = await run_in_threadpool(_stream, parts, Stream(tenant, *named), clock)
        return rendering.page("drift_stream", values | _common(caller))

    @routes.get("/drift/alarms/{alarm_id}")
    @visitors.shown
    async def alarm(request: Request, alarm_id: str, recompute: bool = False) -> Response:
        caller = _caller(parts, request)
        tenant = one_tenant(caller, request.query_params.get("tenant", ""))
        values = await run_in_threadpool(_alarm, parts, tenant, alarm_id, recompute)
        return rendering.page("drift_alarm", values | _common(caller))

    return routes


def _saying(parts: Parts) -> APIRouter:
    routes = APIRouter(include_in_schema=False, route_class=BoundedRoute)

    @routes.post("/drift/alarms/{alarm_id}")
    @visitors.shown
    async def judge(request: Request, alarm_id: str) -> Response:
        caller, tenant = _governor(parts, request)
        said = await form(request)
        verdict, reason = said.get("verdict", ""), said.get("reason", "").strip()
        if verdict not in list(Verdict) or len(reason) > REASON_MAX:
            raise InvalidInput(f"verdict: one of {', '.join(Verdict)}; reason: up to {REASON_MAX}")
        own = AlarmVerdict(Verdict(verdict), reason, actor(caller), datetime.now(UTC))
        stored = await run_in_threadpool(parts.drift.judge, tenant, alarm_id, own)
        return RedirectResponse(Addresses(caller).alarm(stored), 303)

    @routes.post("/drift/expected")
    @visitors.shown
    async def expect(request: Request) -> Response:
        caller, tenant = _governor(parts, request)
        expected = _expected(await form(request), tenant, actor(caller))
        await run_in_threadpool(parts.drift.expect, expected)
        return _to_expected(request, tenant)

    @routes.post("/drift/expected/{expected_id}/withdraw")
    @visitors.shown
    async def withdraw(request: Request, expected_id: str) -> Response:
        caller, tenant = _governor(parts, request)
        await run_in_threadpool(parts.drift.withdraw, tenant, expected_id, actor(caller))
        return _to_expected(request, tenant)

    return routes


def _to_expected(request: Request, tenant: str) -> Response:
    own = f"?{urlencode({'tenant': tenant})}" if request.query_params.get("tenant") else ""
    return RedirectResponse(f"/drift{own}#expected", 303)


def _caller(parts: Parts, request: Request) -> Principal:
    return visitors.visitor(parts.authenticator, request, Scope.READ)


def _governor(parts: Parts, request: Request) -> tuple[Principal, str]:
    visitors.refuse_strangers(request)
    caller = visitors.visitor(parts.authenticator, request, Scope.GOVERN)
    return caller, one_tenant(caller, request.query_params.get("tenant", ""))


def _common(caller: Principal) -> dict[str, Any]:
    may = Scope.GOVERN in caller.scopes
    return {**WORDS, "caller": caller, "addresses": Addresses(caller), "may_govern": may}


def _board(parts: Parts, tenant: str, agent: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    streams = parts.drift.streams(StreamsAsked(tenant, agent, rows_max=STREAMS_MAX))
    asked = AlarmsAsked(tenant, now - LATELY, now, agent, open_only=True, rows_max=ALARMS_MAX)
    alarms = sorted(parts.drift.alarms(asked), key=lambda one: not one.alarm.paged)
    one = tenant or DEFAULT_TENANT
    return {
        "board": drift_board.board(streams), "cut": len(streams) == STREAMS_MAX,
        "alarms": _beside(parts, tenant, alarms),
        "digest": parts.drift.digest(one), "expected": parts.drift.expected(one, agent),
        "now": now,
    }  # fmt: skip


def _beside(
    parts: Parts, tenant: str, alarms: Sequence[StoredAlarm]
) -> Sequence[tuple[StoredAlarm, Sequence[ChangeEvent]]]:
    """Each with the changes told of in its set; those seen in spans are on its own page."""
    if not alarms:
        return ()
    first, last = (
        min(one.changed_from for one in alarms),
        max(one.changed_until for one in alarms),
    )
    told = parts.changes.listed(Wanted(first, last, tenant), CHANGES_MAX)
    return [(one, [each for each in told if _is_beside(each, one)]) for one in alarms]


def _is_beside(change: ChangeEvent, stored: StoredAlarm) -> bool:
    stream = stored.alarm.stream
    return (
        change.tenant == stream.tenant
        and (not change.agents or stream.agent in change.agents)
        and stored.changed_from <= change.at < stored.changed_until
    )


def _stream(parts: Parts, stream: Stream, clock: Clock) -> dict[str, Any]:
    history = parts.drift.history(stream, clock, WINDOWS_MAX)
    asked = StreamsAsked(stream.tenant, stream.agent, stream.metric, clock)
    standing = next((one for one in parts.drift.streams(asked) if one.stream == stream), None)
    alarms = _alarms_of(parts, history)
    changes = _changes_in(parts, history, alarms)
    events = drift_page.happened(changes, alarms)
    found = parts.drift.before_after(stream, clock, None)
    around = drift_page.spans(
        history, alarms, parts.drift.expected(stream.tenant, stream.agent)
    ) if history.windows else ()  # fmt: skip
    charts: dict[str, Any] = {"evidence": (), "multiples": ()}
    if history.windows:
        judged = any(one.stream_evidence is not None for one in history.windows)
        charts = {
            "evidence": drift_page.evidence(history, around, events) if judged else (),
            "multiples": drift_page.multiples(history, found.unit, around, events),
        }
    return charts | {
        "history": history, "stream": stream, "clock": clock, "standing": standing,
        "alarms": alarms, "events": events, "found": found, "mix": drift_page.mix(found),
        "around": {one.kind for one in around},
    }  # fmt: skip


def _alarms_of(parts: Parts, history: StreamHistory) -> Sequence[StoredAlarm]:
    if not history.windows:
        return ()
    asked = AlarmsAsked(
        history.stream.tenant, history.windows[0].start,
        history.windows[-1].end + timedelta(seconds=1), history.stream.agent, rows_max=200,
    )  # fmt: skip
    return [
        one
        for one in parts.drift.alarms(asked)
        if one.alarm.stream == history.stream and one.clock is history.clock
    ]


def _changes_in(
    parts: Parts, history: StreamHistory, alarms: Sequence[StoredAlarm]
) -> Sequence[ChangeEvent]:
    """Told ones of all its days; what is seen in spans is looked for in change sets alone."""
    if not history.windows:
        return ()
    stream = history.stream
    wanted = Wanted(
        history.windows[0].start, history.windows[-1].end, stream.tenant, stream.agent
    )  # fmt: skip
    found = list(parts.changes.listed(wanted, EVENTS_MAX))
    for alarm in alarms[:SETS_MAX]:
        found += coinciding(parts.changes, alarm)
    return list({one.change_id: one for one in found}.values())


def _alarm(parts: Parts, tenant: str, alarm_id: str, recompute: bool) -> dict[str, Any]:
    stored = parts.drift.alarm(tenant, alarm_id)
    stream = stored.alarm.stream
    found = parts.drift.before_after(stream, stored.clock, stored.likeliest)
    again: Mapping[str, Any] | None = None
    if recompute:
        inputs = asdict(parts.drift.inputs(tenant, alarm_id))
        again = {"same": parts.drift.recomputed(tenant, alarm_id)} | inputs
    return {
        "stored": stored, "stream": stream, "changes": coinciding(parts.changes, stored),
        "effects": drift_words.strongest(stored), "found": found, "mix": drift_page.mix(found),
        "again": again, "unit": found.unit, "saying": _offered(stored),
        "clock": stored.clock,
    }  # fmt: skip


def _offered(stored: StoredAlarm) -> Mapping[Verdict, str]:
    settled = drift_words.settled(stored)
    return {one: text for one, text in SAYING.items() if (one is Verdict.REOPENED) == settled}


def _expected(said: Mapping[str, str], tenant: str, who: str) -> Expected:
    """Raises InvalidInput for a form that says no time, or nothing."""
    try:
        since, until = (
            datetime.fromisoformat(said.get(name, "")).replace(tzinfo=UTC)
            for name in ("since", "until")
        )
    except ValueError as error:
        raise InvalidInput("since, until: both have to be times, in UTC") from error
    why, kind, agent = said.get("why", "").strip(), said.get("kind", ""), said.get("agent", "")
    if not why or len(why) > REASON_MAX or kind not in ("holiday", "change"):
        raise InvalidInput(f"why: up to {REASON_MAX} characters; kind: holiday or change")
    period(since, until)
    return Expected(tenant, agent.strip()[:NAME_MAX], kind, since, until, why, who)
