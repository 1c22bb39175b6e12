"""How is the whole fleet of agents?"""

from dashboards.board import Board, Panel, Section

BOARD = Board(
    "fleet",
    "Wakeline: fleet",
    "How is the whole fleet of agents?",
    (
        Section(
            "Golden signals",
            (
                Panel("Decisions", "decisions", "stat", "cps", 3, 4),
                Panel("Left to others", "escalated", "stat", "percentunit", 3, 4, steps=(0.3, 0.5)),
                Panel("Blocked", "blocked", "stat", "percentunit", 3, 4, steps=(0.1, 0.3)),
                Panel("Failed steps", "failed", "stat", "percentunit", 3, 4, steps=(0.05, 0.15)),
                Panel("Run, p95", "run_p95", "stat", "ms", 3, 4),
                Panel("Spent", "spent", "stat", "currencyUSD", 3, 4),
                Panel("Agents at work", "active", "stat", "short", 3, 4),
                Panel("Serious findings", "open_findings", "stat", "short", 3, 4, steps=(1, 10)),
            ),
        ),
        Section(
            "As time goes on",
            (
                Panel(
                    "Decisions by outcome",
                    "outcomes_of_decisions",
                    "timeseries",
                    "cps",
                    12,
                    stacked=True,
                ),
                Panel("Left to others, blocked, failed", "shares", "timeseries", "percentunit", 12),
                Panel("Time of runs", "run_times", "timeseries", "ms", 12),
                Panel("Confidence", "confidence", "timeseries", "percentunit", 12),
                Panel("Findings by severity", "findings", "timeseries", "short", 24, stacked=True),
            ),
        ),
        Section(
            "Agents",
            (
                Panel("Agents", "agents", "table", width=24, height=12),
                Panel("Silent agents", "silent", "table", width=24, height=7),
            ),
        ),
    ),
)
