"""How many spans a second does the intake take until they are queryable, and at what cost?"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

import httpx
from rich.console import Console

from bench import measure, peers
from bench.measure import Case, Figures
from bench.output import write_json
from bench.peers import PeerFigures
from bench.processes import BenchError, end_children_on_signals
from bench.report import Report

# Each load lasts about 20 s where the targets are met.
CASES = (
    Case("http-512", "http", size=512, requests=5860, connections=8),
    Case("grpc-512", "grpc", size=512, requests=4000, connections=8),
    Case("http-50", "http", size=50, requests=24_000, connections=16),
    Case("grpc-50", "grpc", size=50, requests=20_000, connections=16),
    Case("http-1", "http", size=1, requests=80_000, connections=64),
    Case("grpc-1", "grpc", size=1, requests=40_000, connections=64),
)
CHOICES = (*(case.name for case in CASES), "data")
QUICK_PART = 10
PEER_SPANS = 10_240
PEER_SPANS_QUICK = 2048
FILE_CONNECTIONS = 8
TABLE_COLUMNS = 100  # where no terminal says


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.ingest", description=f"{__doc__} See bench/README.md."
    )
    parser.add_argument("--quick", action="store_true", help="a tenth of the load, to develop with")
    parser.add_argument(
        "--only", action="append", choices=CHOICES, metavar="CASE",
        help=f"this case alone (repeatable): {', '.join(CHOICES)}",
    )  # fmt: skip
    parser.add_argument(
        "--peers", action=argparse.BooleanOptionalAction, default=None,
        help="measure Phoenix and MLflow too [if `make bench-peers` installed them]",
    )  # fmt: skip
    parser.add_argument(
        "--data", type=Path, action="append", default=[], metavar="FILE",
        help="also send this file of length-delimited OTLP (repeatable)",
    )  # fmt: skip
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write the JSON here [stdout, after the table]"
    )
    return parser.parse_args()


def _cases(arguments: argparse.Namespace) -> list[Case]:
    chosen = [case for case in CASES if not arguments.only or case.name in arguments.only]
    part = QUICK_PART if arguments.quick else 1
    files = [
        Case(f"http-{path.name}", "http", 0, 0, FILE_CONNECTIONS, path) for path in arguments.data
    ]
    return [_shortened(case, part) for case in chosen] + files


def _shortened(case: Case, part: int) -> Case:
    return Case(case.name, case.transport, case.size, case.requests // part, case.connections)


def _with_peers(arguments: argparse.Namespace) -> bool:
    """Asked for, or by themselves in a run of all cases when they are installed."""
    missing = peers.missing()
    if arguments.peers and missing:
        raise BenchError(f"{', '.join(missing)}: not installed; run `make bench-peers`")
    if arguments.peers is None:
        return not missing and not arguments.only
    return bool(arguments.peers)


def _measured(cases: Iterable[Case], console: Console) -> list[Figures]:
    figures = []
    for case in cases:
        console.print(f"measuring {case.name}: {case.connections} requests at once")
        figures.append(measure.measure(case))
    return figures


def _peers(arguments: argparse.Namespace, console: Console) -> list[PeerFigures]:
    if not _with_peers(arguments):
        return []
    console.print("measuring the peers: about two minutes")
    return list(peers.measure_all(PEER_SPANS_QUICK if arguments.quick else PEER_SPANS))


def main() -> None:
    """Exit code 0 when everything was measured, whether or not the targets are met."""
    arguments = _arguments()
    end_children_on_signals()
    console = Console(stderr=True)
    try:
        _with_peers(arguments)  # complain now rather than after the measurement
        report = Report(
            _measured(_cases(arguments), console), _peers(arguments, console), arguments.quick
        )
    except (BenchError, httpx.HTTPError) as error:
        sys.exit(f"bench.ingest: {error}")
    report.print(Console(width=None if sys.stdout.isatty() else TABLE_COLUMNS))
    write_json(report.as_json(), arguments.json)


if __name__ == "__main__":
    main()
