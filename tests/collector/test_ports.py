"""Does a collector that cannot have its ports say which, and leave nothing behind?"""

import asyncio
import socket
from pathlib import Path

import pytest

from collector.config import CollectorConfig
from collector.pipeline import Collector, Pipeline
from domain.errors import Conflict
from storage.store import Store
from tests.collector.running import Everybody, thirty_days


@pytest.mark.parametrize("flag", ["grpc-port", "http-port"])
def test_a_taken_port_is_named_with_the_option_that_sets_it(
    store: Store, tmp_path: Path, flag: str
) -> None:
    async def start_and_stop(config: CollectorConfig) -> None:
        pipeline = Pipeline(tmp_path / "spool", config, store, Everybody(), thirty_days)
        collector = Collector(pipeline, config)
        try:
            await collector.start()
        finally:
            assert await collector.stop()

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = {"grpc_port": 0, "http_port": 0} | {flag.replace("-", "_"): port}
        with pytest.raises(Conflict, match=f"127.0.0.1:{port} is in use; .*--{flag}"):
            asyncio.run(start_and_stop(CollectorConfig.model_validate(ports)))


def test_one_request_must_fit_in_memory_twice() -> None:
    sizes = {"request_bytes_max": 1024**2, "in_flight_bytes_max": 2 * 1024**2}
    CollectorConfig.model_validate(sizes)
    with pytest.raises(ValueError, match="request_bytes_max twice"):
        CollectorConfig.model_validate(sizes | {"request_bytes_max": 1024**2 + 1})
