"""What an agent gets with `pip install` and `import`: little, and fast."""

import json
import re
from importlib.metadata import requires

import pytest

import wakeline
from tests.wakeline.sink import run

HEAVY = ("chdb", "fastapi", "numpy", "pydantic", "grpc", "httpx", "opentelemetry.sdk", "app")


def test_installing_without_extras_brings_opentelemetry_and_httpx_alone() -> None:
    names = {
        re.split(r"[^a-z0-9-]", line)[0]
        for line in requires("wakeline") or []
        if "extra ==" not in line
    }
    assert names == {"httpx", "opentelemetry-exporter-otlp", "opentelemetry-sdk"}


@pytest.mark.parametrize("module", ["wakeline", "wakeline.conventions"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    loaded = json.loads(run(f"import json, sys, {module}; print(json.dumps(list(sys.modules)))"))
    assert not set(loaded) & set(HEAVY)


def test_every_exported_name_exists_once_and_is_documented() -> None:
    assert len(set(wakeline.__all__)) == len(wakeline.__all__)
    for name in wakeline.__all__:
        assert isinstance(getattr(wakeline, name), str) or getattr(wakeline, name).__doc__
