"""What an operator may set about people who log in with an OpenID provider."""

from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from domain.access import DEFAULT_TENANT, Scope


class Role(StrEnum):
    """What people are to this service; each opens what its scopes do."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    GOVERNOR = "governor"
    ADMIN = "admin"


SCOPES = {
    Role.VIEWER: {Scope.READ},
    Role.REVIEWER: {Scope.READ, Scope.REVIEW},
    Role.GOVERNOR: {Scope.READ, Scope.GOVERN},
    Role.ADMIN: {Scope.READ, Scope.ADMIN},
}


class LoginConfig(BaseModel):
    """OpenID Connect: authorization code with PKCE."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str = Field(
        "",
        description="URL of the OpenID provider, https unless it is this machine; none = people log"
        " in with API keys alone.",
    )
    client_id: str = Field("", description="How the provider calls this service.")
    client_secret_file: Path | None = Field(
        None, description="File with the secret of the client; none = a public client, by PKCE."
    )
    redirect_uri: str = Field(
        "",
        description="As the provider knows it, ending in `/login/callback`; none = of the address"
        " that the browser asked for.",
    )
    person_claim: str = Field(
        "email",
        description="Claim that names a person in records: unique, and nobody can choose it.",
    )
    emails_proven: bool = Field(
        False,
        description="The provider lets nobody choose an address, though it never says"
        " `email_verified`: one of which it says nothing counts. One that it calls unverified"
        " never does.",
    )
    groups_claim: str = Field("groups", description="Claim with the groups of a person.")
    roles: dict[str, Role] = Field(
        default_factory=dict,
        description="Role of each group: viewer, reviewer, governor or admin. Who is in none of"
        " them is refused; who is in several has all of these roles.",
    )
    tenant: str = Field(DEFAULT_TENANT, description="Tenant of who logs in, unless `tenants` says.")
    tenants: dict[str, str] = Field(
        default_factory=dict, description="Tenant of each group, where groups have their own."
    )
    session_seconds: float = Field(
        28_800.0, ge=60, le=7 * 86_400, description="How long a login lasts."
    )
