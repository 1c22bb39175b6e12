"""The statements of panels, variables, annotations and alerts, as Grafana sends them."""

from functools import cache
from pathlib import Path

from grafana_foundation_sdk.cog.variants import Dataquery

# The only SQL is in storage; what is written here is text for Grafana, so it is read as text.
FOLDER = Path(__file__).parents[1] / "storage" / "panels"
PLUGIN = "grafana-clickhouse-datasource"
SOURCE_UID = "wakeline-ch"
TIME_SERIES, TABLE = 0, 1


def _one_of(column: str) -> str:
    """Condition that holds for what the variable of that name says; for all where it says All."""
    return f"$__conditionalAll({column} IN (${{{column}:singlequote}}), ${column})"


FINDING_AGENTS = "$__conditionalAll(hasAny(agents, [${agent:singlequote}]), $agent)"
CONDITIONS = {
    **{name: _one_of(name) for name in ("tenant", "agent", "version", "action")},
    "timed": f"$__timeFilter(ts) AND {_one_of('tenant')}",
    "narrowed": f"$__timeFilter(ts) AND {_one_of('tenant')} AND {_one_of('agent')}",
    "found": f"$__timeFilter(ts) AND {_one_of('tenant')} AND {FINDING_AGENTS}",
}


@cache
def _file(name: str) -> tuple[str, str]:
    lines = (FOLDER / f"{name}.sql").read_text().splitlines()
    said = [line.removeprefix("-- ") for line in lines if line.startswith("--")]
    return " ".join(said), "\n".join(line for line in lines if not line.startswith("--"))


def question(name: str) -> str:
    """What the statement answers: its first comment."""
    return _file(name)[0]


def text(name: str) -> str:
    """The statement of storage/panels/<name>.sql, with conditions in place of their names."""
    found = _file(name)[1]
    for condition, meaning in CONDITIONS.items():
        found = found.replace("{" + condition + "}", meaning)
    return found


class Query(Dataquery):
    """A statement for the ClickHouse plugin, as its editor would keep it."""

    def __init__(self, name: str, ref: str = "A", form: int = TABLE) -> None:
        self._name, self._ref, self._form = name, ref, form

    def to_json(self) -> dict[str, object]:
        """As in the JSON of a dashboard."""
        return {
            "refId": self._ref,
            "editorType": "sql",
            "queryType": "timeseries" if self._form == TIME_SERIES else "table",
            "format": self._form,
            "rawSql": text(self._name),
        }
