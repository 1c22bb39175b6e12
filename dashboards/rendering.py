"""A dashboard as Grafana's classic JSON, by the types of Grafana's own SDK."""

from collections.abc import Iterator
from typing import Any

from grafana_foundation_sdk.models import (
    barchart,
    common,
    dashboard,
    heatmap,
    histogram,
    nodegraph,
    stat,
    statushistory,
    table,
    timeseries,
)

from dashboards import fields, narrowing
from dashboards.board import Board, Panel
from dashboards.statements import TABLE, TIME_SERIES, Query, question

COLUMNS = 24
COLOURS = ("green", "yellow", "orange", "red")
OVER_TIME = ("timeseries", "heatmap", "status-history")
BY_STEPS = ("stat", "status-history")


def rendered(board: Board, others: tuple[Board, ...]) -> dashboard.Dashboard:
    """The dashboard; others: those that it links to."""
    return dashboard.Dashboard(
        uid=board.uid, title=board.title, description=board.question, tags=["wakeline"],
        timezone="utc", editable=False, refresh="1m",
        graph_tooltip=dashboard.DashboardCursorSync.CROSSHAIR,
        time=dashboard.DashboardDashboardTime(f"now-{board.hours}h", "now"),
        templating=dashboard.DashboardDashboardTemplating(narrowing.variables(board.variables)),
        annotations=narrowing.annotations(board.annotations),
        links=[
            fields.link(other.title, f"/d/{other.uid}?{fields.KEEP}")
            for other in others if other.uid != board.uid
        ],
        panels=list(_placed(board)),
    )  # fmt: skip


def _placed(board: Board) -> Iterator[dashboard.Panel | dashboard.RowPanel]:
    """Sections one under another, panels from left to right in them."""
    number, y = 0, 0
    for section in board.sections:
        number += 1
        yield dashboard.RowPanel(
            id_val=number, title=section.title, grid_pos=dashboard.GridPos(1, COLUMNS, 0, y),
            panels=[],
        )  # fmt: skip
        x, y, height = 0, y + 1, 0
        for panel in section.panels:
            if x + panel.width > COLUMNS:
                x, y, height = 0, y + height, 0
            number += 1
            yield _panel(board, panel, number, dashboard.GridPos(panel.height, panel.width, x, y))
            x, height = x + panel.width, max(height, panel.height)
        y += height


def _panel(board: Board, panel: Panel, number: int, place: dashboard.GridPos) -> dashboard.Panel:
    form = TIME_SERIES if panel.kind in OVER_TIME else TABLE
    name = f"{board.name}/{panel.query}"
    if panel.edges:
        edges = f"{board.name}/{panel.edges}"
        targets = [Query(name, "nodes"), Query(edges, "edges")]
    else:
        targets = [Query(name, form=form)]
    return dashboard.Panel(
        type_val=panel.kind, id_val=number, title=panel.title, description=question(name),
        datasource=narrowing.SOURCE, grid_pos=place, targets=list(targets),
        options=_options(panel), field_config=_fields(panel),
    )  # fmt: skip


def _options(panel: Panel) -> Any:
    legend = common.VizLegendOptions(
        display_mode=common.LegendDisplayMode.LIST, placement=common.LegendPlacement.BOTTOM,
        show_legend=True, calcs=[],
    )  # fmt: skip
    tooltip = common.VizTooltipOptions(
        mode=common.TooltipDisplayMode.MULTI, sort=common.SortOrder.DESCENDING
    )
    last = common.ReduceDataOptions(values=False, calcs=["lastNotNull"], fields="")
    options = {
        "stat": stat.Options(
            reduce_options=last, graph_mode=common.BigValueGraphMode.NONE,
            color_mode=common.BigValueColorMode.VALUE, text_mode=common.BigValueTextMode.VALUE,
        ),
        "timeseries": timeseries.Options(legend=legend, tooltip=tooltip),
        "table": table.Options(cell_height=common.TableCellHeight.SM),
        "barchart": barchart.Options(legend=legend, tooltip=tooltip),
        "heatmap": heatmap.Options(
            calculate=False,
            rows_frame=heatmap.RowsHeatmapOptions("found", common.HeatmapCellLayout.LE),
            color=heatmap.HeatmapColorOptions(
                mode=heatmap.HeatmapColorMode.SCHEME, scheme="Blues", steps=64, fill="blue",
                exponent=0.5,
            ),
            legend=heatmap.HeatmapLegend(True),
            y_axis=heatmap.YAxisConfig(axis_placement=common.AxisPlacement.LEFT),
            tooltip=heatmap.HeatmapTooltip(mode=common.TooltipDisplayMode.SINGLE),
        ),
        "histogram": histogram.Options(legend=legend, tooltip=tooltip),
        "status-history": statushistory.Options(
            show_value=common.VisibilityMode.NEVER, legend=legend, tooltip=tooltip
        ),
        "nodeGraph": nodegraph.Options(
            nodes=nodegraph.NodeOptions(
                arcs=[
                    nodegraph.ArcOption("arc__cause", "red"),
                    nodegraph.ArcOption("arc__other", "blue"),
                ]
            )
        ),
    }  # fmt: skip
    return options[panel.kind]


def _fields(panel: Panel) -> dashboard.FieldConfigSource:
    steps: list[tuple[float | None, str]] = [(None, COLOURS[0])]
    # Few steps end in red too: what is worst looks worst.
    steps += zip(panel.steps, COLOURS[-len(panel.steps) :], strict=True) if panel.steps else []
    if not panel.steps and panel.kind == "stat":
        steps = [(None, "text")]
    coloured = (
        dashboard.FieldColorModeId.THRESHOLDS if panel.kind in BY_STEPS
        else dashboard.FieldColorModeId.PALETTE_CLASSIC
    )  # fmt: skip
    return dashboard.FieldConfigSource(
        defaults=dashboard.FieldConfig(
            unit=panel.unit, no_value="-", color=dashboard.FieldColor(mode=coloured),
            thresholds=dashboard.ThresholdsConfig(
                mode=dashboard.ThresholdsMode.ABSOLUTE,
                steps=[dashboard.Threshold(value, colour) for value, colour in steps],
            ),
            custom=_custom(panel),
        ),
        overrides=list(fields.overrides()) if panel.kind in ("table", "nodeGraph") else [],
    )  # fmt: skip


def _custom(panel: Panel) -> Any:
    if panel.kind == "table":
        return {"filterable": True, "inspect": True}
    if panel.kind != "timeseries":
        return None
    stacking = common.StackingMode.NORMAL if panel.stacked else common.StackingMode.NONE
    return common.GraphFieldConfig(
        draw_style=common.GraphDrawStyle.LINE, line_width=1,
        fill_opacity=40 if panel.stacked else 8,
        show_points=common.VisibilityMode.AUTO, point_size=4,
        stacking=common.StackingConfig(mode=stacking, group="A"),
    )  # fmt: skip
