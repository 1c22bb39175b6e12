"""Switching the SDK on and off for a process."""

from collections.abc import Mapping
from os import environ
from typing import TYPE_CHECKING, TypedDict, Unpack

from wakeline import conventions as names
from wakeline.content import BYTES_MAX, Content, Mode
from wakeline.recorder import Recorder, Value, activate

if TYPE_CHECKING:
    from wakeline.providers import Closable

_owned: "list[Closable]" = []


class InitOptions(TypedDict, total=False):
    """Of init.

    content:            full, hash or off: what is kept of arguments and results.
    content_bytes_max:  of each of them, in UTF-8; what is longer is cut and its size recorded.
    hash_key:           that the agents of a fleet share, so that hashes cannot be guessed.
    headers:            sent with each request, such as {"authorization": "Bearer wk_..."}.
    resource:           more attributes of the service.
    """

    content: Mode
    content_bytes_max: int
    hash_key: str
    headers: Mapping[str, str]
    resource: Mapping[str, Value]


def init(
    service: str,
    *,
    version: str | None = None,
    environment: str | None = None,
    endpoint: str | None = None,
    enabled: bool = True,
    **options: Unpack[InitOptions],
) -> None:
    """Record from now on; a second call replaces the first.

    endpoint:  base URL of OTLP, such as http://localhost:4318; else OTEL_EXPORTER_OTLP_... apply.
    enabled:   False, or WAKELINE_SDK_DISABLED or OTEL_SDK_DISABLED set to true: nothing happens.

    OpenTelemetry providers that are installed are used, so set them up first; without any, ours
    are installed, and other instrumentations join them.
    """
    shutdown()
    if not enabled or _says_yes("WAKELINE_SDK_DISABLED") or _says_yes("OTEL_SDK_DISABLED"):
        return
    # Here, because a process that never records should not wait for these.
    from opentelemetry.sdk.resources import Resource

    from wakeline import providers
    from wakeline.exporters import Destination

    described = {
        names.SERVICE_NAME: service,
        names.SERVICE_VERSION: version,
        names.DEPLOYMENT_ENVIRONMENT: environment,
        **options.get("resource", {}),
    }
    resource = Resource.create({key: text for key, text in described.items() if text is not None})
    to = Destination(endpoint, options.get("headers", {}))
    tracers, own_tracers = providers.tracing(resource, to)
    loggers, own_loggers = providers.logging(resource, to)
    _owned.extend(own for own in (own_tracers, own_loggers) if own)
    content = Content(
        mode=options.get("content", "full"),
        bytes_max=options.get("content_bytes_max", BYTES_MAX),
        hash_key=options.get("hash_key", "").encode(),
    )
    activate(Recorder(tracers.get_tracer(names.SCOPE), loggers.get_logger(names.SCOPE), content))


def flush(timeout_ms: int = 30_000) -> bool:
    """Send what waits; whether all of it was handed over. Providers of others are not touched."""
    results = [one.force_flush(timeout_ms) for one in _owned]  # each, even if one fails
    return all(results)


def shutdown() -> None:
    """Send what waits, then record no more."""
    activate(None)
    if _owned:
        from wakeline import providers

        providers.close(_owned)
        _owned.clear()


def _says_yes(variable: str) -> bool:
    return environ.get(variable, "").strip().lower() in ("true", "1", "yes")
