"""What the SDK costs the agent: microseconds a step, beside bare OpenTelemetry."""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from opentelemetry import _logs, trace
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from rich import box
from rich.console import Console
from rich.table import Table

import wakeline
from bench.output import write_json
from bench.processes import BenchError, running
from wakeline.content import Content
from wakeline.conventions import SCOPE
from wakeline.providers import own_tracer_provider
from wakeline.recorder import Recorder, activate

STEPS = 5_000  # a round; all of it fits into the queues
ROUNDS = 5  # the best of them counts: others show what else the machine did
CASES = {
    "nothing": "the loop and the function alone",
    "off": "the SDK, off",
    "span": "bare OpenTelemetry: one span, six attributes, no export",
    "span-logs": "bare OpenTelemetry: one span and three log records, no export",
    "on": "the SDK: a tool span, a read, a decision and a write, no export",
    "export": "the same, with batched OTLP/HTTP export to this machine",
    "span-logs-export": "bare OpenTelemetry: one span and three log records, exported alike",
}
ATTRIBUTES = {
    "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "get_rate",
    "gen_ai.tool.type": "function", "gen_ai.agent.name": "billing",
    "gen_ai.tool.call.arguments": '{"account": "a-77"}', "gen_ai.tool.call.result": "19.9",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one step. wall_us: how long the agent waits; cpu_us: of all threads, export included."""

    case: str
    wall_us: float
    cpu_us: float


@wakeline.tool("get_rate")
def step(account: str) -> float:
    """Read, decide, write."""
    rate = wakeline.read(f"account:{account}", "rate", version=7, value=19.9, source="crm")
    made = wakeline.decision("adjust", inputs=[rate], confidence=0.93, policy_id="limits")
    wakeline.write(f"invoice:{account}", "amount", value=90.0, version=8, decision=made)
    return 19.9


def _nothing(account: str) -> float:
    return 19.9


def _bare(records: int, endpoint: str) -> Callable[[str], float]:
    if endpoint:  # the same exporters and queues as ours
        wakeline.init("bench", endpoint=endpoint)
        tracer, logger = trace.get_tracer("bench"), _logs.get_logger("bench")
    else:
        tracer = TracerProvider(shutdown_on_exit=False).get_tracer("bench")
        logger = LoggerProvider(shutdown_on_exit=False).get_logger("bench")

    def work(account: str) -> float:
        with tracer.start_as_current_span("execute_tool get_rate", attributes=ATTRIBUTES):
            for _ in range(records):
                logger.emit(timestamp=time.time_ns(), attributes=ATTRIBUTES, event_name="e")
        return 19.9

    return work


def _prepared(case: str, endpoint: str) -> Callable[[str], float]:
    """The work of one step of the case."""
    if case == "nothing":
        return _nothing
    if case.startswith("span"):
        return _bare(3 if "logs" in case else 0, endpoint if "export" in case else "")
    if case == "on":
        tracer = own_tracer_provider(Resource({})).get_tracer(SCOPE)
        logger = LoggerProvider(shutdown_on_exit=False).get_logger(SCOPE)
        activate(Recorder(tracer, logger, Content()))
    if case == "export":
        wakeline.init("bench", endpoint=endpoint)
    return step


def _round(work: Callable[[str], float], case: str, steps: int) -> Cost:
    """All the steps within one run of an agent; what waits is sent after the clock stopped."""
    with wakeline.case("case-1"), wakeline.agent("billing"):
        began_s, began_cpu_s = time.perf_counter(), time.process_time()
        for _ in range(steps):
            work("a-77")
        wall_s = time.perf_counter() - began_s
        wakeline.flush()
        cpu_s = time.process_time() - began_cpu_s
    return Cost(case, wall_s / steps * 1e6, cpu_s / steps * 1e6)


def measure(case: str, endpoint: str, steps: int) -> Cost:
    """The best of some rounds, in this process."""
    work = _prepared(case, endpoint)
    _round(work, case, max(steps // 10, 1))  # to warm up
    rounds = [_round(work, case, steps) for _ in range(ROUNDS)]
    wakeline.shutdown()
    return Cost(case, min(one.wall_us for one in rounds), min(one.cpu_us for one in rounds))


class _Sink(BaseHTTPRequestHandler):
    """Takes OTLP and forgets it."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


def _serve() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Sink)
    print(f"port {server.server_port}", flush=True)
    server.serve_forever()


def _in_a_process(case: str, endpoint: str, steps: int) -> Cost:
    """Each case has a process of its own, for OpenTelemetry's providers are set once."""
    command = [sys.executable, "-m", "bench.sdk", "--case", case, "--endpoint", endpoint]
    clean = {name: text for name, text in os.environ.items() if not name.startswith("OTEL_")}
    done = subprocess.run(
        [*command, "--steps", str(steps)], capture_output=True, text=True, check=False, env=clean
    )
    if done.returncode:
        raise BenchError(f"{case}: {done.stderr}")
    return Cost(**json.loads(done.stdout))


def _table(costs: list[Cost]) -> Table:
    table = Table("step", "us waited", "us CPU", "", box=box.SIMPLE_HEAD)
    for cost in costs:
        table.add_row(cost.case, f"{cost.wall_us:.1f}", f"{cost.cpu_us:.1f}", CASES[cost.case])
    return table


def _report(costs: list[Cost], steps: int) -> dict[str, Any]:
    cpu_us = {cost.case: cost.cpu_us for cost in costs}  # suffers least from noise
    return {
        "machine": {
            "cpus": len(os.sched_getaffinity(0)),
            "python": platform.python_version(),
            "load_average": os.getloadavg(),
        },
        "steps": steps,
        "cases": [asdict(cost) for cost in costs],
        "ratios": {
            "on / span-logs": cpu_us["on"] / cpu_us["span-logs"],
            "export / span-logs-export": cpu_us["export"] / cpu_us["span-logs-export"],
        },
    }


def main() -> None:
    """Measure all cases and print them, or one case for the process that asked."""
    parser = argparse.ArgumentParser(prog="python -m bench.sdk", description=__doc__)
    parser.add_argument("--steps", type=int, default=STEPS, help="a round [%(default)s]")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the JSON here [stdout]")
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    parser.add_argument("--endpoint", default="", help=argparse.SUPPRESS)
    parser.add_argument("--sink", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.sink:
        _serve()
    elif given.case:
        print(json.dumps(asdict(measure(given.case, given.endpoint, given.steps))))
    else:
        with running([sys.executable, "-m", "bench.sdk", "--sink"], "the sink") as sink:
            endpoint = f"http://127.0.0.1:{sink.line('port', 60).split()[1]}"
            costs = [_in_a_process(case, endpoint, given.steps) for case in CASES]
        Console().print(_table(costs))
        write_json(_report(costs, given.steps), given.json)


if __name__ == "__main__":
    main()
