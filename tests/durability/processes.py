"""Processes that a test kills, stops, continues and starts again; their words and their memory."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS_MAX = 120.0
END_SECONDS_MAX = 120.0
ADDRESS = re.compile(r"OTLP (gRPC|HTTP) +(?:http://)?(\S+)")


class Restartable:
    """A command that is started, ended and started again; ended for good when the block ends."""

    def __init__(self, *command: str, settings: Mapping[str, str] | None = None) -> None:
        self._command = [sys.executable, "-m", *command]
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith("WAKELINE_")
        } | dict(settings or {})
        self._process: subprocess.Popen[str] | None = None
        self._ready = threading.Event()
        self.lines: list[str] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.signal(signal.SIGCONT)
        self.kill()

    @property
    def pid(self) -> int:
        """Of the process that runs now."""
        assert self._process
        return self._process.pid

    def start(self) -> None:
        """Until it says `ready`."""
        self._ready.clear()
        self.lines = []
        self._process = subprocess.Popen(
            self._command, env=self._environment, cwd=ROOT, text=True, stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        threading.Thread(target=self._read, args=(self._process,), daemon=True).start()
        assert self._ready.wait(READY_SECONDS_MAX), "".join(self.lines)
        assert self._process.poll() is None, "".join(self.lines)

    def signal(self, number: signal.Signals) -> None:
        """To the process, if it still runs."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """`kill -9`: no goodbye."""
        self.signal(signal.SIGKILL)
        if self._process:
            self._process.wait(END_SECONDS_MAX)

    def terminate(self) -> int:
        """Ask it to end; the exit code."""
        self.signal(signal.SIGTERM)
        assert self._process
        return self._process.wait(END_SECONDS_MAX)

    @property
    def resident_bytes(self) -> int:
        """Memory it holds now; see proc(5), VmRSS."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split(maxsplit=1)[0]) * 1024

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stderr
        with process.stderr as lines:
            for line in lines:
                self.lines.append(line)
                if line == "ready\n":
                    self._ready.set()
        self._ready.set()


class Wakeline(Restartable):
    """`wakeline up`, or another role, on free ports."""

    def __init__(
        self,
        data: Path,
        *arguments: str,
        role: str = "up",
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.data = data
        ports = ("--grpc-port", "0", "--http-port", "0", "--port", "0")
        super().__init__(
            "app", role, "--data", str(data), "--host", "127.0.0.1", *ports, *arguments,
            settings=settings,
        )  # fmt: skip

    def address(self, transport: str) -> str:
        """host:port of its `gRPC` or `HTTP` port. Raises ConnectionError before it says it."""
        for line in self.lines:
            if (match := ADDRESS.match(line)) and match[1] == transport:
                return match[2]
        raise ConnectionError(f"no {transport} port yet")


class Database(Restartable):
    """A server of its own, on a port that stays the same."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port: int = listener.getsockname()[1]
        super().__init__("tests.durability.database", str(folder), str(self.port))

    @property
    def dsn(self) -> str:
        """For `--store`."""
        return f"clickhouse://default@127.0.0.1:{self.port}/default"
