"""How many unchanged conditional requests for limits a second, and how soon does a stop arrive?

usage: python -m bench.thresholds [--seconds 10] [--streams 200] [--stops 20] [--json FILE]

One `wakeline up` on an empty folder, keys required; the load comes from this process, on the same
cores. A request asks with the tag of the document, as agents do, and gets 304. For stops, so many
streams of Server-Sent Events are open; the time is from sending the order to each stream's event.
"""

import argparse
import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

CONNECTIONS = 16
WARM_SECONDS = 1.0
AGENT = "billing"
Figures = dict[str, float]
Queue = asyncio.Queue[tuple[float, bytes]]  # when a stream said what


def main() -> None:
    """Prints the figures; ends with 1 when they could not be measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--stops", type=int, default=20)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = _measured(Path(folder) / "data", asked)
    for name, value in figures.items():
        print(f"{name:<24}{value:>12,.2f}")
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1))


def _measured(data: Path, asked: argparse.Namespace) -> Figures:
    environment = os.environ | {"WAKELINE_AUTH__MODE": "required"}
    ports = ("--port", "0", "--grpc-port", "0", "--http-port", "0")
    command = [str(Path(sys.executable).with_name("wakeline")), "up", "--data", str(data), *ports]
    server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        url, token = _announced(data)
        ticks = os.sysconf("SC_CLK_TCK")
        begun = _cpu_ticks(server.pid)
        figures = asyncio.run(_requests(url, token, asked.seconds))
        spent = (_cpu_ticks(server.pid) - begun) / ticks
        figures["server CPU us/request"] = spent * 1e6 / figures["requests"]
        return figures | asyncio.run(_stops(url, token, asked.streams, asked.stops))
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def _announced(data: Path) -> tuple[str, str]:
    end = time.monotonic() + 120
    while not (data / "wakeline.json").exists():
        if time.monotonic() > end:
            sys.exit("the server did not start")
        time.sleep(0.05)
    said = json.loads((data / "wakeline.json").read_text())
    return said["api_url"], said["token"]


def _cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


async def _requests(url: str, token: str, seconds: float) -> Figures:
    """Closed loop: each connection sends the next request when it has its answer."""
    async with httpx.AsyncClient(base_url=url, headers={"x-api-key": token}) as http:
        tag = (await http.get(f"/v1/thresholds/{AGENT}")).headers["etag"]
    host, port = url.removeprefix("http://").split(":")
    head = (
        f"GET /v1/thresholds/{AGENT} HTTP/1.1\r\nhost: {host}:{port}\r\n"
        f"x-api-key: {token}\r\nif-none-match: {tag}\r\n\r\n"
    ).encode()
    await _loop(host, int(port), head, WARM_SECONDS)
    begun = time.perf_counter()
    loops = (_loop(host, int(port), head, seconds) for _ in range(CONNECTIONS))
    times = [each for some in await asyncio.gather(*loops) for each in some]
    taken = time.perf_counter() - begun
    return {
        "requests": float(len(times)),
        "requests/s": len(times) / taken,
        **_spread("answer", times),
    }


async def _loop(host: str, port: int, head: bytes, seconds: float) -> list[float]:
    reader, writer = await asyncio.open_connection(host, port)
    times = []
    end = time.perf_counter() + seconds
    while (begun := time.perf_counter()) < end:
        writer.write(head)
        answer = await reader.readuntil(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 304"):
            sys.exit(f"not unchanged: {answer!r}")
        times.append(time.perf_counter() - begun)
    writer.close()
    return times


async def _stops(url: str, token: str, streams: int, stops: int) -> Figures:
    queues: list[Queue] = [asyncio.Queue() for _ in range(streams)]
    listening = [asyncio.create_task(_listen(url, token, queue)) for queue in queues]
    for queue in queues:
        await queue.get()
    async with httpx.AsyncClient(base_url=url, headers={"x-api-key": token}, timeout=60.0) as http:
        times = [each for _ in range(stops) for each in await _stop(http, queues)]
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    return {"streams": float(streams), **_spread("stop", times)}


async def _listen(url: str, token: str, queue: Queue) -> None:
    """Over a plain socket, for a library would take longer than the server does."""
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"GET /v1/threshold-stream/{AGENT} HTTP/1.1\r\nhost: {host}:{port}\r\n"
    writer.write(f"{head}x-api-key: {token}\r\n\r\n".encode())
    while line := await reader.readline():
        if line.startswith(b"data: "):
            queue.put_nowait((time.perf_counter(), line))


async def _stop(http: httpx.AsyncClient, queues: Sequence[Queue]) -> list[float]:
    """One order, until every stream has it; then it is released."""
    order: dict[str, Any] = {"scope": "agent", "agent": AGENT, "reason": "measured"}
    begun = time.perf_counter()
    made = await http.post("/v1/kills", json=order | {"recovery": "at_once"})
    switch = made.json()["switch_id"]
    needle = switch.encode()
    times = []
    for queue in queues:
        at, line = await queue.get()
        if needle not in line:
            sys.exit("a stream said something else")
        times.append(at - begun)
    await http.post(f"/v1/kills/{switch}/release", json={"why": "measured"})
    for queue in queues:
        await queue.get()
    return times


def _spread(name: str, times: Sequence[float]) -> Figures:
    """Of seconds, in ms."""
    ranked = sorted(each * 1000 for each in times)
    return {
        f"{name} ms, p50": statistics.median(ranked),
        f"{name} ms, p99": ranked[int(len(ranked) * 0.99)],
        f"{name} ms, most": ranked[-1],
    }


if __name__ == "__main__":
    main()
