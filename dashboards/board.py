"""A dashboard in our own words: sections of panels, each of which asks the store one question."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "stat", "timeseries", "table", "barchart", "heatmap", "histogram", "status-history",
    "nodeGraph",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Panel:
    """One question and how its answer is shown.

    query:    file of the statement in storage/panels/<dashboard>; its first comment is what the
              panel says of itself. A node graph asks `query`, the nodes, and `edges`; a heat map
              gets a column a bucket, named by its upper end; a histogram xMin, xMax and counts.
    unit:     Grafana's name of the unit of the numbers; in tables and where names differ, columns
              have theirs by their names (dashboards/fields.py).
    steps:    values from which the colour is another one: yellow, orange, red.
    width, height: in the 24 columns and the rows of Grafana's grid.
    """

    title: str
    query: str
    kind: Kind = "timeseries"
    unit: str = "short"
    width: int = 12
    height: int = 8
    steps: tuple[float, ...] = ()
    stacked: bool = False
    edges: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Panels under a heading."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """One dashboard: one question.

    name:      of its folder of statements; `wakeline-<name>` is its uid, for ever.
    variables: what may be narrowed, in the order in which one depends on another.
    hours:     how far it looks back at first.
    """

    name: str
    title: str
    question: str
    sections: tuple[Section, ...]
    variables: tuple[str, ...] = ("tenant", "agent")
    annotations: tuple[str, ...] = ("versions", "changes", "governance")
    hours: int = 6
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def uid(self) -> str:
        """What addresses and links name it by."""
        return f"wakeline-{self.name}"
