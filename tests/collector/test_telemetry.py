"""Do the collector's own metrics have the names and the values that dashboards rely on?"""

from prometheus_client import CollectorRegistry, generate_latest

from collector.telemetry import LAGS_KEPT, Telemetry


def test_the_names_mirror_those_of_the_opentelemetry_collector() -> None:
    registry = CollectorRegistry()
    Telemetry(registry)
    text = generate_latest(registry).decode()
    for state in ("accepted", "refused", "failed"):
        for item in ("spans", "log_records", "metric_points"):
            assert f"# TYPE otelcol_receiver_{state}_{item}_total counter" in text
    assert "# TYPE otelcol_receiver_requests_total counter" in text


def test_repetitions_are_counted() -> None:
    telemetry = Telemetry()
    assert telemetry.repeated_count == 0
    telemetry.repeated.inc()
    telemetry.repeated.inc()
    assert telemetry.repeated_count == 2


def test_lag_quantiles_are_of_the_last_segments() -> None:
    telemetry = Telemetry()
    assert telemetry.lag_quantile(0.99) == 0.0
    for seconds in range(LAGS_KEPT + 100):
        telemetry.observe_lag(float(seconds))
    assert telemetry.lag_quantile(0.0) == 100.0
    assert telemetry.lag_quantile(0.5) == 100.0 + LAGS_KEPT / 2
    assert telemetry.lag_quantile(1.0) == 99.0 + LAGS_KEPT


def test_a_gauge_is_read_when_it_is_scraped() -> None:
    telemetry = Telemetry()
    values = [1.0, 2.0]
    telemetry.gauge("wakeline_test", "Of this test.", values.pop)
    for value in (2.0, 1.0):
        assert telemetry.registry.get_sample_value("wakeline_test") == value
