"""API keys: create, list, revoke; all ask for the admin scope, in the tenant of the caller."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from api.access import reach, requires
from api.bodies import BoundedRoute
from api.ports import Parts
from domain.access import DEFAULT_TENANT, Principal, Scope
from domain.errors import NotFound, PermissionDenied


class NewKey(BaseModel):
    """What a key is for."""

    model_config = ConfigDict(extra="forbid")

    tenant: str = Field(DEFAULT_TENANT, min_length=1, max_length=200)
    name: str = Field("", max_length=200)
    scopes: list[Scope] = Field(min_length=1, max_length=len(Scope))


def router(parts: Parts) -> APIRouter:
    """/v1/keys. Keys of the tenant `default` administer all tenants, others their own."""
    admin = Depends(requires(parts.authenticator, Scope.ADMIN))
    routes = APIRouter(prefix="/v1/keys", route_class=BoundedRoute)

    @routes.post("", status_code=201)
    def create(new: NewKey, caller: Annotated[Principal, admin]) -> Mapping[str, Any]:
        """The answer holds the key's text, which is never shown again."""
        if reach(caller) not in ("", new.tenant):
            raise PermissionDenied(f"this key makes keys of its tenant '{caller.tenant}' alone")
        return parts.keys.create(new.tenant, new.name, new.scopes)

    @routes.get("")
    def listed(caller: Annotated[Principal, admin]) -> list[Mapping[str, Any]]:
        """All keys that the caller administers, revoked ones too, without secrets."""
        return _of(reach(caller), parts)

    @routes.delete("/{key_id:path}")
    def revoke(key_id: str, caller: Annotated[Principal, admin]) -> Mapping[str, Any]:
        """The key stops working within auth.refresh_seconds."""
        tenant = reach(caller)
        if tenant and key_id not in {one["key_id"] for one in _of(tenant, parts)}:
            raise NotFound(f"no key of '{tenant}' has the id '{key_id}'")
        return parts.keys.revoke(key_id)

    return routes


def _of(tenant: str, parts: Parts) -> list[Mapping[str, Any]]:
    """Of a tenant, or with an empty one of all."""
    return [one for one in parts.keys.listed() if not tenant or one["tenant"] == tenant]
