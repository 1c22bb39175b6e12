"""The collector's own metrics: names mirror those of the OpenTelemetry collector."""

from collections import deque
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.samples import Sample

from domain.envelope import Signal

ITEMS = {Signal.TRACES: "spans", Signal.LOGS: "log_records"}
LAG_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)
LAGS_KEPT = 4096


class Telemetry:
    """Every metric of the collector, with its meaning; one instance a process."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()

        def counters(state: str, meaning: str) -> dict[str, Counter]:
            return {
                item: Counter(
                    f"otelcol_receiver_{state}_{item}", meaning, ["transport"],
                    registry=self.registry,
                )
                for item in (*ITEMS.values(), "metric_points")
            }  # fmt: skip

        self.accepted = counters("accepted", "Durable and acknowledged, repetitions included.")
        self.refused = counters("refused", "Not taken: bad items, or backpressure.")
        self.failed = counters("failed", "Not taken for an error of our own; sent again later.")
        self.failed_requests = self._counter(
            "otelcol_receiver_failed_requests",
            "Requests answered with an error; 499 = the request did not arrive whole.",
            "transport", "http_status",
        )  # fmt: skip
        self.requests = self._counter(
            "otelcol_receiver_requests", "Requests received.", "transport"
        )
        self.repeated = self._counter(
            "wakeline_receiver_repeated_requests", "Acknowledged again and dropped: sent twice."
        )
        self.sent = self._counter("otelcol_exporter_sent_items", "Stored in the database.", "item")
        self.send_failed = self._counter(
            "otelcol_exporter_send_failed_segments", "Inserts that failed and are retried."
        )
        self.dead_letters = self._counter(
            "wakeline_dead_letter_requests", "Requests set aside as dead letters."
        )
        self.lag = Histogram(
            "wakeline_ingest_lag_seconds", "From receipt to queryable, the oldest of each segment.",
            buckets=LAG_BUCKETS_S, registry=self.registry,
        )  # fmt: skip
        self._lags: deque[float] = deque(maxlen=LAGS_KEPT)

    @property
    def repeated_count(self) -> int:
        """Requests that were dropped because they had been stored before."""
        return sum(int(sample.value) for sample in _samples(self.repeated, "_total"))

    def gauge(self, name: str, meaning: str, read: Callable[[], float]) -> None:
        """A gauge whose value is read when it is scraped."""
        Gauge(name, meaning, registry=self.registry).set_function(read)

    def observe_lag(self, seconds: float) -> None:
        """The lag of one segment that has just become queryable."""
        self.lag.observe(seconds)
        self._lags.append(seconds)

    def lag_quantile(self, quantile: float) -> float:
        """Of the last segments stored, in s; 0.0 before the first."""
        lags = sorted(self._lags)
        return lags[min(int(quantile * len(lags)), len(lags) - 1)] if lags else 0.0

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, registry=self.registry)


def _samples(counter: Counter, suffix: str) -> Iterator[Sample]:
    for metric in counter.collect():
        yield from (sample for sample in metric.samples if sample.name.endswith(suffix))
