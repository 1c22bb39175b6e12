"""What led to what went wrong, who took part, and what still stands?"""

from dashboards.board import Board, Panel, Section

BOARD = Board(
    "incidents",
    "Wakeline: incidents and causal chains",
    "What led to what went wrong, who took part, and what still stands?",
    (
        Section(
            "State",
            (
                Panel("Bad outcomes", "bad", "stat", "short", 6, 4, steps=(1, 10)),
                Panel("Chains", "explained", "stat", "short", 6, 4),
                Panel("Writes that still stand", "live_writes", "stat", "short", 6, 4, steps=(1,)),
                Panel("Building a chain, p95", "build_time", "stat", "ms", 6, 4, steps=(200, 1000)),
            ),
        ),
        Section(
            "Incidents",
            (
                Panel("Chains", "chains", "table", width=24, height=9),
                Panel("Outcomes by type", "outcomes", "timeseries", "short", 12, stacked=True),
                Panel("Causes that come again", "causes", "table", width=12, height=8),
            ),
        ),
        Section(
            "The chosen chain",
            (
                Panel(
                    "Causes and effects", "nodes", "nodeGraph", width=24, height=16, edges="edges"
                ),
                Panel("Who did what when", "timeline", "table", width=24, height=9),
            ),
        ),
        Section(
            "Nobody failed alone",
            (Panel("Findings of several agents", "compound", "table", width=24, height=9),),
        ),
    ),
    variables=("tenant", "agent", "subject"),
    hours=336,
)
