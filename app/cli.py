"""The command line: `wakeline COMMAND`; errors are one line on stderr that says cause and mend."""

import sys

import typer

from app.commands import demo, inspect, keys, migrate, replay, run, sql
from domain.errors import WakelineError

cli = typer.Typer(
    name="wakeline",
    help="Follows the wake of what AI agents did.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (run, replay, sql, inspect, migrate, demo):
    module.register(cli)
cli.add_typer(keys.cli, name="keys")


def main() -> None:
    """Entry point; exit code 0 only when it did what was asked."""
    try:
        cli()
    except WakelineError as error:
        sys.stderr.write(f"wakeline: {error}\n")
        sys.exit(1)
