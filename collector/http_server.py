"""The HTTP listener: uvicorn, with the limits on connections and heads that it lacks."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from collector.config import TlsConfig
from domain.errors import Conflict

HEAD_BYTES_MAX = 64 * 1024
GRACEFUL_SECONDS = 10
BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)
HEAD_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one HTTP port."""

    connections_max: int = 1024
    head_seconds_max: float = 30.0
    idle_seconds_max: float = 120.0


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol that refuses connections over the limit, and slow or huge heads."""

    limits: ClassVar[Limits]
    _deadline: asyncio.TimerHandle | None = None
    _head_bytes = 0

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
        if self._deadline is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._deadline is not None and self._head_bytes > HEAD_BYTES_MAX:
            self._hang_up(HEAD_TOO_LARGE)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._await_head()

    def on_headers_complete(self) -> None:
        self._head_arrived()
        super().on_headers_complete()

    def _await_head(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(
                self.limits.head_seconds_max, self.transport.close
            )

    def _head_arrived(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None
        self._head_bytes = 0

    def _hang_up(self, answer: bytes) -> None:
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
            timeout_keep_alive=int(limits.idle_seconds_max),
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
    await asyncio.wait(
        (task, asyncio.create_task(server.running.wait())), return_when=asyncio.FIRST_COMPLETED
    )
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
