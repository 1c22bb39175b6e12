"""policies.yaml of a running instance: what is in force, and putting another in force."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from api import bodies
from api.access import requires
from api.ports import Parts
from api.routes.tools import LargeBodyRoute
from domain.access import Scope


class NewPolicies(BaseModel):
    """A policies.yaml."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(description="The file.")


class AppliedPolicies(BaseModel):
    """What was done."""

    applied_at: str
    policies: int = Field(description="How many are in force.")
    versions: int = Field(description="How many versions these have, together.")
    permissions: int = Field(description="How many agents, kinds of intent and lists have some.")


class PoliciesInForce(BaseModel):
    """What is in force; null and empty before anything was applied."""

    applied_at: str | None
    policies: list[dict[str, Any]] = Field(description="Rows of `policy_rules`, by policy.")
    permissions: list[dict[str, Any]] = Field(description="Rows of `policy_permissions`.")


def router(parts: Parts) -> APIRouter:
    """/v1/policies: the read scope sees it, the govern scope changes it."""
    routes = APIRouter(prefix="/v1/policies", route_class=LargeBodyRoute)
    may_read = [Depends(requires(parts.authenticator, Scope.READ))]
    may_govern = [Depends(requires(parts.authenticator, Scope.GOVERN))]
    body = bodies.described(NewPolicies)

    @routes.get("", dependencies=may_read, response_model=PoliciesInForce)
    def in_force() -> Mapping[str, Any]:
        """Every version of every policy, and what agents and kinds of intent may do."""
        return parts.policies.in_force()

    @routes.put("", dependencies=may_govern, response_model=AppliedPolicies, openapi_extra=body)
    def apply(
        new: Annotated[NewPolicies, Depends(bodies.after_access(NewPolicies))],
    ) -> Mapping[str, Any]:
        """Puts the file in force for what analyzers look at from now on, all of it or nothing."""
        return parts.policies.apply(new.text)

    return routes
