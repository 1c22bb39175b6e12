"""Sends stored requests: straight into a store through spool and writer, or to an endpoint."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

import httpx

from app.otlp_files import StoredRequest
from collector.pipeline import Pipeline
from collector.receiver import Call
from domain.access import ANONYMOUS
from domain.errors import InvalidInput, Unavailable

TRANSPORT = "replay"
IN_FLIGHT_MAX = 32
TRIES_MAX = 20
REQUEST_SECONDS_MAX = 60.0
RETRYABLE = frozenset({429, 502, 503, 504})

Send = Callable[[StoredRequest], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class Tally:
    """What became of the requests."""

    requests: int = 0
    repeated: int = 0
    rejected: int = 0


async def send_all(
    requests: Iterable[StoredRequest], send: Send, progress: Callable[[StoredRequest], None]
) -> int:
    """Send with bounded concurrency; returns how many. Raises the first failure."""
    pending: set[asyncio.Task[None]] = set()
    count = 0
    try:
        for request in requests:
            pending.add(asyncio.create_task(send(request)))
            count += 1
            if len(pending) >= IN_FLIGHT_MAX:
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            progress(request)
    finally:
        # What was begun is finished also when the file turns out to be damaged.
        await asyncio.gather(*pending)
    return count


def into_pipeline(pipeline: Pipeline, tally: Tally) -> Send:
    """Sends through the receiver, so that limits, validation and deduplication are the same."""

    async def send(request: StoredRequest) -> None:
        call = Call(request.kind, request.encoding, "", request.body, TRANSPORT)
        for _ in range(TRIES_MAX):
            try:
                response = await pipeline.receiver.export(call, ANONYMOUS)
            except Unavailable as error:
                await asyncio.sleep(error.retry_after_s)
                continue
            tally.requests += 1
            if response is not None:
                tally.rejected += response.partial_success.rejected_spans  # type: ignore[attr-defined]
            return
        raise Unavailable("the spool stays full: the store does not take segments")

    return send


def to_endpoint(client: httpx.AsyncClient, endpoint: str, tally: Tally) -> Send:
    """Sends over OTLP/HTTP, waiting as Retry-After says while the endpoint is busy."""

    async def send(request: StoredRequest) -> None:
        url = f"{endpoint.rstrip('/')}/v1/{request.kind}"
        for attempt in range(TRIES_MAX):
            try:
                response = await client.post(
                    url, content=request.body, headers={"content-type": request.encoding}
                )
            except httpx.HTTPError as error:
                if attempt == 0:
                    raise Unavailable(f"{endpoint} does not answer: {error}") from error
                await asyncio.sleep(1.0)
                continue
            if response.status_code not in RETRYABLE:
                break
            await asyncio.sleep(float(response.headers.get("retry-after", 1)))
        else:
            raise Unavailable(f"{endpoint} stays busy; send again later")
        if response.is_error:
            raise InvalidInput(f"{endpoint} refused a request with {response.status_code}")
        tally.requests += 1

    return send
