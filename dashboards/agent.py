"""How does one agent decide, on what, and how well?"""

from dashboards.board import Board, Panel, Section

BOARD = Board(
    "agent",
    "Wakeline: agent",
    "How does one agent decide, on what, and how well?",
    (
        Section(
            "At a glance",
            (
                Panel("Decisions", "decided", "stat", "short", 6, 4),
                Panel("Left to others", "escalated", "stat", "percentunit", 6, 4, steps=(0.3, 0.5)),
                Panel(
                    "Below the threshold",
                    "below_threshold",
                    "stat",
                    "percentunit",
                    6,
                    4,
                    steps=(0.3, 0.5),
                ),
                Panel("Bad outcomes", "bad_outcomes", "stat", "short", 6, 4, steps=(1, 10)),
            ),
        ),
        Section(
            "Confidence",
            (
                Panel("Confidence, spread", "confidence_bins", "heatmap"),
                Panel("Confidence and threshold", "confidence", "timeseries", "percentunit", 12),
                Panel("Calibration", "calibration", "barchart", "percentunit", 12),
                Panel(
                    "Decisions by outcome",
                    "outcomes_of_decisions",
                    "timeseries",
                    "short",
                    12,
                    stacked=True,
                ),
            ),
        ),
        Section(
            "What it does",
            (
                Panel("Actions", "actions", "table", width=12, height=9),
                Panel("Policies", "policies", "table", width=12, height=9),
                Panel("Inputs of decisions", "inputs", "table", width=24, height=9),
                Panel("Tools", "tools", "table", width=24, height=9),
                Panel("Last decisions", "recent", "table", width=24, height=12),
            ),
        ),
        Section(
            "Versions and findings",
            (
                Panel("Version at work", "steps_by_version", "timeseries", "cps", 12, stacked=True),
                Panel("Versions", "versions", "table", width=12, height=8),
                Panel("Findings", "findings", "table", width=24, height=9),
            ),
        ),
    ),
    variables=("tenant", "agent", "version", "action"),
)
