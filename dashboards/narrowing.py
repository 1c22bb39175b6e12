"""Variables and annotations: what a dashboard may be narrowed to, and what happened meanwhile."""

from collections.abc import Iterable

from grafana_foundation_sdk.models.common import DataSourceRef
from grafana_foundation_sdk.models.dashboard import (
    AnnotationContainer,
    AnnotationQuery,
    VariableModel,
    VariableOption,
    VariableRefresh,
    VariableSort,
    VariableType,
)

from dashboards.statements import PLUGIN, Query, question, text

SOURCE = DataSourceRef(type_val=PLUGIN, uid="${datasource}")
ALL = VariableOption(selected=True, text=["All"], value=["$__all"])
SINGLE = {"subject"}
COLOURS = {"versions": "blue", "changes": "orange", "governance": "red"}


def variables(names: Iterable[str]) -> list[VariableModel]:
    """The data source and Wakeline's address, and those that are asked of the store."""
    source = VariableModel(
        type_val=VariableType.DATASOURCE, name="datasource", label="Data source", query=PLUGIN,
        current=VariableOption(selected=True, text="Wakeline", value="wakeline-ch"),
        refresh=VariableRefresh.ON_DASHBOARD_LOAD,
    )  # fmt: skip
    address = VariableModel(
        type_val=VariableType.TEXTBOX, name="wakeline", label="Wakeline at",
        query="http://localhost:8080",
        current=VariableOption(text="http://localhost:8080", value="http://localhost:8080"),
        description="Where links to pages of Wakeline lead.",
    )  # fmt: skip
    return [source, *map(_asked, names), address]


def _asked(name: str) -> VariableModel:
    many = name not in SINGLE
    statement = text(f"variables/{name}")
    return VariableModel(
        type_val=VariableType.QUERY, name=name, label=name.capitalize(),
        description=question(f"variables/{name}"), query=statement, definition=statement,
        datasource=SOURCE, multi=many, include_all=many, current=ALL if many else None,
        refresh=VariableRefresh.ON_TIME_RANGE_CHANGED, sort=VariableSort.DISABLED,
    )  # fmt: skip


def annotations(names: Iterable[str]) -> AnnotationContainer:
    """Marks in all panels with a time axis."""
    return AnnotationContainer(
        list_val=[
            AnnotationQuery(
                name=name.capitalize(), datasource=SOURCE, enable=True,
                icon_color=COLOURS[name], target=Query(f"annotations/{name}"),
            )
            for name in names
        ]
    )  # fmt: skip
