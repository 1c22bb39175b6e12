"""What people say of findings and signatures: acknowledge, mute, resolve, verdicts, modes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api import bodies
from api.access import actor, reach, requires
from api.bodies import BoundedRoute
from api.ports import Parts
from domain.access import Principal, Scope

NOTE_MAX = 2000
Action = Literal["acknowledge", "mute", "unmute", "resolve", "reopen", "confirm", "dismiss"]


class NewAction(BaseModel):
    """What somebody does about a finding."""

    model_config = ConfigDict(extra="forbid")

    action: Action
    note: str = Field("", max_length=NOTE_MAX)
    muted_until: AwareDatetime | None = Field(None, description="With mute, as RFC 3339.")


class NewMode(BaseModel):
    """What is to become of a signature."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["on", "shadow", "off"] = Field(description="shadow: recorded, not told.")


class Acted(BaseModel):
    """The finding as it stands now."""

    finding_id: str
    signature: str
    state: str
    verdict: str = Field(description="confirm, dismiss, or empty.")
    muted_until: datetime | None


class Moded(BaseModel):
    """The signature as it stands now."""

    signature: str
    mode: str


def router(parts: Parts) -> APIRouter:
    """/v1/findings and /v1/signatures: the govern scope."""
    routes = APIRouter(prefix="/v1", route_class=BoundedRoute)
    may_govern = Depends(requires(parts.authenticator, Scope.GOVERN))

    @routes.post(
        "/findings/{finding_id}/actions",
        response_model=Acted,
        openapi_extra=bodies.described(NewAction),
    )
    def act(
        finding_id: str,
        caller: Annotated[Principal, may_govern],
        new: Annotated[NewAction, Depends(bodies.after_access(NewAction))],
    ) -> Mapping[str, Any]:
        """Only of the caller's tenant; keys of the default tenant reach all."""
        key = (reach(caller), finding_id)
        return parts.findings.act(key, new.action, actor(caller), new.note, new.muted_until)

    @routes.put(
        "/signatures/{signature}",
        response_model=Moded,
        openapi_extra=bodies.described(NewMode),
    )
    def set_mode(
        signature: str,
        caller: Annotated[Principal, may_govern],
        new: Annotated[NewMode, Depends(bodies.after_access(NewMode))],
    ) -> Mapping[str, Any]:
        """Of the caller's tenant; keys of the default tenant set it for all."""
        return parts.findings.set_mode(signature, new.mode, actor(caller), reach(caller))

    return routes
