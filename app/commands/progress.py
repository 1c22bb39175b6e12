"""Bars for long work: on a terminal, nothing in a pipe."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import rich.progress
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn


@contextmanager
def of_file(path: Path) -> Iterator[Callable[[int], None]]:
    """Of a file that is read; what it gives is called with the bytes read so far."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    size = path.stat().st_size
    with rich.progress.Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(path.name, total=size or None)
        yield lambda position: bar.update(task, completed=position)
        bar.update(task, completed=size, total=size)
