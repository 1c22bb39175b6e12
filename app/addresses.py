"""Addresses: can this process bind them, and how does a local command reach them?"""

import errno
import socket
from dataclasses import dataclass

from app.settings import Settings
from domain.errors import Conflict, InvalidInput

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; `flag` is the option that sets the port, 0 = any free port."""

    host: str
    port: int
    flag: str

    def __str__(self) -> str:
        return f"{bracketed(self.host)}:{self.port}"


def listening(settings: Settings, *, collect: bool) -> list[Address]:
    """Every address that a process binds; OTLP only when it collects."""
    collector, api = settings.collector, settings.api
    incoming = [
        Address(collector.host, collector.grpc_port, "grpc-port"),
        Address(collector.host, collector.http_port, "http-port"),
    ]
    return [*(incoming if collect else []), Address(api.host, api.port, "port")]


def refuse_unusable(address: Address) -> None:
    """Asked before anything starts, so that the cause is said in plain words.

    Raises Conflict when the port is taken, InvalidInput when the address can not be bound at all.
    """
    try:
        family, kind, protocol, _, resolved = socket.getaddrinfo(
            address.host or None, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(resolved)
    except OSError as error:
        raise refusal(address, error) from error


def is_free(address: Address) -> bool:
    """Whether it can be bound now."""
    try:
        refuse_unusable(address)
    except Conflict:
        return False
    return True


def refusal(address: Address, error: OSError) -> Conflict | InvalidInput:
    """Why it can not be bound, with the option that mends it."""
    if error.errno == errno.EADDRINUSE:
        return Conflict(f"{address} is in use; stop what holds it, or set another --{address.flag}")
    mend = f"set a --{address.flag} above 1023" if error.errno == errno.EACCES else "check --host"
    return InvalidInput(f"can not listen on {address}: {error.strerror}; {mend}")


def url(host: str, port: int) -> str:
    """How a program on this machine reaches a server that listens on `host`."""
    return f"http://{bracketed(EVERYWHERE.get(host, host))}:{port}"


def bracketed(host: str) -> str:
    """`host` as it stands in a URL."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
