# mypy: ignore-errors
"""One local server that takes OTLP/HTTP from a framework and writes it down as JSON lines.

Any other POST is answered by `answer(path, request)`, so that it also plays a model's vendor:
`OpenAIScript` is one. The OpenTelemetry SDK and its OTLP/HTTP exporter are needed only
where they are used. A recorder in another language starts it as a process:
`python receiver.py FOLDER PORT`, and ends its input when all is sent.
"""

import base64
import gzip
import json
import re
import socket
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
IDS = {"traceId", "spanId", "parentSpanId"}
MACHINE = re.compile(r"^(host|process|os|container)\.")
KINDS = {"/v1/traces": "trace", "/v1/logs": "logs"}
OWN = {*KINDS, "/v1/metrics"}  # metrics are taken and let go


class Receiver:
    """`with Receiver(folder) as url:` writes `spans.otlp.jsonl` into the folder at the end."""

    def __init__(self, folder, answer=None, port=0):
        self.folder, self.answer, self.lines = Path(folder), answer, []
        self.server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self.url

    def __exit__(self, *failure):
        self.server.shutdown()
        if failure[0] is None:  # a recording that broke off does not replace a whole one
            (self.folder / "spans.otlp.jsonl").write_text("".join(map(scrubbed, self.lines)))

    def _handler(self):
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = read_body(self.headers, self.rfile)
                if self.headers["Content-Encoding"] == "gzip":
                    body = gzip.decompress(body)
                protobuf = "protobuf" in self.headers["Content-Type"]
                if self.path in KINDS:
                    receiver.lines.append(decoded(self.path, body, protobuf))
                own = self.path in OWN
                reply = {} if own else receiver.answer(self.path, json.loads(body))
                content = b"" if own and protobuf else json.dumps(reply).encode()
                self.send_response(200)
                self.send_header("Content-Type", self.headers["Content-Type"])
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        return Handler


def read_body(headers, stream):
    """The body of a request; exporters in JavaScript send it in chunks."""
    if headers["Transfer-Encoding"] != "chunked":
        return stream.read(int(headers["Content-Length"] or 0))
    chunks = []
    while size := int(stream.readline(), 16):
        chunks.append(stream.read(size))
        stream.readline()
    stream.readline()
    return b"".join(chunks)


def decoded(path, body, protobuf):
    """The request as OTLP/JSON wants it: ids in hex (protobuf's own JSON has base64)."""
    if not protobuf:
        return json.loads(body)
    from google.protobuf.json_format import MessageToDict
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    kinds = {"trace": ExportTraceServiceRequest, "logs": ExportLogsServiceRequest}
    message = kinds[KINDS[path]].FromString(body)
    return with_hex_ids(MessageToDict(message, use_integers_for_enums=True))


def with_hex_ids(value):
    if isinstance(value, list):
        return [with_hex_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64decode(item).hex() if key in IDS else with_hex_ids(item)
        for key, item in value.items()
    }


def scrubbed(request):
    """One line without what names the machine: resource attributes, paths, the host."""
    for part in request.get("resourceSpans", []) + request.get("resourceLogs", []):
        resource = part.get("resource", {})
        kept = [a for a in resource.get("attributes", []) if not MACHINE.match(a["key"])]
        resource["attributes"] = kept
    line = json.dumps(request, ensure_ascii=False, separators=(",", ":"))
    for folder in (sys.prefix, sys.base_prefix, ROOT, tempfile.gettempdir(), Path.home()):
        line = line.replace(f"{folder}/", "")
    line = re.sub(r"(?<![\w./])(/[\w.@+-]+)+/(site-packages|node_modules)/", r"\2/", line)
    return line.replace(socket.gethostname(), "host") + "\n"


def write_versions(folder, *packages):
    """What was recorded, as `versions.json`, and what to install to record it again."""
    found = {package: version(package) for package in packages}
    text = json.dumps({"recorded_with": found, "language": "python"}, indent=2)
    Path(folder, "versions.json").write_text(text + "\n")
    pins = "".join(f"{package}=={number}\n" for package, number in found.items())
    Path(folder, "requirements.txt").write_text(pins)


class OpenAIScript:
    """Answers chat completions with what was written beforehand, one reply a request, in order.

    A reply is a text, or a list of (tool, arguments) that the model wants called.
    """

    def __init__(self, *replies):
        self.replies, self.count = list(replies), 0

    def __call__(self, path, request):
        reply = self.replies.pop(0)
        self.count += 1
        message = {"role": "assistant", "content": reply if isinstance(reply, str) else None}
        if not isinstance(reply, str):
            message["tool_calls"] = [self._tool_call(*call) for call in reply]
        reason = "stop" if isinstance(reply, str) else "tool_calls"
        return {
            "id": f"chatcmpl-{self.count}",
            "object": "chat.completion",
            "created": 1_780_000_000,
            "model": f"{request['model']}-2025-08-07",
            "choices": [{"index": 0, "message": message, "finish_reason": reason}],
            "usage": {
                "prompt_tokens": 120 + self.count,
                "completion_tokens": 30,
                "total_tokens": 150 + self.count,
                "prompt_tokens_details": {"cached_tokens": 64},
                "completion_tokens_details": {"reasoning_tokens": 8},
            },
        }

    def _tool_call(self, tool, arguments):
        function = {"name": tool, "arguments": json.dumps(arguments)}
        return {"id": f"call_{self.count}_{tool}", "type": "function", "function": function}


def start_telemetry(url):
    """Global providers that export to the receiver; returns what flushes them."""
    from opentelemetry import _logs, trace
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    resource = Resource.create({"service.name": "billing-agents", "service.version": "1.4.0"})
    traces, logs = TracerProvider(resource=resource), LoggerProvider(resource=resource)
    traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{url}/v1/traces")))
    logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter(f"{url}/v1/logs")))
    trace.set_tracer_provider(traces)
    _logs.set_logger_provider(logs)
    return lambda: (traces.force_flush(), logs.force_flush())


if __name__ == "__main__":
    with Receiver(sys.argv[1], port=int(sys.argv[2])):
        sys.stdin.read()
