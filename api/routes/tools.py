"""tools.yaml of a running instance: what is in force, and putting another in force."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api import bodies
from api.access import requires
from api.bodies import BoundedRoute
from api.ports import Parts
from domain.access import Scope
from domain.marked_yaml import FILE_BYTES_MAX

TOOLS_MAX = 1000


class LargeBodyRoute(BoundedRoute):
    """For a file of FILE_BYTES_MAX as JSON, which may spell a character of two bytes with six."""

    bytes_max = 3 * FILE_BYTES_MAX


class NewTools(BaseModel):
    """A tools.yaml, and what is to be derived anew with it."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(description="The file.")
    since: AwareDatetime | None = Field(
        None, description="Derive anew what was received since, as RFC 3339."
    )
    until: AwareDatetime | None = Field(None, description="With since: until then; else now.")


class AppliedTools(BaseModel):
    """What was done."""

    applied_at: str
    tools: int = Field(description="How many are in force.")
    notes: list[str] = Field(description="What is allowed, and may yet be a mistake.")
    derived_since: str | None = Field(description="Null: what was received before is as it was.")
    derived_until: str | None


class ToolsInForce(BaseModel):
    """The rules in force; null and empty before any were applied."""

    applied_at: str | None
    tools_total: int
    tools: list[dict[str, Any]] = Field(description="Rows of `tool_rules`, by name.")
    volatile_args: list[str]
    hubs: dict[str, int] = Field(description="Most entities of a type in one case; 0 = never.")


def router(parts: Parts) -> APIRouter:
    """/v1/tools: the read scope sees it, the govern scope changes it."""
    routes = APIRouter(prefix="/v1/tools", route_class=LargeBodyRoute)
    may_read = [Depends(requires(parts.authenticator, Scope.READ))]
    may_govern = [Depends(requires(parts.authenticator, Scope.GOVERN))]
    body = bodies.described(NewTools)

    @routes.get("", dependencies=may_read, response_model=ToolsInForce)
    def in_force(
        limit: Annotated[int, Query(ge=1, le=TOOLS_MAX)] = TOOLS_MAX,
        after: Annotated[str, Query(max_length=256, description="Names after this one.")] = "",
    ) -> Mapping[str, Any]:
        """Up to `limit` rules by name, volatile arguments and hubs."""
        return parts.tools.in_force(limit, after)

    @routes.put("", dependencies=may_govern, response_model=AppliedTools, openapi_extra=body)
    def apply(
        new: Annotated[NewTools, Depends(bodies.after_access(NewTools))],
    ) -> Mapping[str, Any]:
        """Puts the file in force for what arrives from now on, all of it or nothing.

        With `since` the answer comes when what was received since is derived anew.
        """
        return parts.tools.apply(new.text, new.since, new.until)

    return routes
