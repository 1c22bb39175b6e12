"""Does every setting, command, route, scope and error occur in the documentation, as it is?"""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from api import application
from api.errors import http_status
from api.ports import Parts
from app.cli import cli
from app.settings import OTHER_VARIABLES
from collector.status import wire_status
from domain.access import Scope
from domain.errors import NotFound, WakelineError
from tests.app import configuration_table
from tests.domain.test_errors import ERRORS

DOCS = Path(__file__).parents[2] / "docs"
CONFIGURATION = (DOCS / "configuration.md").read_text()
REFERENCE = (DOCS / "reference.md").read_text()


@pytest.mark.parametrize("section", configuration_table.sections())
def test_every_setting_is_described_as_it_is(section: str) -> None:
    assert configuration_table.table(section) in CONFIGURATION


def test_no_setting_is_described_that_is_not_there() -> None:
    described = re.findall(r"^\| `([\w.]+)` \|", CONFIGURATION, re.MULTILINE)
    tables = "".join(map(configuration_table.table, configuration_table.sections()))
    assert described == re.findall(r"^\| `([\w.]+)` \|", tables, re.MULTILINE)


@pytest.mark.parametrize("variable", sorted(OTHER_VARIABLES))
def test_every_other_variable_is_described(variable: str) -> None:
    assert f"`{variable}`" in CONFIGURATION


def commands(group: Any, path: str = "wakeline") -> Iterator[str]:
    """The full name of every command below a group."""
    for word, command in group.commands.items():
        if getattr(command, "invoke_without_command", False):
            yield f"{path} {word}"
        if hasattr(command, "commands"):
            yield from commands(command, f"{path} {word}")
        else:
            yield f"{path} {word}"


def rows(pattern: str) -> list[Any]:
    """What `pattern` finds at the start of a table's row."""
    return re.findall(rf"^\| {pattern}", REFERENCE, re.MULTILINE)


def test_every_command_is_described_and_no_other() -> None:
    described = rows(r"`(wakeline [a-z ]*[a-z])(?: [A-Z…]+)?` \|")
    assert sorted(described) == sorted(commands(get_command(cli)))


def test_every_route_is_described_and_no_other() -> None:
    nothing: Any = None
    paths = application.build(Parts(*[nothing] * len(fields(Parts)))).openapi()["paths"]
    routes = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    described = set(rows(r"`((?:GET|POST|PUT|DELETE) /\S*)` \|"))
    assert described == routes | {"GET /", "GET /openapi.json"}
    assert rows(r"`GET`, `POST /ch/` \|")


def test_every_scope_is_described_and_no_other() -> None:
    table = REFERENCE.partition("| scope | opens |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(Scope)


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_is_described_with_its_status(kind: type[WakelineError]) -> None:
    ((api_status, otlp_status),) = rows(rf"`{kind.__name__}` \| [^|]+ \| (\d+) \|(?: (\d+))?")
    assert int(api_status) == http_status(kind("text"))
    if otlp_status and kind is not NotFound:  # which only HTTP knows
        assert int(otlp_status) == wire_status(kind("text")).http_status
