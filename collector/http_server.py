"""The HTTP listener: uvicorn, with the limits on connections and heads that it lacks."""

import asyncio
import contextlib
import json
import math
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from collector.config import TlsConfig
from domain.errors import Conflict

# Of a head, and of all else that frames or follows a body: chunk extensions, trailers.
HEAD_BYTES_MAX = 64 * 1024
CHUNK_FRAMING_BYTES = 12
GRACEFUL_SECONDS = 10


def _answer(status: str, code: int, message: str, *headers: str) -> bytes:
    """A refusal from before the request is known: google.rpc.Status as JSON, and good bye."""
    body = json.dumps({"code": code, "message": message})
    fields = (
        "content-type: application/json", f"content-length: {len(body)}", "connection: close",
        *headers,
    )  # fmt: skip
    return "\r\n".join((f"HTTP/1.1 {status}", *fields, "", body)).encode()


BUSY = _answer(
    "503 Service Unavailable", 14, "too many connections; connect again", "retry-after: 1"
)
BAD_REQUEST = _answer("400 Bad Request", 3, "this is no HTTP request")
HEAD_TOO_LARGE = _answer(
    "431 Request Header Fields Too Large", 8, f"headers are over {HEAD_BYTES_MAX} bytes"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one HTTP port."""

    connections_max: int = 1024
    head_seconds_max: float = 30.0
    idle_seconds_max: float = 120.0


class HeadTooLarge(Exception):
    """Tells the parser to stop; the client has its answer."""


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol that refuses connections over the limit, and slow or huge heads."""

    limits: ClassVar[Limits]
    _deadline: asyncio.TimerHandle | None = None
    _bytes_beside_body = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        if len(self.connections) > self.limits.connections_max:
            self._hang_up(BUSY)
        else:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._bytes_beside_body += len(data)
        super().data_received(data)
        if self._bytes_beside_body > HEAD_BYTES_MAX:
            self._hang_up(HEAD_TOO_LARGE)
        elif self.cycle is not None and self.cycle.response_complete:
            # Bytes that begin no request, such as blank lines, have ended uvicorn's idle timer.
            self._await_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._await_head()

    def on_headers_complete(self) -> None:
        self._head_arrived()
        if sum(len(name) + len(value) for name, value in self.headers) > HEAD_BYTES_MAX:
            self._hang_up(HEAD_TOO_LARGE)
            raise HeadTooLarge
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._bytes_beside_body -= min(self._bytes_beside_body, len(body) + CHUNK_FRAMING_BYTES)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._bytes_beside_body = 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Called by uvicorn for what its parser refuses."""
        self._hang_up(BAD_REQUEST)

    def _await_head(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(
                self.limits.head_seconds_max, self.transport.close
            )

    def _head_arrived(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None

    def _hang_up(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)
            self.transport.close()


class Server(uvicorn.Server):
    """A uvicorn server that leaves signals to the process that runs it."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.running = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.running.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    @property
    def port(self) -> int:
        """The port that is really bound, once started."""
        address: tuple[str, int] = self.servers[0].sockets[0].getsockname()
        return address[1]


def listener(app: Any, host: str, port: int, limits: Limits, tls: TlsConfig) -> Server:
    """A server that is not started yet; port 0 = any free port."""
    return Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=type("Protocol", (BoundedProtocol,), {"limits": limits}),
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,  # nothing here asks who the client is
            timeout_keep_alive=math.ceil(limits.idle_seconds_max),
            timeout_graceful_shutdown=GRACEFUL_SECONDS,
            backlog=2048,
            ssl_certfile=tls.certificate,
            ssl_keyfile=tls.key,
            ssl_ca_certs=str(tls.client_ca) if tls.client_ca else None,
            ssl_cert_reqs=ssl.CERT_REQUIRED if tls.client_ca else ssl.CERT_NONE,
        )
    )


async def start(server: Server, flag: str) -> asyncio.Task[None]:
    """Serve; the task ends after `server.should_exit` is set.

    flag: the option that sets the port, named when Conflict is raised because it is taken.
    """
    task = asyncio.create_task(_serve(server))
    running = asyncio.create_task(server.running.wait())
    await asyncio.wait((task, running), return_when=asyncio.FIRST_COMPLETED)
    running.cancel()
    if task.done():
        address = f"{server.config.host}:{server.config.port}"
        raise Conflict(f"{address} is in use; stop what holds it, or set another --{flag}")
    return task


async def _serve(server: Server) -> None:
    try:
        await server.serve()
    except SystemExit:
        # uvicorn's way to say that it could not bind.
        return
