"""Sends stored requests: straight into a store through spool and writer, or to an endpoint."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from app.otlp_files import StoredRequest
from collector.compression import Coding
from collector.intake import Encoding
from collector.receiver import Call, Kind
from domain.access import ANONYMOUS
from domain.errors import InvalidInput, Unavailable

if TYPE_CHECKING:  # sending to an endpoint starts faster without its imports
    from collector.pipeline import Pipeline

TRANSPORT = "replay"
IN_FLIGHT_MAX = 32
TRIES_MAX = 20
REQUEST_SECONDS_MAX = 60.0
RETRY_AFTER_S_MAX = 30.0
RETRYABLE = frozenset({429, 502, 503, 504})
REFUSED = frozenset({401, 403})

Send = Callable[[StoredRequest], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class Tally:
    """What became of the requests; `rejected` counts spans."""

    requests: int = 0
    rejected: int = 0


async def send_all(
    requests: Iterable[StoredRequest], send: Send, progress: Callable[[StoredRequest], None]
) -> None:
    """Send with bounded concurrency. Raises the first failure, after what was begun is finished."""
    pending: set[asyncio.Task[None]] = set()
    try:
        for request in requests:
            pending.add(asyncio.create_task(send(request)))
            if len(pending) >= IN_FLIGHT_MAX:
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            progress(request)
    finally:
        results = await asyncio.gather(*pending, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


def into_pipeline(pipeline: "Pipeline", tally: Tally) -> Send:
    """Sends through the receiver, so that limits, validation and deduplication are the same."""

    async def send(request: StoredRequest) -> None:
        call = Call(request.kind, request.encoding, Coding.IDENTITY, request.body, TRANSPORT)
        for _ in range(TRIES_MAX):
            try:
                response = await pipeline.receiver.export(call, ANONYMOUS)
            except Unavailable as error:
                await asyncio.sleep(error.retry_after_s)
            except InvalidInput as error:
                raise InvalidInput(f"{request.place}: {error}") from error
            else:
                break
        else:
            raise Unavailable("the spool stays full: the store does not take segments")
        tally.requests += 1
        if isinstance(response, ExportTraceServiceResponse):
            tally.rejected += response.partial_success.rejected_spans

    return send


def to_endpoint(client: httpx.AsyncClient, endpoint: str, tally: Tally) -> Send:
    """Sends over OTLP/HTTP, waiting as Retry-After says while the endpoint is busy."""

    async def send(request: StoredRequest) -> None:
        url = f"{endpoint.rstrip('/')}/v1/{request.kind}"
        response = await _answer(client, url, request, tally)
        if response.status_code in REFUSED:
            raise InvalidInput(
                f"{endpoint} answers {response.status_code} {response.reason_phrase}:"
                " name a key with the scope ingest, --key"
            )
        if response.is_error:
            code, reason = response.status_code, response.reason_phrase
            raise InvalidInput(f"{request.place}: {endpoint} refuses it with {code} {reason}")
        tally.requests += 1
        if request.kind is Kind.TRACES:
            tally.rejected += _rejected(response, request.encoding)

    return send


async def _answer(
    client: httpx.AsyncClient, url: str, request: StoredRequest, tally: Tally
) -> httpx.Response:
    """Of an endpoint that is not busy. One that answered before may be away for a while."""
    headers = {"content-type": request.encoding}
    for _ in range(TRIES_MAX):
        try:
            response = await client.post(url, content=request.body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            if not tally.requests:
                raise Unavailable(f"{url} does not answer: {error}") from error
            await asyncio.sleep(1.0)
            continue
        if response.status_code not in RETRYABLE:
            return response
        await asyncio.sleep(_retry_after_s(response))
    raise Unavailable(f"{url} stays busy or away; send again later")


def _retry_after_s(response: httpx.Response) -> float:
    """RFC 9110, 10.2.3: seconds; a date is taken for a second."""
    text = response.headers.get("retry-after", "1")
    return min(float(text), RETRY_AFTER_S_MAX) if text.isdecimal() else 1.0


def _rejected(response: httpx.Response, encoding: Encoding) -> int:
    """OTLP 1.11, partial success; an endpoint that answers something else rejected nothing."""
    try:
        if encoding is Encoding.JSON:
            return int(response.json().get("partialSuccess", {}).get("rejectedSpans", 0))
        answer = ExportTraceServiceResponse.FromString(response.content)
    except (ValueError, AttributeError, TypeError, DecodeError):
        return 0
    return answer.partial_success.rejected_spans
