"""How commands tell what they found: as JSON or as a table."""

from collections.abc import Iterable, Sequence
from typing import Any

from app import printing
from app.commands.options import Output


def tell(found: Any, format_: Output, names: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """All of it as JSON, or its rows under these names."""
    if format_ is Output.JSON:
        printing.as_json(found)
    else:
        printing.table(names, rows)
