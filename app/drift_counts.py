"""What a stream counted before and after a time, bin by bin or name by name."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from domain.drift import Stream, WindowCounts
from domain.drift_reading import BeforeAfter, Bin
from storage.drift_streams import EARLIEST

LAST_WINDOWS = 7
NAMES_MAX = 100


def before_after(
    stream: Stream, windows: Sequence[WindowCounts], split: datetime | None
) -> BeforeAfter:
    """Windows that begin before `split` against the others; without: all but the last seven."""
    from analyzers.drift.argument_values import told
    from analyzers.drift.metrics import ARROW, METRICS, SEPARATOR, Form, bin_ends

    if split is None:
        split = windows[-LAST_WINDOWS:][0].start if windows else EARLIEST
    counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    traces = [0, 0]
    for window in windows:
        side = int(window.start >= split)
        traces[side] += window.traces
        for name, count in window.counts.items():
            shown = name.partition(SEPARATOR)[2].replace(SEPARATOR, " -> ")
            if shown:
                counts[side][shown] += count
    metric = METRICS[stream.metric]
    names = counts[0] | counts[1]
    if metric.form is Form.BINS:
        bins = [
            Bin(name, *bin_ends(metric, int(name)), counts[0][name], counts[1][name])
            for name in sorted(names, key=int)
        ]
    elif metric.form is Form.VALUES:
        bins = [
            Bin(
                name,
                *bin_ends(metric, int(name.rpartition(ARROW)[2])),
                *(of[name] for of in counts),
            )
            for name in told(names)
        ]
    else:
        often = sorted(names, key=lambda name: (-counts[0][name] - counts[1][name], name))
        bins = [
            Bin(name, None, None, counts[0][name], counts[1][name]) for name in often[:NAMES_MAX]
        ]
    return BeforeAfter(stream, metric.unit, bins, traces[0], traces[1], split)
