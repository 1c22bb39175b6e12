"""Which limits are in force, are they kept, and who changed them?"""

from dashboards.board import Board, Panel, Section

BOARD = Board(
    "governance",
    "Wakeline: governance",
    "Which limits are in force, are they kept, and who changed them?",
    (
        Section(
            "State",
            (
                Panel("Approvals waited for", "pending", "stat", "short", 6, 4, steps=(10, 50)),
                Panel(
                    "Enforced otherwise than checked",
                    "disagreeing",
                    "stat",
                    "short",
                    6,
                    4,
                    steps=(1, 10),
                ),
                Panel(
                    "Reversals among outcomes",
                    "reversed",
                    "stat",
                    "percentunit",
                    6,
                    4,
                    steps=(0.02, 0.1),
                ),
                Panel("Changes", "changes_made", "stat", "short", 6, 4),
            ),
        ),
        Section(
            "Checks",
            (
                Panel("Verdicts", "verdicts", "timeseries", "short", 12, stacked=True),
                Panel("Verdict and what was done", "enforced", "table", width=12, height=8),
                Panel("Time until somebody answers", "approval_waits", "timeseries", "s", 12),
                Panel("Thresholds in use", "thresholds", "table", width=12, height=8),
            ),
        ),
        Section(
            "Limits",
            (
                Panel("Changes, who and why", "log", "table", width=24, height=9),
                Panel("Last pull of limits", "pulls", "table", width=12, height=9),
                Panel("Taken back", "reversals", "table", width=12, height=9),
            ),
        ),
    ),
    hours=168,
)
