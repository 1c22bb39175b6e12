"""An endpoint that judges, as a real HTTP server on this machine."""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.app.on_thread import OnThread

Answer = tuple[int, bytes]


def upholds(body: dict[str, Any], sure: float = 0.8) -> Answer:
    """It holds, by all of the evidence."""
    quoted = [{name: one[name] for name in ("trace_id", "span_id")} for one in body["evidence"]]
    return 200, json.dumps({"holds": True, "confidence": sure, "quoted": quoted}).encode()


class JudgeServer(OnThread):
    """Answers what `answer` makes of each body."""

    def __init__(self, answer: Callable[[dict[str, Any]], Answer] = upholds) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                outer.asked.append(body)
                outer.keys.append(self.headers["authorization"])
                code, text = answer(body)
                self.send_response(code)
                if code == 302:
                    self.send_header("location", outer.url)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                """Tests tell by themselves."""

        super().__init__(Handler)

    @property
    def url(self) -> str:
        return f"{super().url}/judge"
