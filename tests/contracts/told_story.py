"""The story of the stale field, recorded by the SDK and sent by its exporters, as segments."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

import wakeline
from app.demo.stories import stale_field
from storage.store import Store
from tests.contracts.segments import TENANT, record, signal_of, token
from tests.wakeline.sink import Sink

Request = ExportTraceServiceRequest | ExportLogsServiceRequest
KINDS: dict[str, type[Request]] = {
    "/v1/traces": ExportTraceServiceRequest,
    "/v1/logs": ExportLogsServiceRequest,
}


@cache
def requests() -> tuple[Request, ...]:
    """What the exporters of its services sent, the reversal last; the same for all tests."""
    with Sink() as sink:

        @contextmanager
        def services(name: str) -> Iterator[None]:
            wakeline.init(name, endpoint=sink.url)
            try:
                yield
            finally:
                wakeline.shutdown()

        stale_field.send(services, datetime.now(UTC))
        return tuple(KINDS[path].FromString(body) for path, _, body in sink.requests)


def tell(store: Store, *sent: Request, tenant: str = TENANT) -> None:
    """Store these requests, one segment of each kind; without any, the whole story."""
    for kind in KINDS.values():
        whole = kind()
        for request in sent or requests():
            if isinstance(request, kind):
                whole.MergeFromString(request.SerializeToString())
        store.insert_segment(signal_of(whole), record(whole, tenant), token())


def reversal(store: Store) -> str:
    """The id of the outcome at its end."""
    query = "SELECT outcome_id FROM outcomes WHERE type = 'reversal'"
    return store.read_only(query, "TSV").decode().strip()
