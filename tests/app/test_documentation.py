"""Does every setting, command, route, scope and error occur in the documentation, as it is?"""

import re
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from api import application
from api.errors import STATUSES
from api.ports import Parts
from app.cli import cli
from app.settings import OTHER_VARIABLES
from collector import status
from domain.access import Scope
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


def commands(group: Any, path: str = "wakeline") -> list[str]:
    """The full name of every command below a group."""
    return [
        name
        for word, command in group.commands.items()
        for name in (
            commands(command, f"{path} {word}")
            if hasattr(command, "commands")
            else [f"{path} {word}"]
        )
    ]


def test_every_command_is_described_and_no_other() -> None:
    described = re.findall(
        r"^\| `(wakeline [a-z ]*[a-z])(?: [A-Z…]+)?` \|", REFERENCE, re.MULTILINE
    )
    assert sorted(described) == sorted(commands(get_command(cli)))


def test_every_route_is_described_and_no_other() -> None:
    nothing: Any = None
    schema = application.build(Parts(nothing, nothing, nothing, nothing)).openapi()
    routes = {
        f"{method.upper()} {path}"
        for path, methods in schema["paths"].items()
        for method in methods
    }
    described = set(re.findall(r"^\| `((?:GET|POST|DELETE) /\S*)` \|", REFERENCE, re.MULTILINE))
    assert described == routes | {"GET /", "GET /openapi.json"}
    assert "`GET`, `POST /ch/`" in REFERENCE


def test_every_scope_is_described() -> None:
    for scope in Scope:
        assert f"| `{scope}` |" in REFERENCE


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_is_described_with_its_status(kind: type[Any]) -> None:
    row = re.search(
        rf"^\| `{kind.__name__}` \| .+? \| (\d+) \| (\d*).* \|$", REFERENCE, re.MULTILINE
    )
    assert row
    error = kind("text")
    assert int(row[1]) == next(STATUSES[base] for base in kind.__mro__ if base in STATUSES)
    if row[2] and kind in status.STATUSES:
        assert int(row[2]) == status.wire_status(error).http_status
