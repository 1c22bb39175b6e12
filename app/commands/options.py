"""Options that many commands share, and how they become settings."""

import shlex
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from app.settings import KEY_VARIABLE, Settings, load

StoreOption = Annotated[
    str | None,
    typer.Option("--store", help="DSN: chdb:///path or clickhouse://user@host:8123/db."),
]
DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="Folder of the embedded store and the spool [./wakeline-data]."),
]
EndpointOption = Annotated[
    str | None, typer.Option(help="OTLP/HTTP, e.g. http://localhost:4318; else into a store.")
]
KeyOption = Annotated[
    str | None, typer.Option(envvar=KEY_VARIABLE, help="API key for the endpoint.")
]
HostOption = Annotated[str | None, typer.Option("--host", help="Address of all ports.")]
GrpcPortOption = Annotated[int | None, typer.Option("--grpc-port", help="OTLP over gRPC [4317].")]
HttpPortOption = Annotated[int | None, typer.Option("--http-port", help="OTLP over HTTP [4318].")]
PortOption = Annotated[int | None, typer.Option("--port", help="API, metrics and /ch [8080].")]


class Output(StrEnum):
    """How a command prints its answer."""

    TEXT = "text"
    JSON = "json"


FormatOption = Annotated[Output, typer.Option("--format", help="json prints JSON only.")]


def settings(
    store: str | None = None,
    data: Path | None = None,
    collector: Mapping[str, Any] | None = None,
    api: Mapping[str, Any] | None = None,
    storage: Mapping[str, Any] | None = None,
) -> Settings:
    """Settings with the flags that were given on top. Raises InvalidInput."""
    given = {
        "store": store,
        "data": data,
        "collector": _given(collector or {}),
        "api": _given(api or {}),
        "storage": _given(storage or {}),
    }
    return load({name: value for name, value in given.items() if value})


def where(settings: Settings) -> str:
    """The flag that lets another command find the same data folder; empty for the default one."""
    default = Settings.model_fields["data"].default
    return "" if settings.data == default else f" --data {shlex.quote(str(settings.data))}"


def _given(flags: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in flags.items() if value is not None}
