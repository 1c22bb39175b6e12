"""Limits and stops by OpenFeature's remote protocol (OFREP 0.2)."""

import hashlib
import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api import bodies
from api.access import requires
from api.bodies import BoundedRoute
from api.governance_ports import Said
from api.ports import Parts
from domain.access import Principal, Scope

NAME_MAX = 256


class Context(BaseModel):
    """The evaluation context; targetingKey names the case. What else is in it is not read."""

    model_config = ConfigDict(extra="ignore", strict=True)

    agent: str = Field(min_length=1, max_length=NAME_MAX)
    targetingKey: str = Field("", max_length=NAME_MAX)
    agent_version: str = Field("", max_length=NAME_MAX)
    capability: str = Field("", max_length=NAME_MAX)
    confidence: float | None = Field(None, ge=0, le=1)
    amount: float | None = Field(None, ge=0)

    def asked(self) -> Said:
        """What flags depend on."""
        return {"case": self.targetingKey, **self.model_dump(exclude={"agent", "targetingKey"})}


class Evaluation(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(extra="ignore")

    context: Context


BODY = bodies.described(Evaluation)


def router(parts: Parts) -> APIRouter:
    """/ofrep: the ingest scope, which agents have, or read."""
    routes = APIRouter(route_class=BoundedRoute)
    may_pull = Depends(requires(parts.authenticator, Scope.INGEST, Scope.READ))

    @routes.post("/ofrep/v1/evaluate/flags", response_class=JSONResponse, openapi_extra=BODY)
    async def every(request: Request, caller: Annotated[Principal, may_pull]) -> Response:
        """All flags of the agent that the context names; 304 while If-None-Match holds."""
        context = await _context(request)
        if isinstance(context, Response):
            return context
        found = parts.governing.documents.flags(caller.tenant, context.agent, context.asked())
        said = json.dumps({"flags": list(map(_told, found))}).encode()
        tag = f'"{hashlib.sha256(said).hexdigest()[:32]}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"etag": tag})
        return Response(said, media_type="application/json", headers={"etag": tag})

    @routes.post(
        "/ofrep/v1/evaluate/flags/{key:path}", response_class=JSONResponse, openapi_extra=BODY
    )
    async def one(key: str, request: Request, caller: Annotated[Principal, may_pull]) -> Response:
        """One flag: `stopped`, or ACTION.answer, .confidence, .amount, .stage."""
        context = await _context(request, key)
        if isinstance(context, Response):
            return context
        found = parts.governing.documents.flags(
            caller.tenant, context.agent, context.asked(), key or "."
        )
        if not found:
            return _problem(404, key, "FLAG_NOT_FOUND", "see docs/thresholds.md for the flags")
        told = _told(found[0])
        return JSONResponse(told, 400 if "errorCode" in told else 200)

    return routes


async def _context(request: Request, key: str = "") -> Context | Response:
    try:
        return Evaluation.model_validate_json(await request.body()).context
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        code = "PARSE_ERROR" if problem["type"] == "json_invalid" else "INVALID_CONTEXT"
        place = ".".join(map(str, problem["loc"]))
        return _problem(400, key, code, f"{place}: {problem['msg']}")


def _problem(status: int, key: str, code: str, detail: str) -> Response:
    said = {"errorCode": code, "errorDetails": detail}
    return JSONResponse({"key": key, **said} if key else said, status)


def _told(flag: Said) -> dict[str, Any]:
    metadata = {"version": flag["version"]} | ({"why": flag["why"]} if flag["why"] else {})
    if flag["value"] is None:
        return {
            "key": flag["key"],
            "errorCode": "TARGETING_KEY_MISSING",
            "errorDetails": "targetingKey: the case, so that all its steps get one answer",
        }
    return {
        "key": flag["key"],
        "value": flag["value"],
        "reason": "TARGETING_MATCH",
        "variant": str(flag["value"]).lower(),
        "metadata": metadata,
    }
