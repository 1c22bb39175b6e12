"""What an operator may set about who may do what."""

import ipaddress
from enum import StrEnum

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


def is_loopback(host: str) -> bool:
    """Whether nobody outside this machine can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
