"""Runs commands of `wakeline`: in this process, or as the executable that users start."""

import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx

from app.cli import main
from app.data_folder import RUNTIME

EXECUTABLE = Path(sys.executable).with_name("wakeline")
BYTECODE = Path(__file__).parents[2] / ".pytest_cache" / "bytecode"
SECONDS_MAX = 120.0
FREE_PORTS = ("--grpc-port", "0", "--http-port", "0", "--port", "0")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """All of stdout, as JSON."""
        return json.loads(self.out)

    def refused(self) -> str:
        """The one line on stderr of a command that did not do what was asked."""
        assert self.code == 1, self
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("wakeline: "), self.err
        return lines[0].removeprefix("wakeline: ")


class Terminal(io.TextIOWrapper):
    """A stream that says it is one."""

    def isatty(self) -> bool:
        return True


def invoke(*arguments: object, terminal: bool = False) -> Outcome:
    """In this process, from the entry point on; as if typed on a terminal when wanted."""
    before = sys.argv, sys.stdout, sys.stderr
    stream = Terminal if terminal else io.TextIOWrapper
    told = io.BytesIO(), io.BytesIO()
    out, err = (stream(buffer, encoding="utf-8") for buffer in told)
    sys.argv, sys.stdout, sys.stderr = ["wakeline", *map(str, arguments)], out, err
    try:
        main()
    except SystemExit as stop:
        code = stop.code
    finally:
        sys.argv, sys.stdout, sys.stderr = before
    out.flush()
    err.flush()
    return Outcome(int(code or 0), *(buffer.getvalue().decode() for buffer in told))


def told_so_far() -> str:
    """Stdout of the command that `invoke` runs now."""
    assert isinstance(sys.stdout.buffer, io.BytesIO)
    return sys.stdout.buffer.getvalue().decode()


def while_running(
    visit: Callable[[dict[str, Any]], None],
    data: Path,
    *arguments: object,
    ports: tuple[object, ...] = FREE_PORTS,
) -> Outcome:
    """A command that runs until SIGTERM, in this process; `visit` is called while it runs.

    visit: gets what the instance announced; what it raises is raised here.
    """
    over = threading.Event()

    def watch() -> None:
        while not (data / RUNTIME).exists():
            if over.wait(0.02):
                return
        try:
            visit(json.loads((data / RUNTIME).read_text()))
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    with ThreadPoolExecutor(1) as visitor:
        visited = visitor.submit(watch)
        try:
            outcome = invoke(*arguments, "--data", data, *ports)
        finally:
            over.set()
        visited.result()
    return outcome


def environment(**settings: str) -> dict[str, str]:
    """Of this process, with no settings but these."""
    inherited = {name: text for name, text in os.environ.items() if "WAKELINE" not in name}
    # Compiled modules halve the time that a start takes.
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(BYTECODE)}
    return inherited | compiled | settings


def execute(*arguments: object, cwd: Path | None = None, **settings: str) -> Outcome:
    """As the executable; `settings` are environment variables."""
    done = subprocess.run(
        [EXECUTABLE, *map(str, arguments)],
        capture_output=True, text=True, timeout=SECONDS_MAX, check=False, cwd=cwd,
        env=environment(**settings),
    )  # fmt: skip
    return Outcome(done.returncode, done.stdout, done.stderr)


class Instance:
    """A running `wakeline up`; use as a context manager. `told` is what it said so far."""

    role: tuple[str, ...] = ("up", *FREE_PORTS)

    def __init__(self, data: Path, *options: object, **settings: str) -> None:
        self.data = data
        self.process = subprocess.Popen(
            [EXECUTABLE, *self.role, "--data", data, *map(str, options)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=environment(**settings),
        )  # fmt: skip
        self._watchdog = threading.Timer(SECONDS_MAX, self.process.kill)
        self._watchdog.start()
        assert self.process.stdout is not None
        self._output = self.process.stdout
        self.told = ""
        while not self.told.endswith("ready\n"):
            line = self._output.readline()
            assert line, self.told
            self.told += line
        self.announced = json.loads((data / RUNTIME).read_text())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.end(signal.SIGTERM)

    def end(self, *signals: signal.Signals) -> int:
        """Send the signals; the exit code. What it says meanwhile is added to `told`."""
        for number in signals:
            self.process.send_signal(number)
        self.told += self._output.read()
        self._output.close()
        code = self.process.wait()
        self._watchdog.cancel()
        return code

    @property
    def grpc_port(self) -> int:
        """Where it takes OTLP over gRPC."""
        return int(self.told.partition("OTLP gRPC")[2].splitlines()[0].rpartition(":")[2])

    def get(self, path: str, **headers: str) -> httpx.Response:
        """An answer of its API, without its local token."""
        return httpx.get(self.announced["api_url"] + path, headers=headers, timeout=SECONDS_MAX)
