"""Bodies that hold facts for the store: one JSON object, or a list of them."""

import json
import zlib
from collections.abc import Callable
from typing import Any, ClassVar, NoReturn

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from api.bodies import BoundedRoute
from domain.errors import InvalidInput, TooLarge, UnsupportedMedia
from domain.recorded_events import Checked, RecordedEvent, check

BYTES_MAX = 8 * 1024**2
ITEMS_MAX = 10_000
GZIP_WINDOW = 16 + zlib.MAX_WBITS  # with gzip's header

Read = Callable[[object], tuple[str, list[RecordedEvent]]]


class EventsRoute(BoundedRoute):
    """A route that takes facts in."""

    bytes_max: ClassVar[int] = BYTES_MAX


class Rejected(BaseModel):
    """What is not stored, and why."""

    index: int = Field(description="Which of the list, from 0.")
    field: str = Field(description="Where in it; empty = all of it.")
    reason: str


class Taken(BaseModel):
    """What is on disk now, and what is not."""

    accepted: int
    ids: list[str] = Field(description="Of the accepted, in their order.")
    ignored: int = Field(description="Sound, but with nothing in it to store.")
    rejected: list[Rejected]


async def checked(request: Request, read: Read) -> Checked:
    """What the body holds, item by item; it is read after the caller's key was looked at.

    Raises InvalidInput when it is no JSON, or when every item is wrong; TooLarge; UnsupportedMedia
    for another coding than gzip.
    """
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    body = await request.body()
    return await run_in_threadpool(lambda: check(_items(_unpacked(coding, body)), read))


def taken(checked: Checked) -> Taken:
    """The answer, when the events are durable."""
    rejected = [
        Rejected(index=one.index, field=one.field, reason=one.reason) for one in checked.rejected
    ]
    return Taken(
        accepted=len(checked.ids), ids=checked.ids, ignored=checked.ignored, rejected=rejected
    )


def described(fields: dict[str, str], required: list[str]) -> dict[str, Any]:
    """The `openapi_extra` of a route that takes objects of these fields."""
    properties = {name: {"description": text} for name, text in fields.items()}
    one = {"type": "object", "properties": properties, "required": required}
    many = {"type": "array", "items": one, "maxItems": ITEMS_MAX}
    content = {"application/json": {"schema": {"oneOf": [one, many]}}}
    return {"requestBody": {"required": True, "content": content}}


def _unpacked(coding: str, body: bytes) -> bytes:
    """At most BYTES_MAX, as a plain body is. Raises TooLarge, UnsupportedMedia, InvalidInput."""
    if coding == "identity":
        return body
    if coding != "gzip":
        raise UnsupportedMedia("content-encoding: gzip or none is read here")
    unpacking = zlib.decompressobj(GZIP_WINDOW)
    try:
        plain = unpacking.decompress(body, BYTES_MAX)
    except zlib.error as error:
        raise InvalidInput("the gzip data is damaged") from error
    if unpacking.unconsumed_tail:
        raise TooLarge(f"unpacked, the body is over {BYTES_MAX} bytes")
    if not unpacking.eof:
        raise InvalidInput("the gzip data ends early")
    return plain


def _items(body: bytes) -> list[object]:
    """Raises InvalidInput, TooLarge."""
    try:
        value = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"the body is no JSON: {_told(error)}") from error
    items = value if isinstance(value, list) else [value]
    if len(items) > ITEMS_MAX:
        raise TooLarge(f"the list is over {ITEMS_MAX:,} long: send it in parts")
    return items


def _told(error: Exception) -> str:
    """Without what was sent."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, line {error.lineno} column {error.colno}"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    return "it is nested too deep" if isinstance(error, RecursionError) else str(error)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")
