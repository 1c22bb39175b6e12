"""A receiver of notifications on a real port, which answers as it is told."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler

from tests.app.on_thread import OnThread

WAIT_SECONDS_MAX = 100.0


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver(OnThread):
    """Answers with `codes` one after the other, the last one ever after."""

    def __init__(self, codes: Sequence[int] = (200,)) -> None:
        self.received: list[Received] = []
        self._codes = codes
        self._arrived = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                code = receiver._take(Received(self.path, headers, body))
                self.send_response(code)
                if code == 307:
                    self.send_header("location", "/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        super().__init__(Handler)

    def wait_for(self, count: int) -> list[Received]:
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.received) >= count, WAIT_SECONDS_MAX)
        return self.received

    def _take(self, request: Received) -> int:
        with self._arrived:
            self.received.append(request)
            self._arrived.notify_all()
            return self._codes[min(len(self.received), len(self._codes)) - 1]
