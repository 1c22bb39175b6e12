"""The embedded engine for readers: /ch and `wakeline sql` have the same rules and limits."""

from pathlib import Path

from domain.errors import InvalidInput
from storage.config import StorageConfig
from storage.http_codec import ClickhouseError
from storage.http_engine import EmbeddedEngine, HttpLimits, Query


def limits(storage: StorageConfig) -> HttpLimits:
    """What one query may take, as the settings say."""
    return HttpLimits(
        result_rows_max=storage.result_rows_max,
        query_seconds_max=storage.query_seconds_max,
        query_memory_bytes_max=storage.query_memory_bytes_max,
    )


def answer(path: Path, storage: StorageConfig, query: str, fmt: str) -> bytes:
    """Of a store that this process has open. Raises InvalidInput with the engine's words."""
    engine = EmbeddedEngine(str(path), limits(storage))
    try:
        return engine.run(Query(query.encode(), fmt)).body
    except ClickhouseError as error:
        raise InvalidInput(f"Code: {error.code}. DB::Exception: {error.message}") from error
