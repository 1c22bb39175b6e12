"""Does Wakeline itself keep up, and what does it cost?"""

from dashboards.board import Board, Panel, Section

BOARD = Board(
    "platform",
    "Wakeline: platform",
    "Does Wakeline itself keep up, and what does it cost?",
    (
        Section(
            "State",
            (
                Panel("Spans stored", "spans", "stat", "cps", 6, 4),
                Panel("Spans are here after, p99", "lag", "stat", "s", 6, 4, steps=(30, 300)),
                Panel("Oldest waiting segment", "queue_age", "stat", "s", 6, 4, steps=(60, 300)),
                Panel("Dead letters", "dead_letters", "stat", "short", 6, 4, steps=(1,)),
                Panel("Last word of a process", "heartbeat", "stat", "s", 12, 4, steps=(60, 300)),
                Panel("Analyzers are behind by", "analysis", "stat", "s", 12, 4, steps=(300, 3600)),
            ),
        ),
        Section(
            "Intake",
            (
                Panel("Spans by service", "received", "timeseries", "cps", 12, stacked=True),
                Panel("Time until a span is here", "lags", "timeseries", "s", 12),
                Panel("Accepted, refused, failed", "taken", "timeseries", "cps", 12),
                Panel("Waiting to be stored", "queue", "timeseries", "s", 12),
            ),
        ),
        Section(
            "Cost of watching",
            (
                Panel("Memory and processor", "resources", "timeseries", "short", 12),
                Panel("Watching beside what is watched", "overhead", "table", width=12, height=8),
                Panel("Tables", "tables", "table", width=12, height=9),
                Panel("Senders that leave something out", "dropped", "table", width=12, height=9),
                Panel("Spans not understood", "nameless", "table", width=24, height=9),
            ),
        ),
    ),
    variables=("tenant",),
    annotations=("changes", "governance"),
)
