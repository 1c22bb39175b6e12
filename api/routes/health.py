"""Is it alive, what does it measure, what waits?"""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.access import caller_may, requires
from api.ports import Parts
from domain.access import Scope
from domain.errors import Unavailable


def router(parts: Parts) -> APIRouter:
    """/healthz is open to probes, its figures are not; the rest asks for the read scope."""
    routes = APIRouter()
    may_read = [Depends(requires(parts.authenticator, Scope.READ))]

    @routes.head("/healthz", include_in_schema=False)
    @routes.get("/healthz")
    def healthz(request: Request) -> Mapping[str, Any]:
        """Runs a real aggregate: 503 when the store does not answer it."""
        trusted = caller_may(parts.authenticator, Scope.READ, request)
        try:
            figures = parts.status.health()
        except Unavailable as error:
            if trusted:
                raise
            raise Unavailable("the store does not answer", error.retry_after_s) from error
        return {"status": "ok", **(figures if trusted else {})}

    @routes.get("/metrics", dependencies=may_read)
    def metrics() -> Response:
        """Prometheus text format."""
        return Response(parts.metrics.text(), media_type=CONTENT_TYPE_LATEST)

    @routes.get("/v1/status", dependencies=may_read)
    def status() -> Mapping[str, Any]:
        """Lag, queue, dead letters with reasons, disk, last seen per service."""
        return parts.status.status()

    return routes
