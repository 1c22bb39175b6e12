"""Pages from templates: always escaped, with headers that let nothing else in."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api import fitting

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self';"
    " img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none';"
    " base-uri 'none'",
    "x-content-type-options": "nosniff",
    # With no-referrer, browsers send "Origin: null" with our own forms.
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}
TEXT_MAX = 600
UNITS = (("d", 86400.0), ("h", 3600.0), ("min", 60.0))


def ago(moment: str) -> str:
    """How long ago an ISO time was: "3.2 h ago"; "in 2.0 d" for one to come."""
    seconds = (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()
    if abs(seconds) < 60:
        return "just now"
    return f"{duration(seconds)} ago" if seconds > 0 else f"in {duration(-seconds)}"


def duration(seconds: float) -> str:
    """In the largest unit that it fills: "20.0 h", "3.4 s", "12 ms"."""
    for unit, size in UNITS:
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def moment(text: str) -> str:
    """An ISO time as people read it, in UTC to the second."""
    return utc(datetime.fromisoformat(text))


def utc(at: datetime) -> str:
    """A time as people read it, in UTC to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def fact(value: Any, name: str) -> str:
    """A fact as people read it: seconds in their unit, lists with commas, numbers rounded."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if name.endswith("_s"):
        return duration(value)
    return f"{value:,.4g}" if isinstance(value, float) else f"{value:,}"


def fact_name(name: str) -> str:
    """Without underscores, and without the unit that its value shows."""
    return name.removesuffix("_s").replace("_", " ")


def clip(text: str, characters_max: int = TEXT_MAX) -> str:
    """On one line; what is longer ends in an ellipsis."""
    line = fitting.plain(text[: characters_max + 1])
    return line if len(text) <= characters_max else line[:characters_max] + fitting.ELLIPSIS


ENVIRONMENT = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.filters |= {"ago": ago, "duration": duration, "moment": moment, "fact": fact}
ENVIRONMENT.filters |= {"fact_name": fact_name, "utc": utc, "clip": clip}


def page(name: str, values: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """templates/<name>.html with `values`."""
    text = ENVIRONMENT.get_template(f"{name}.html").render(**values)
    return HTMLResponse(text, status, headers=HEADERS)
