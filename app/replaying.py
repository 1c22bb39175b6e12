"""Sends stored requests: straight into a store through spool and writer, or to an endpoint."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
from google.protobuf import json_format
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from app import otlp_files, printing, stores
from app.authenticators import Open
from app.data_folder import DataFolder
from app.otlp_files import StoredRequest
from app.settings import Settings
from collector.compression import Coding
from collector.intake import Encoding
from collector.receiver import Call, Kind
from domain.access import ANONYMOUS
from domain.errors import InvalidInput, Unavailable
from storage import derivation

TRANSPORT = "replay"
IN_FLIGHT_MAX = 32
TRIES_MAX = 20
REQUEST_SECONDS_MAX = 60.0
RETRY_AFTER_S_MAX = 30.0
DRAIN_SECONDS = 3600.0
RETRYABLE = frozenset({429, 502, 503, 504})
UNAUTHORISED = frozenset({401, 403})

T = TypeVar("T")

Send = Callable[[StoredRequest], Coroutine[Any, Any, None]]
# Hands all requests there are to a Send.
Deliver = Callable[[Send], Coroutine[Any, Any, None]]
Progress = Callable[[Path], AbstractContextManager[Callable[[StoredRequest], None]]]


@dataclass(slots=True)
class Tally:
    """What became of the requests.

    rejected:  spans that the receiver left out.
    repeated:  requests that had been stored before; None where that can not be known.
    """

    requests: int = 0
    rejected: int = 0
    repeated: int | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OTLP/HTTP receiver; `is_local`: no proxy of the environment leads to it."""

    url: str
    key: str | None
    is_local: bool = False


def into_store(settings: Settings, deliver: Deliver, tally: Tally) -> None:
    """Through a receiver of our own, so that limits, validation and deduplication are the same.

    Raises what `deliver` raises, after what came before it is stored; Unavailable when the spool
    keeps a part that the store did not take.
    """
    from app import assemble  # it takes a second, which sending to an endpoint need not

    patient = settings.collector.spool.model_copy(update={"drain_seconds": DRAIN_SECONDS})
    collector = settings.collector.model_copy(update={"spool": patient})
    own = settings.model_copy(update={"collector": collector})
    with DataFolder(settings.data), stores.migrated(settings) as store:
        pipeline = assemble.pipeline(own, store, Open())
        letters_before = len(pipeline.spool.dead_letters)

        async def send(request: StoredRequest) -> None:
            call = Call(request.kind, request.encoding, Coding.IDENTITY, request.body, TRANSPORT)
            try:
                response = await _patiently(lambda: pipeline.receiver.export(call, ANONYMOUS))
            except InvalidInput as error:
                raise InvalidInput(f"{request.place}: {error}") from error
            tally.requests += 1
            if isinstance(response, ExportTraceServiceResponse):
                tally.rejected += response.partial_success.rejected_spans

        async def run() -> bool:
            pipeline.start()
            try:
                await deliver(send)
            finally:
                drained = await pipeline.stop()
                tally.repeated = pipeline.telemetry.repeated_count
            return drained

        began = datetime.now(UTC)
        drained = asyncio.run(run())
        now = datetime.now(UTC)
        derivation.inherit(store, began, now, old_before=now)
        refused = len(pipeline.spool.dead_letters) - letters_before
    if not drained:
        raise Unavailable("not all is stored; the rest stays in the spool: `wakeline up` stores it")
    if refused:
        told = printing.count(refused, "request")
        raise InvalidInput(f"the store refused {told}; `wakeline doctor` says why")


def to_endpoint(endpoint: Endpoint, deliver: Deliver, tally: Tally) -> None:
    """Over OTLP/HTTP, waiting as Retry-After says while the endpoint is busy.

    Raises what `deliver` raises, InvalidInput for a refused request or key, Unavailable when the
    endpoint does not answer.
    """
    client = httpx.AsyncClient(
        headers={"authorization": f"Bearer {endpoint.key}"} if endpoint.key else {},
        timeout=REQUEST_SECONDS_MAX,
        trust_env=not endpoint.is_local,
    )

    async def send(request: StoredRequest) -> None:
        response = await _answer(client, endpoint.url, request, tally)
        code = f"{response.status_code} {response.reason_phrase}"
        if response.status_code in UNAUTHORISED:
            raise InvalidInput(
                f"{endpoint.url} answers {code}: --key names a key with the scope ingest"
            )
        if not response.is_success:
            raise InvalidInput(f"{request.place}: {endpoint.url} refuses it with {code}")
        tally.requests += 1
        if request.kind is Kind.TRACES:
            tally.rejected += _rejected(response, request.encoding)

    async def run() -> None:
        async with client:
            await deliver(send)

    asyncio.run(run())


async def send_files(files: list[Path], progress: Progress, send: Send) -> None:
    """Every request in the files. Raises InvalidInput for a damaged one."""
    for path in files:
        with progress(path) as advance:
            await send_all(otlp_files.read(path), send, advance)


async def send_all(
    requests: Iterable[StoredRequest], send: Send, advance: Callable[[StoredRequest], None]
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
            advance(request)
    finally:
        results = await asyncio.gather(*pending, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


async def _patiently(export: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Again while the spool is full, for the writer makes room. Raises Unavailable in the end."""
    for _ in range(TRIES_MAX - 1):
        try:
            return await export()
        except Unavailable as error:
            await asyncio.sleep(error.retry_after_s)
    return await export()


async def _answer(
    client: httpx.AsyncClient, url: str, request: StoredRequest, tally: Tally
) -> httpx.Response:
    """Of an endpoint that is not busy. One that answered before may be away for a while."""
    path = f"{url.rstrip('/')}/v1/{request.kind}"
    headers = {"content-type": request.encoding}
    for _ in range(TRIES_MAX):
        try:
            response = await client.post(path, content=request.body, headers=headers)
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
    text = response.headers.get("retry-after", "")
    return min(float(text), RETRY_AFTER_S_MAX) if text.isdecimal() else 1.0


def _rejected(response: httpx.Response, encoding: Encoding) -> int:
    """OTLP 1.11, partial success; an endpoint that answers something else rejected nothing."""
    answer = ExportTraceServiceResponse()
    try:
        if encoding is Encoding.JSON:
            json_format.Parse(response.content, answer, ignore_unknown_fields=True)
        else:
            answer.ParseFromString(response.content)
    except (DecodeError, json_format.ParseError):
        return 0
    return answer.partial_success.rejected_spans
