"""Who behaves otherwise than before, since when, and how sure is that?"""

from dashboards.board import Board, Panel, Section

BOARD = Board(
    "drift",
    "Wakeline: drift",
    "Who behaves otherwise than before, since when, and how sure is that?",
    (
        Section(
            "State",
            (
                Panel("Alarms", "alarms", "stat", "short", 6, 4, steps=(1, 5)),
                Panel("Called somebody", "paged", "stat", "short", 6, 4, steps=(1,)),
                Panel("Streams watched", "watched", "stat", "short", 6, 4),
                Panel("Too little to say", "insufficient", "stat", "short", 6, 4),
            ),
        ),
        Section(
            "Evidence",
            (
                Panel(
                    "Evidence, as share of what raises an alarm",
                    "evidence",
                    "timeseries",
                    "percentunit",
                    24,
                ),
                Panel(
                    "Where evidence grows",
                    "evidence",
                    "status-history",
                    "percentunit",
                    24,
                    12,
                    steps=(0.5, 0.8, 1),
                ),
                Panel("Streams", "streams", "table", width=24, height=9),
                Panel("Alarms", "alarm_list", "table", width=24, height=9),
            ),
        ),
        Section(
            "What moved",
            (
                Panel(
                    "Shares, first half against second half", "shares", "table", width=14, height=9
                ),
                Panel("Runs of each closed window", "windows", "timeseries", "short", 10),
            ),
        ),
    ),
    hours=720,
)
