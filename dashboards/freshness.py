"""How old is what agents decide on, and was it still right?"""

from dashboards.board import Board, Panel, Section

BOARD = Board(
    "freshness",
    "Wakeline: data freshness",
    "How old is what agents decide on, and was it still right?",
    (
        Section(
            "State",
            (
                Panel(
                    "Decisions on overwritten values", "stale", "stat", "short", 6, 4, steps=(1, 5)
                ),
                Panel("Oldest input", "oldest", "stat", "s", 6, 4),
                Panel("Inputs of known age", "known", "stat", "percentunit", 6, 4),
                Panel("Not from the primary source", "cached", "stat", "percentunit", 6, 4),
            ),
        ),
        Section(
            "Ages",
            (
                Panel("Age of inputs by kind of source", "ages", "timeseries", "s", 24),
                Panel("Fields against their tolerance", "fields", "table", width=24, height=9),
                Panel("Sources", "sources", "table", width=24, height=7),
            ),
        ),
        Section(
            "Cases",
            (
                Panel("Stale reads", "stale_list", "table", width=24, height=9),
                Panel("Oldest inputs of decisions", "oldest_inputs", "table", width=24, height=9),
            ),
        ),
    ),
    variables=("tenant", "agent", "action"),
    hours=24,
)
