"""The services of the demo, one at a time: each records and sends as it would alone."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import wakeline

HOST = "127.0.0.1"
# The others send over HTTP.
OVER_GRPC = frozenset({"billing", "treasury", "carrier-selection", "support"})

Services = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Collector:
    """The OTLP ports on this machine; calling it with a name is being that service for a while."""

    grpc_port: int
    http_port: int

    @contextmanager
    def __call__(self, service: str) -> Iterator[None]:
        grpc = service in OVER_GRPC
        port = self.grpc_port if grpc else self.http_port
        with _exporter_settings("grpc" if grpc else "http/protobuf"):
            wakeline.init(
                service, version="1.0", environment="demo", endpoint=f"http://{HOST}:{port}"
            )
            try:
                yield
            finally:
                wakeline.shutdown()


@contextmanager
def _exporter_settings(protocol: str) -> Iterator[None]:
    """OpenTelemetry as the demo wants it, whatever the user has set up for agents of their own."""
    before = {
        name: text
        for name, text in os.environ.items()
        if name.startswith("OTEL_") or name in ("WAKELINE_SDK_DISABLED", "no_proxy")
    }
    # A proxy can not reach the loopback of this machine.
    ours = {"OTEL_EXPORTER_OTLP_PROTOCOL": protocol, "no_proxy": HOST}
    for name in before:
        del os.environ[name]
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in ours:
            del os.environ[name]
        os.environ.update(before)
