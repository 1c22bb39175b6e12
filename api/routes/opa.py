"""Limits and stops as a bundle for Open Policy Agent."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api.access import requires
from api.ports import Parts
from domain.access import Principal, Scope


def router(parts: Parts) -> APIRouter:
    """/v1/opa: the ingest scope, which agents have, or read."""
    routes = APIRouter(prefix="/v1/opa")
    may_pull = Depends(requires(parts.authenticator, Scope.INGEST, Scope.READ))

    @routes.get("/bundle.tar.gz", response_class=Response)
    def bundle(request: Request, caller: Annotated[Principal, may_pull]) -> Response:
        """Of all agents of the tenant; in OPA it is data.wakeline.agents."""
        packed, revision = parts.governing.documents.bundle(caller.tenant)
        headers = {"etag": f'"{revision}"'}
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        return Response(packed, media_type="application/gzip", headers=headers)

    return routes
