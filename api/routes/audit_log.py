"""The record of changes in governance, and whether it was changed itself."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.access import requires
from api.governance_ports import Said
from api.ports import Parts
from api.routes.thresholds import NAME_MAX, Limit
from domain.access import Principal, Scope

SEQUENCE_MAX = 2**63 - 1


def router(parts: Parts) -> APIRouter:
    """/v1/audit-log: the read scope."""
    routes = APIRouter(prefix="/v1/audit-log")
    may_read = Depends(requires(parts.authenticator, Scope.READ))

    @routes.get("")
    def listed(
        caller: Annotated[Principal, may_read],
        before: Annotated[int | None, Query(ge=1, le=SEQUENCE_MAX)] = None,
        subject: Annotated[str, Query(max_length=NAME_MAX)] = "",
        limit: Limit = 100,
    ) -> list[Said]:
        """Who changed what, when, from what to what and why, the newest first."""
        return parts.governing.audit_log.listed(caller.tenant, before, subject, limit)

    @routes.get("/verify")
    def verify(
        caller: Annotated[Principal, may_read],
        head: Annotated[str, Query(pattern="^([0-9a-f]{64})?$")] = "",
        everybody: Annotated[bool, Query(description="The chain of what stops all.")] = False,
    ) -> Said:
        """Whether the chain holds, and where it does not; head: a hash that has to be in it."""
        tenant = "" if everybody else caller.tenant
        return parts.governing.audit_log.verified(tenant, head)

    return routes
