"""Processes that a benchmark starts: output, use of the machine, and their certain end."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from types import FrameType

STOP_SECONDS_MAX = 60.0
LINES_KEPT = 200
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class BenchError(Exception):
    """The benchmark cannot go on; the message says what failed."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a process and its descendants have used of the machine so far."""

    cpu_s: float
    peak_bytes: int


class Child:
    """A running process whose stdout and stderr are read, so that it never blocks on them."""

    def __init__(self, process: "subprocess.Popen[str]", name: str) -> None:
        self.pid = process.pid
        self._process = process
        self._name = name
        self._tail: deque[str] = deque(maxlen=LINES_KEPT)
        self._lines: SimpleQueue[str] = SimpleQueue()
        for stream in (process.stdout, process.stderr):
            threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def line(self, start: str, seconds_max: float) -> str:
        """The next line that begins with `start`; earlier ones are skipped. Raises BenchError."""
        until = time.monotonic() + seconds_max
        while (left := until - time.monotonic()) > 0:
            try:
                line = self._lines.get(timeout=min(left, 0.2))
            except Empty:
                if self._process.poll() is not None and self._lines.empty():
                    raise self.error("ended") from None
                continue
            if line.startswith(start):
                return line
        raise self.error(f"said no '{start}' in {seconds_max:.0f} s")

    def say(self, line: str) -> None:
        """Write a line to its stdin."""
        assert self._process.stdin
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def check(self) -> None:
        """Raises BenchError unless it still runs."""
        if self._process.poll() is not None:
            raise self.error("ended")

    def use(self) -> Use:
        """CPU time and the sum of the peaks of resident memory, of it and its descendants."""
        uses = [_use(pid) for pid in _family(self.pid)]
        return Use(sum(use.cpu_s for use in uses), sum(use.peak_bytes for use in uses))

    def error(self, what: str) -> BenchError:
        """`what` happened, and the last words of the process."""
        return BenchError(f"{self._name} {what}:\n" + "".join(self._tail))

    def stop(self) -> None:
        """SIGTERM to the whole group, and SIGKILL when that does not help."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._process.poll() is None:
                os.killpg(self.pid, number)
                try:
                    self._process.wait(STOP_SECONDS_MAX)
                except subprocess.TimeoutExpired:
                    continue
        try:  # what the leader left behind
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def _read(self, stream: Iterator[str]) -> None:
        for line in stream:
            self._tail.append(line)
            self._lines.put(line)


@contextmanager
def running(
    command: Sequence[str],
    name: str,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Iterator[Child]:
    """Run `command` in `folder` while the block runs. Raises BenchError when it cannot start."""
    try:
        process = subprocess.Popen(
            command, env=environment, cwd=folder, text=True, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
    except OSError as error:
        raise BenchError(f"{name} cannot be started: {error}") from error
    child = Child(process, name)
    try:
        yield child
    finally:
        child.stop()


def end_children_on_signals() -> None:
    """SIGTERM and SIGHUP unwind the stack as Ctrl-C does, so that no block is left without end."""

    def leave(number: int, _: FrameType | None) -> None:
        sys.exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)


def _family(pid: int) -> list[int]:
    """`pid` and its descendants that live."""
    family = [pid]
    for parent in family:
        try:
            lists = [path.read_text() for path in Path(f"/proc/{parent}/task").glob("*/children")]
        except FileNotFoundError:
            continue
        family.extend(int(child) for text in lists for child in text.split())
    return family


def _use(pid: int) -> Use:
    """proc(5): utime and stime of the whole process, VmHWM = peak of resident memory."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return Use(0.0, 0)
    user, system = stat.rpartition(")")[2].split()[11:13]
    peak_kib = status.partition("VmHWM:")[2].split(maxsplit=1)[0] if "VmHWM:" in status else "0"
    return Use((int(user) + int(system)) / TICKS_PER_S, int(peak_kib) * 1024)
