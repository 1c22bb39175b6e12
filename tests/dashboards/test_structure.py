"""Is every dashboard what is generated, whole, and bounded; do its links lead somewhere?"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from itertools import combinations
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards import alerts, build
from dashboards.registry import BOARDS
from storage import sql
from tests.dashboards import boards

Board = dict[str, Any]
ROOT = boards.FOLDER.parent
SOURCE = "${datasource}"
UIDS = {board["uid"] for board in boards.BOARDS.values()}
VIEWS = {view.name for view in sql.reading_views()}
# Reads no rows but those of one chain, of what is watched now, or of the tables' own figures.
BOUNDED = ("$__timeFilter(", "subject = ${subject:singlequote}", "$__fromTime", "FROM v1_parts")


def structure(board: Board) -> Iterator[str]:
    """What is missing in a dashboard."""
    for name in ("uid", "title", "description"):
        if not board.get(name):
            yield f"no {name}"
    if board["schemaVersion"] not in range(39, 43):
        yield "a schema that not every supported Grafana reads"
    yield from twice("id", [panel["id"] for panel in board["panels"]])
    yield from twice("title", [f"{p['title']} {p['type']}" for p in boards.panels(board)])
    for one in boards.panels(board):
        yield from (f"{one['title']}: {said}" for said in panel(one))
    yield from overlaps(board)
    for link in links(board):
        if (found := re.match(r"/d/([\w-]+)", link)) and found[1] not in UIDS:
            yield f"a link to {found[1]}, which is no dashboard"
        if not link.startswith(("/d/", "/explore?", "${wakeline}/")):
            yield f"a link to {link}"


def twice(what: str, said: list[Any]) -> Iterator[str]:
    yield from (f"{what} {one} is there twice" for one in set(said) if said.count(one) > 1)


def panel(one: Mapping[str, Any]) -> Iterator[str]:
    for name in ("title", "description", "type"):
        if not one.get(name):
            yield f"no {name}"
    if one["datasource"]["uid"] != SOURCE:
        yield "another data source than the chosen one"
    if not one["fieldConfig"]["defaults"].get("unit"):
        yield "no unit"
    for target in one["targets"]:
        yield from query(target["rawSql"])


def query(text: str) -> Iterator[str]:
    if not any(bound in text for bound in BOUNDED):
        yield "reads from the beginning of time"
    if "LIMIT" not in text and "GROUP BY" in re.sub(r"\(.*\)", "", text, flags=re.DOTALL):
        yield "as many rows as there are groups"
    if unknown := set(re.findall(r"(?:FROM|(?<!ARRAY )JOIN) (\w+)", text)) - VIEWS:
        yield f"reads {unknown}, no views"
    if "{" in re.sub(r"\$\{[\w:]+\}", "", text):
        yield "a condition that is not known"
    if "hasToken(" in text:
        yield "a function that not every ClickHouse has"


def overlaps(board: Board) -> Iterator[str]:
    places = [(p["title"], p["gridPos"]) for p in board["panels"]]
    for title, place in places:
        if place["x"] + place["w"] > 24:
            yield f"{title} is over the edge"
    for (first, a), (second, b) in combinations(places, 2):
        across = a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"]
        down = a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"]
        if across and down:
            yield f"{first} lies over {second}"


def links(board: Board) -> Iterator[str]:
    yield from (link["url"] for link in board["links"])
    for one in boards.panels(board):
        for override in one["fieldConfig"]["overrides"]:
            for said in override["properties"]:
                if said["id"] == "links":
                    yield from (link["url"] for link in said["value"])


def test_what_is_committed_is_what_is_generated() -> None:
    for name, text in build.files().items():
        committed = (boards.FOLDER / name).read_text(encoding="utf-8")
        assert committed == text, f"{name} is old: python -m dashboards.build"
    assert {path.name for path in boards.FOLDER.glob("generated/*")} == {
        f"{board.name}.json" for board in BOARDS
    }


@pytest.mark.parametrize("name", boards.BOARDS)
def test_a_dashboard_is_whole(name: str) -> None:
    assert not list(structure(boards.BOARDS[name]))


@pytest.mark.parametrize("name", boards.BOARDS)
def test_grafanas_own_types_read_a_dashboard_and_lose_nothing(name: str) -> None:
    read = Dashboard.from_json(deepcopy(boards.BOARDS[name]))
    again = json.loads(json.dumps(read, cls=JSONEncoder))
    assert again["uid"] == f"wakeline-{name}"
    assert len(again["panels"]) == len(boards.BOARDS[name]["panels"])
    for before, after in zip(boards.BOARDS[name]["panels"], again["panels"], strict=True):
        for part in ("type", "title", "gridPos", "fieldConfig", "options"):
            assert after.get(part) == before.get(part), (before["title"], part)


def test_every_statement_is_asked_by_somebody() -> None:
    asked = {f"{board.name}/{name}" for board in BOARDS for section in board.sections
             for one in section.panels for name in (one.query, one.edges) if name}  # fmt: skip
    asked |= {f"variables/{name}" for board in BOARDS for name in board.variables}
    asked |= {f"annotations/{name}" for board in BOARDS for name in board.annotations}
    asked |= {f"alerts/{alert.name}" for alert in alerts.ALERTS}
    folder = sql.ROOT / "panels"
    there = {f"{path.parent.name}/{path.stem}" for path in folder.glob("*/*.sql")}
    assert asked == there


@pytest.mark.parametrize(
    "path", sorted((sql.ROOT / "panels").glob("*/*.sql")), ids=lambda p: p.stem
)
def test_a_statement_opens_with_its_question(path: Any) -> None:
    lines = path.read_text().splitlines()
    said = [line for line in lines if line.startswith("-- ")]
    assert lines[: len(said)] == said
    assert " ".join(said)[-1] in "?."
    assert max(map(len, lines)) <= 130


@pytest.mark.parametrize("alert", alerts.ALERTS, ids=lambda alert: alert.name)
def test_an_alert_has_a_bound_a_page_for_whoever_is_called_and_no_variables(
    alert: alerts.Alert,
) -> None:
    rule = alerts.rule(alert)
    text = rule["data"][0]["model"]["rawSql"]
    assert not list(query(text))
    # The backend knows neither variables nor what the frontend puts in.
    assert not re.search(r"\$\{|\$__conditionalAll|\$__adHocFilters|\$(?!__)\w", text)
    page = (ROOT / "docs" / "runbooks" / f"{alert.name}.md").read_text()
    for heading in ("## What it means", "## First look", "## Mend"):
        assert heading in page
    assert f"wakeline-{alert.board}" in UIDS
    assert rule["annotations"]["runbook_url"].endswith(f"/docs/runbooks/{alert.name}.md")


def test_every_page_is_of_an_alert_and_every_variable_of_provisioning_is_asked_for() -> None:
    pages = {path.stem for path in (ROOT / "docs" / "runbooks").glob("*.md")} - {"README"}
    assert pages == {alert.name for alert in alerts.ALERTS}
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    given = set(compose["services"]["grafana"]["environment"])
    for path in boards.FOLDER.glob("provisioning/*/*.yaml"):
        if path.name != "rules.yaml":  # where dollars are Grafana's own
            text = path.read_text()
            yaml.safe_load(text)
            assert set(re.findall(r"\$(\w+)", text)) <= given


def _without(name: str) -> Callable[[Board], object]:
    return lambda board: board.pop(name)


def _in_panel(**said: Any) -> Callable[[Board], object]:
    return lambda board: board["panels"][1].update(said)


def _asks(text: str) -> Callable[[Board], object]:
    return lambda board: board["panels"][1]["targets"][0].update(rawSql=text)


MISTAKES: Mapping[str, Callable[[Board], object]] = {
    "without a uid": _without("uid"),
    "without a question": _without("description"),
    "of a newer schema": lambda board: board.update(schemaVersion=43),
    "a panel twice": lambda board: board["panels"].append(board["panels"][1]),
    "no description": _in_panel(description=""),
    "a fixed data source": _in_panel(datasource={"uid": "prometheus"}),
    "no unit": _in_panel(fieldConfig={"defaults": {}, "overrides": []}),
    "over another": _in_panel(gridPos={"x": 0, "y": 0, "w": 30, "h": 2}),
    "unbounded": _asks("SELECT count() FROM v1_steps"),
    "of a table": _asks("SELECT count() FROM steps WHERE $__timeFilter(ts)"),
    "many groups": _asks("SELECT agent FROM v1_steps WHERE $__timeFilter(ts) GROUP BY agent"),
    "half a condition": _asks("SELECT count() FROM v1_steps WHERE $__timeFilter(ts) AND {x}"),
    "a token": _asks("SELECT hasToken(a, 'b') FROM v1_steps WHERE $__timeFilter(ts)"),
    "a lost link": lambda board: board["links"].append({"url": "/d/lost"}),
    "a foreign link": lambda board: board["links"].append({"url": "https://example.org"}),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(mistake: str) -> None:
    wrong = deepcopy(boards.BOARDS["fleet"])
    MISTAKES[mistake](wrong)
    assert list(structure(wrong))
