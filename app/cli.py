"""The command line: `wakeline COMMAND`; errors are one line on stderr that says cause and mend."""

import io
import logging
import sys

import typer

from app.commands import (
    analyze,
    attribute,
    audit,
    chain,
    chains,
    cohorts,
    compare,
    demo,
    drift,
    findings,
    inspect,
    keys,
    kill,
    migrate,
    outcomes,
    policies,
    prices,
    replay,
    review,
    run,
    signatures,
    sql,
    thresholds,
    tools,
    top,
    tune,
)
from domain.errors import WakelineError

cli = typer.Typer(
    name="wakeline",
    help="Follows the wake of what AI agents did.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (
    run, replay, analyze, findings, drift, compare, chain, chains, attribute, cohorts, sql, inspect,
    top, migrate, demo, tune,
):  # fmt: skip
    module.register(cli)
cli.add_typer(keys.cli, name="keys")
cli.add_typer(tools.cli, name="tools")
cli.add_typer(policies.cli, name="policies")
cli.add_typer(outcomes.cli, name="outcomes")
cli.add_typer(audit.cli, name="audit")
cli.add_typer(thresholds.cli, name="thresholds")
cli.add_typer(kill.cli, name="kill")
cli.add_typer(review.cli, name="review")
cli.add_typer(signatures.cli, name="signatures")
cli.add_typer(prices.cli, name="prices")


def main() -> None:
    """Entry point; exit code 0 only when it did what was asked."""
    _prepare_output()
    try:
        cli()
    except WakelineError as error:
        _fail(str(error))
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        _fail(f"{place}{error.strerror or error}")


def _prepare_output() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that can not show a character shows a mark in its place.
            stream.reconfigure(errors="backslashreplace")
    # The driver and its pool log what they also raise; it is told once, in our words.
    for name in ("clickhouse_connect", "urllib3"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _fail(text: str) -> None:
    sys.stderr.write(f"wakeline: {' '.join(text.split())}\n")
    sys.exit(1)
