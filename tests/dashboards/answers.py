"""What an engine answers to a statement, and what every dashboard is asked for at first."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from storage.http_engine import EmbeddedEngine, Query
from storage.store import Store
from tests.dashboards import plugin, seeding

UNQUOTED = {"output_format_json_quote_64bit_integers": "0"}
# The engines stamp what they find when they find it, which is when these tests get their turn.
SINCE, UNTIL = seeding.before(days=12), seeding.before(hours=-2)
VARIABLES: Mapping[str, plugin.Value] = dict.fromkeys(
    ("tenant", "agent", "version", "action"), plugin.ALL
)


@dataclass(frozen=True)
class Answer:
    """Rows, and columns with their types."""

    rows: list[dict[str, Any]]
    columns: dict[str, str]


def answer(engine: EmbeddedEngine, statement: str) -> Answer:
    """As /ch answers, which also asks whether a reader may."""
    return _read(engine.run(Query(statement.encode(), "JSON", settings=UNQUOTED)).body)


def quick(store: Store, statement: str) -> Answer:
    """The same in a tenth of the time; 64-bit numbers are text."""
    return _read(store.read_only(statement, "JSON"))


def _read(body: bytes) -> Answer:
    said = json.loads(body)
    return Answer(said["data"], {column["name"]: column["type"] for column in said["meta"]})
