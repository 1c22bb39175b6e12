"""Who goes round in circles, what does it burn, and which kinds of failure are there?"""

from dashboards.board import Board, Panel, Section

BOARD = Board(
    "loops",
    "Wakeline: loops and signatures",
    "Who goes round in circles, what does it burn, and which kinds of failure are there?",
    (
        Section(
            "Loops",
            (
                Panel("Loops", "loops", "stat", "short", 6, 4, steps=(1, 5)),
                Panel("Tokens in runs with a loop", "tokens", "stat", "short", 6, 4),
                Panel(
                    "Spent in runs with a loop", "spent", "stat", "currencyUSD", 6, 4, steps=(1, 10)
                ),
                Panel(
                    "New kinds of failure", "new_signatures", "stat", "short", 6, 4, steps=(1, 3)
                ),
            ),
        ),
        Section(
            "Repetition",
            (
                Panel("Most repeated calls", "repeated", "table", width=14, height=9),
                Panel("Repetitions of one call", "iterations", "histogram", "short", 10, 9),
                Panel(
                    "Cost of runs with a loop",
                    "cost_of_loops",
                    "timeseries",
                    "currencyUSD",
                    24,
                    stacked=True,
                ),
            ),
        ),
        Section(
            "Signatures",
            (
                Panel(
                    "Findings by signature", "by_signature", "timeseries", "short", 24, stacked=True
                ),
                Panel("Kinds of failure", "signatures", "table", width=12, height=9),
                Panel("Who fails in which way", "matrix", "table", width=12, height=9),
                Panel("Findings", "findings", "table", width=24, height=12),
            ),
        ),
    ),
)
