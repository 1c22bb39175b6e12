"""An endpoint that judges, as a real HTTP server on this machine."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Answer = tuple[int, bytes]


def upholds(body: dict[str, Any], sure: float = 0.8) -> Answer:
    """It holds, by all of the evidence."""
    quoted = [{name: one[name] for name in ("trace_id", "span_id")} for one in body["evidence"]]
    return 200, json.dumps({"holds": True, "confidence": sure, "quoted": quoted}).encode()


class JudgeServer:
    """Answers what `answer` makes of each body; use as a context manager."""

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

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/judge"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
