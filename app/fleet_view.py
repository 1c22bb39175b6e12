"""The fleet as `wakeline top` draws it: signals in a line, a row an agent, in its width."""

from collections.abc import Iterator, Sequence

from rich.console import Group
from rich.table import Table
from rich.text import Text

from app import moments, printing
from domain.fleet import AgentNow, FleetNow, rate

BARS = "▁▂▃▄▅▆▇█"
# From which share on a number is yellow, from which red.
ESCALATED, FAILED, BLOCKED = (0.3, 0.5), (0.05, 0.15), (0.1, 0.3)
NOTHING, BETWEEN = "-", "   "


HEADINGS = {
    "pulse": "steps over time", "steps": "steps", "failed": "failed", "decided": "decided",
    "others": "to others", "p95": "run p95", "usd": "usd", "found": "findings", "seen": "seen",
}  # fmt: skip


def drawn(fleet: FleetNow, rows_max: int, width: int) -> Group:
    """At most `rows_max` agents; narrow terminals get fewer columns."""
    shown = fleet.agents[:rows_max]
    hidden = len(fleet.agents) - len(shown)
    below = [Text(f"… and {printing.count(hidden, 'agent')} more", style="dim")] if hidden else []
    if not fleet.agents:
        below = [Text("No agent did anything in this time.", style="dim")]
    return Group(*_signals(fleet, width), Text(), _agents(fleet, shown, width), *below)


def _signals(fleet: FleetNow, width: int) -> Iterator[Text]:
    """A heading, and lines of names and values; a line never ends within one of them."""
    said = fleet.signals
    parts = [
        ("decisions ", rate(said["decisions_per_s"] or 0), ""),
        ("left to others ", share(said["escalated"]), colour(said["escalated"], ESCALATED)),
        ("blocked ", share(said["blocked"]), colour(said["blocked"], BLOCKED)),
        ("failed steps ", share(said["failed"]), colour(said["failed"], FAILED)),
        ("spent ", f"${said['usd']:,.2f}", ""),
        ("agents ", f"{said['agents']:.0f}", ""),
        ("silent ", f"{said['silent']:.0f}", "yellow" if said["silent"] else ""),
        ("findings ", f"{said['findings']:.0f}", "yellow" if said["findings"] else ""),
    ]
    minutes = (fleet.until - fleet.since).total_seconds() / 60
    yield Text(f"Wakeline  {fleet.until:%H:%M:%S} UTC, last {minutes:g} min", style="bold")
    line = Text()
    for name, value, style in parts:
        part = Text(name, style="dim").append(value, style=f"{style} not dim bold")
        if line and line.cell_len + len(BETWEEN) + part.cell_len > width:
            yield line
            line = Text()
        line = line.append(BETWEEN).append_text(part) if line else part
    yield line


def _agents(fleet: FleetNow, shown: Sequence[AgentNow], width: int) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold dim")
    table.add_column("agent", overflow="ellipsis", no_wrap=True, max_width=max(12, width // 4))
    names = list(HEADINGS)
    wide = _columns(width)
    for name, heading in HEADINGS.items():
        if name in wide:
            table.add_column(heading, justify="left" if name == "pulse" else "right", no_wrap=True)
    for agent in shown:
        cells = dict(zip(names, _cells(agent, fleet), strict=True))
        style = "dim" if agent.silent else ""
        called = Text(printing.visible(agent.agent), style=style)
        table.add_row(called, *(cells[name] for name in names if name in wide))
    return table


def _columns(width: int) -> frozenset[str]:
    """Those for which there is room: the pulse goes first."""
    fewest = frozenset({"steps", "seen"})
    few = fewest | {"failed", "others", "found"}
    every = few | {"decided", "p95", "usd"}
    rooms = ((110, every | {"pulse"}), (95, every), (66, few), (0, fewest))
    return next(columns for least, columns in rooms if width >= least)


def _cells(agent: AgentNow, fleet: FleetNow) -> Iterator[Text]:
    failed = agent.failed / agent.steps if agent.steps else None
    others = agent.escalated / agent.decisions if agent.decisions else None
    yield Text(pulse(agent.pulse), style="cyan")
    yield Text(f"{agent.steps:,}")
    yield Text(share(failed), style=colour(failed, FAILED))
    yield Text(f"{agent.decisions:,}")
    yield Text(share(others), style=colour(others, ESCALATED))
    yield Text(moments.duration(agent.run_p95_ms / 1000) if agent.run_p95_ms else NOTHING)
    yield Text(f"{agent.usd:,.2f}" if agent.usd else NOTHING)
    found = f"{agent.findings}" + (
        f" ({printing.count(agent.loops, 'loop')})" if agent.loops else ""
    )
    yield Text(found if agent.findings else NOTHING, style="yellow" if agent.findings else "")
    ago = moments.duration((fleet.until - agent.last_seen).total_seconds())
    yield Text(f"silent {ago}", style="yellow") if agent.silent else Text(f"{ago} ago")


def pulse(counts: Sequence[int]) -> str:
    """Counts as a line of bars, the highest the greatest of them.

    >>> pulse([0, 1, 4, 8])
    ' ▁▄█'
    """
    most = max(counts, default=0)
    return "".join(BARS[(count * len(BARS) - 1) // most] if count else " " for count in counts)


def share(value: float | None) -> str:
    """In percent, or that there is nothing to share.

    >>> share(0.125), share(0), share(None)
    ('12.5 %', '0 %', '-')
    """
    return NOTHING if value is None else f"{value * 100:.3g} %"


def colour(value: float | None, steps: tuple[float, float]) -> str:
    """Yellow from the first value on, red from the second."""
    if value is None or value < steps[0]:
        return ""
    return "red" if value >= steps[1] else "yellow"
