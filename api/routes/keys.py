"""API keys: create, list, revoke; all ask for the govern scope."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from api.access import requires
from api.bodies import BoundedRoute
from api.ports import Parts
from domain.access import DEFAULT_TENANT, Scope


class NewKey(BaseModel):
    """What a key is for."""

    model_config = ConfigDict(extra="forbid")

    tenant: str = Field(DEFAULT_TENANT, min_length=1, max_length=200)
    name: str = Field("", max_length=200)
    scopes: list[Scope] = Field(min_length=1, max_length=len(Scope))


def router(parts: Parts) -> APIRouter:
    """/v1/keys."""
    govern = Depends(requires(parts.authenticator, Scope.GOVERN))
    routes = APIRouter(prefix="/v1/keys", dependencies=[govern], route_class=BoundedRoute)

    @routes.post("", status_code=201)
    def create(new: NewKey) -> Mapping[str, Any]:
        """The answer holds the key's text, which is never shown again."""
        return parts.keys.create(new.tenant, new.name, new.scopes)

    @routes.get("")
    def listed() -> list[Mapping[str, Any]]:
        """All keys, revoked ones too, without secrets."""
        return parts.keys.listed()

    @routes.delete("/{key_id:path}")
    def revoke(key_id: str) -> Mapping[str, Any]:
        """The key stops working within auth.refresh_seconds."""
        return parts.keys.revoke(key_id)

    return routes
