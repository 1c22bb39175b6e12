"""Is it alive, what does it measure, what waits?"""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.access import requires
from api.ports import Parts
from domain.access import Scope


def router(parts: Parts) -> APIRouter:
    """/healthz is open to probes; the rest asks for the read scope."""
    routes = APIRouter()
    may_read = [Depends(requires(parts.authenticator, Scope.READ))]

    @routes.get("/healthz")
    def healthz() -> Mapping[str, Any]:
        """Runs a real aggregate: 503 when the store does not answer it."""
        return {"status": "ok", **parts.status.health()}

    @routes.get("/metrics", dependencies=may_read)
    def metrics() -> Response:
        """Prometheus text format."""
        return Response(parts.metrics.text(), media_type=CONTENT_TYPE_LATEST)

    @routes.get("/v1/status", dependencies=may_read)
    def status() -> Mapping[str, Any]:
        """Lag, queue, dead letters with reasons, disk, last seen per service."""
        return parts.status.status()

    return routes
