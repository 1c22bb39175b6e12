"""An OTLP/HTTP receiver that keeps what it was sent, and scripts that send to it."""

import gzip
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

ROOT = Path(__file__).parents[2]
SECONDS_MAX = 120.0


class Sink:
    """Answers everything with an empty success."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, Mapping[str, str], bytes]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Base URL, for OTEL_EXPORTER_OTLP_ENDPOINT."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def spans(self) -> list[tuple[dict[str, str], Any]]:
        """(resource attributes, span) of all that came."""
        found = []
        for path, _, body in self.requests:
            if path == "/v1/traces":
                for group in ExportTraceServiceRequest.FromString(body).resource_spans:
                    resource = {
                        item.key: item.value.string_value for item in group.resource.attributes
                    }
                    found += [
                        (resource, span) for scope in group.scope_spans for span in scope.spans
                    ]
        return found

    def events(self) -> list[tuple[dict[str, str], Any]]:
        """(resource attributes, log record) of all that came."""
        found = []
        for path, _, body in self.requests:
            if path == "/v1/logs":
                for group in ExportLogsServiceRequest.FromString(body).resource_logs:
                    resource = {
                        item.key: item.value.string_value for item in group.resource.attributes
                    }
                    found += [
                        (resource, one) for scope in group.scope_logs for one in scope.log_records
                    ]
        return found

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        requests = self.requests

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.headers.get("content-encoding") == "gzip":
                    body = gzip.decompress(body)
                headers = {name.lower(): text for name, text in self.headers.items()}
                requests.append((self.path, headers, body))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def run(script: str, **environment: str) -> str:
    """Run `script` in a Python of its own without OTEL_ settings of ours; returns its stdout."""
    clean = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(("OTEL_", "WAKELINE_"))
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", done.stderr
    return done.stdout
