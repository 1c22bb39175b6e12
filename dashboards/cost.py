"""What do agents cost, and what of it is wasted?"""

from dashboards.board import Board, Panel, Section

BOARD = Board(
    "cost",
    "Wakeline: cost",
    "What do agents cost, and what of it is wasted?",
    (
        Section(
            "State",
            (
                Panel("Spent", "spent", "stat", "currencyUSD", 6, 4),
                Panel("Per decision", "per_decision", "stat", "currencyUSD", 6, 4),
                Panel("Input from the cache", "cached", "stat", "percentunit", 6, 4),
                Panel(
                    "Calls without a price",
                    "unpriced",
                    "stat",
                    "percentunit",
                    6,
                    4,
                    steps=(0.01, 0.2),
                ),
            ),
        ),
        Section(
            "As time goes on",
            (
                Panel(
                    "By model, an hour", "by_model", "timeseries", "currencyUSD", 12, stacked=True
                ),
                Panel(
                    "By agent, an hour", "by_agent", "timeseries", "currencyUSD", 12, stacked=True
                ),
                Panel("Tokens", "tokens", "timeseries", "short", 12),
                Panel("By day", "days", "timeseries", "currencyUSD", 12),
            ),
        ),
        Section(
            "Who spends",
            (
                Panel("Agents and models", "agents", "table", width=24, height=9),
                Panel("Left to others or not", "escalated", "table", width=8, height=9),
                Panel("Dearest runs", "dearest", "table", width=16, height=9),
            ),
        ),
    ),
    variables=("tenant", "agent", "version"),
    hours=24,
)
