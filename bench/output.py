"""Where the figures of a run go, for machines."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_json(figures: Mapping[str, Any], path: Path | None) -> None:
    """Into the file; without one, to stdout."""
    text = json.dumps(figures, indent=2)
    if path:
        path.write_text(text + "\n")
    else:
        print(text)
