"""A TCP connection on which a test writes what no HTTP library would."""

import json
import socket
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from google.protobuf import json_format
from google.rpc import status_pb2

from tests.collector.peers import JSON, PROTOBUF, TIMEOUT_S


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """One response as it stood on the wire."""

    code: int
    headers: dict[str, str]
    body: bytes

    @property
    def status(self) -> Any:
        """The google.rpc.Status in the body, which must be in the encoding that it claims."""
        status = status_pb2.Status()
        if self.headers["content-type"] == JSON:
            return json_format.ParseDict(json.loads(self.body), status)
        assert self.headers["content-type"] == PROTOBUF
        status.ParseFromString(self.body)
        return status


class RawHttp:
    """Closed on leaving the with block."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), TIMEOUT_S)
        self._file = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def send(self, data: bytes) -> Self:
        self._socket.sendall(data)
        return self

    def no_more(self) -> Self:
        """The client will send nothing more."""
        self._socket.shutdown(socket.SHUT_WR)
        return self

    def answer(self, *, has_body: bool = True) -> RawAnswer:
        """The next response; an interim one (100 Continue) is one too."""
        code = int(self._file.readline().split()[1])
        headers = {}
        while line := self._file.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        size = int(headers.get("content-length", 0)) if has_body else 0
        return RawAnswer(code, headers, self._file.read(size))

    def read_to_end(self) -> bytes:
        """All until the server closes, or b"" when it resets the connection."""
        try:
            return self._file.read()
        except ConnectionResetError:
            return b""

    def closed(self) -> bool:
        """Whether the server closes the connection without another byte; waits for it."""
        return self.read_to_end() == b""


def post(
    body: bytes = b"", path: str = "/v1/traces", media_type: str = PROTOBUF, **headers: str
) -> bytes:
    """The bytes of a POST; `headers` have _ for -."""
    lines = [f"POST {path} HTTP/1.1", "host: collector", f"content-type: {media_type}"]
    if "transfer_encoding" not in headers:
        headers.setdefault("content_length", str(len(body)))
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join((*lines, "", "")).encode("latin-1") + body


def chunked(*parts: bytes) -> bytes:
    """The parts as chunks, ended."""
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (*parts, b""))
