"""The dashboards as they are committed, taken apart into the queries that they ask."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "dashboards"
BOARDS: Mapping[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("generated/*.json"))
}
RULES: list[dict[str, Any]] = yaml.safe_load(
    (FOLDER / "provisioning" / "alerting" / "rules.yaml").read_text()
)["groups"][0]["rules"]


@dataclass(frozen=True)
class Asked:
    """One query: of a panel, a variable or an annotation of a dashboard."""

    board: str
    title: str
    kind: str
    ref: str
    sql: str

    def __str__(self) -> str:
        return f"{self.board}/{self.title}/{self.ref}"


def panels(board: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """All but the headings."""
    yield from (panel for panel in board["panels"] if panel["type"] != "row")


def queries() -> Iterator[Asked]:
    """Of all dashboards."""
    for name, board in BOARDS.items():
        for panel in panels(board):
            for target in panel["targets"]:
                yield Asked(name, panel["title"], panel["type"], target["refId"], target["rawSql"])
        for variable in board["templating"]["list"]:
            if variable["type"] == "query":
                yield Asked(name, variable["name"], "variable", "V", variable["query"])
        for mark in board["annotations"]["list"]:
            yield Asked(name, mark["name"], "annotation", "N", mark["target"]["rawSql"])


# Variables and annotations are the same in many dashboards.
ALL = tuple({(one.kind, one.sql): one for one in reversed(tuple(queries()))}.values())[::-1]
