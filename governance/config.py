"""What an operator may set about who may do what."""

import ipaddress
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class AuthMode(StrEnum):
    """When API keys are asked for."""

    AUTO = "auto"
    REQUIRED = "required"
    OFF = "off"


class AuthConfig(BaseModel):
    """API keys: off on loopback, required elsewhere, unless said otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: AuthMode = Field(
        AuthMode.AUTO, description="auto = required unless every port binds to loopback."
    )
    refresh_seconds: float = Field(
        5.0, gt=0, description="How often keys are read again; a revoked key works that long."
    )

    def required(self, hosts: tuple[str, ...]) -> bool:
        """Whether a process that binds to `hosts` asks for keys."""
        if self.mode is AuthMode.AUTO:
            return not all(is_loopback(host) for host in hosts)
        return self.mode is AuthMode.REQUIRED


class GovernanceConfig(BaseModel):
    """How agents get the limits that they act under."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    signing_key: Path | None = Field(
        None,
        description="File with the Ed25519 private key, 32 bytes in hex; none = `signing.key` under"
        " data, made when it is missing. Processes that share a store need the same key.",
    )
    document_life_seconds: float = Field(
        86_400.0,
        ge=60,
        le=31 * 86_400,
        description="How long an agent may act on a document at most; it is written anew at half.",
    )
    refresh_seconds: float = Field(
        0.5,
        ge=0.05,
        le=60,
        description="How often a process looks for changes that others wrote to a shared store.",
    )


class ReviewConfig(BaseModel):
    """The weekly review of decisions by people."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(True, description="Whether `wakeline up` draws closed weeks by itself.")
    look_seconds: float = Field(
        600.0, gt=0, le=86_400, description="Time between two looks for a week to draw."
    )
    wait_hours: float = Field(
        2.0, ge=0, le=72, description="How long after its end a week is drawn: decisions come late."
    )
    cases: float = Field(
        100.0, gt=0, le=100_000, description="Cases that the reviewers of a tenant have time for."
    )
    cases_of: dict[str, float] = Field(
        default_factory=dict, description="The same of single tenants, e.g. {acme = 300}."
    )
    uniform: float = Field(
        0.6, ge=0.6, le=1, description="Share of the cases of an action that is spread evenly."
    )
    minimum: float = Field(
        10.0, ge=0, le=1000, description="Cases of each agent and action while there is time."
    )
    lease_minutes: float = Field(
        30.0, ge=1, le=1440, description="How long a case is kept for whoever looks at it."
    )
    rubric: str = Field(
        "1",
        min_length=1,
        max_length=40,
        description="Version of what reviewers go by; another one begins evidence anew.",
    )

    def cases_a_week(self, tenant: str) -> float:
        """That the reviewers of a tenant have time for."""
        return self.cases_of.get(tenant, self.cases)


def is_loopback(host: str) -> bool:
    """Whether nobody outside this machine can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
