"""Do programs that know OpenFeature or Open Policy Agent, and nothing of us, get the limits?"""

import fcntl
import gzip
import io
import json
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode

from tests.app.governed import Governed

NODE = Path(__file__).parent / "openfeature"
SECONDS_MAX = 120.0


@pytest.fixture(scope="module")
def live(module_data: Path) -> Iterator[Governed]:
    with Governed(module_data) as running:
        yield running


@pytest.fixture
def client(live: Governed) -> Iterator[OpenFeatureClient]:
    """The unmodified SDK with its OFREP provider."""
    provider = OFREPProvider(
        live.process.api_url, headers_factory=lambda: {"x-api-key": live.keys["agent"]}
    )
    api.set_provider(provider)
    yield api.get_client()
    provider.session.close()
    api.clear_providers()


def case(agent: str, key: str | None = "case-1", **more: float) -> EvaluationContext:
    return EvaluationContext(key, {"agent": agent, **more})


def test_the_openfeature_sdk_reads_limits_and_sees_a_change(
    live: Governed, client: OpenFeatureClient
) -> None:
    assert client.get_float_value("refund.confidence", 0.0, case("clerk")) == 2.0
    assert client.get_float_value("refund.amount", 9.0, case("clerk")) == 0.0
    assert client.get_string_value("refund.answer", "stop", case("clerk")) == "escalate"
    live.in_force("clerk")
    assert client.get_float_value("refund.confidence", 0.0, case("clerk")) == 0.8
    assert client.get_float_value("refund.amount", 0.0, case("clerk")) == 500.0
    assert client.get_string_value("refund.stage", "", case("clerk")) == "full"
    asked = case("clerk", confidence=0.9, amount=100.0)
    told = client.get_string_details("refund.answer", "escalate", asked)
    assert (told.value, told.flag_metadata["version"]) == ("proceed", 1)
    asked = case("clerk", confidence=0.9, amount=900.0)
    assert client.get_string_value("refund.answer", "proceed", asked) == "escalate"


def test_the_openfeature_sdk_sees_a_kill_switch(live: Governed, client: OpenFeatureClient) -> None:
    assert client.get_boolean_value("stopped", True, case("stopper")) is False
    live.post("ann", "/v1/kills", scope="agent", agent="stopper", reason="wrong")
    told = client.get_boolean_details("stopped", False, case("stopper"))
    assert (told.value, "wrong" in str(told.flag_metadata["why"])) == (True, True)
    assert client.get_string_value("refund.answer", "", case("stopper")) == "stop"


def test_what_can_not_be_answered_is_told_in_the_words_of_the_protocol(
    live: Governed, client: OpenFeatureClient
) -> None:
    unknown = client.get_boolean_details("nothing", False, case("clerk"))
    assert unknown.error_code == ErrorCode.FLAG_NOT_FOUND
    nameless = client.get_string_details("refund.answer", "x", case("clerk", None))
    assert nameless.error_code == ErrorCode.TARGETING_KEY_MISSING
    nobody = client.get_boolean_details("stopped", True, EvaluationContext("case-1"))
    assert (nobody.error_code, nobody.value) == (ErrorCode.INVALID_CONTEXT, True)
    headers = {"x-api-key": live.keys["agent"]}
    answer = live.http.post("/ofrep/v1/evaluate/flags", content=b"{", headers=headers)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "PARSE_ERROR")
    assert live.http.post("/ofrep/v1/evaluate/flags/stopped", json={}).status_code == 401


def test_all_flags_come_at_once_and_only_when_they_changed(live: Governed) -> None:
    live.in_force("bulk")
    path, headers = "/ofrep/v1/evaluate/flags", {"x-api-key": live.keys["agent"]}
    body = {"context": {"agent": "bulk", "targetingKey": "case-1", "confidence": 0.9}}
    answer = live.http.post(path, json=body, headers=headers)
    flags = {flag["key"]: flag["value"] for flag in answer.json()["flags"]}
    assert flags == {
        "stopped": False, "refund.answer": "escalate", "refund.confidence": 0.8,
        "refund.amount": 500.0, "refund.stage": "full",
    }  # fmt: skip
    tag = {"if-none-match": answer.headers["etag"]}
    assert live.http.post(path, json=body, headers=headers | tag).status_code == 304
    live.post("ann", "/v1/kills", scope="agent", agent="bulk", reason="wrong")
    answer = live.http.post(path, json=body, headers=headers | tag)
    assert answer.json()["flags"][0]["value"] is True
    without = live.http.post(path, json={"context": {"agent": "bulk"}}, headers=headers).json()
    codes = {flag["key"]: flag.get("errorCode") for flag in without["flags"]}
    assert codes["refund.answer"] == "TARGETING_KEY_MISSING"


def test_a_policy_engine_gets_a_bundle_with_its_revision(live: Governed) -> None:
    live.in_force("packed")
    answer = live.get("agent", "/v1/opa/bundle.tar.gz")
    with tarfile.open(fileobj=io.BytesIO(answer.content), mode="r:gz") as archive:
        files = {
            member.name: json.loads(archive.extractfile(member).read())  # type: ignore[union-attr]
            for member in archive
        }
    manifest = files["/.manifest"]
    assert answer.headers["etag"] == f'"{manifest["revision"]}"'
    assert manifest["roots"] == ["wakeline"]
    held = files["/data.json"]["wakeline"]["agents"]["packed"]
    assert held["actions"]["refund"][""]["confidence"] == 0.8
    assert gzip.decompress(answer.content)
    tag = {"if-none-match": answer.headers["etag"]}
    assert live.get("agent", "/v1/opa/bundle.tar.gz", **tag).status_code == 304
    live.in_force("packed", confidence=0.7)
    assert live.get("agent", "/v1/opa/bundle.tar.gz", **tag).status_code == 200


@pytest.fixture(scope="session")
def node() -> str:
    """The node program, its OpenFeature SDK installed from the lock file, once for all runs."""
    program = shutil.which("node")
    assert program, "node is missing: `make system` installs it"
    assert shutil.which("npm"), "npm is missing: `make system` installs it"
    lock = NODE / "package-lock.json"
    installed = NODE / "node_modules" / ".package-lock.json"
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
            subprocess.run(["npm", "ci", "--silent"], cwd=NODE, check=True, timeout=SECONDS_MAX)
    return program


def test_the_openfeature_sdk_for_node_sees_limits_stops_and_changes(
    live: Governed, node: str
) -> None:
    def read() -> dict[str, object]:
        command = [node, str(NODE / "read.mjs"), live.process.api_url, live.keys["agent"], "js"]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=SECONDS_MAX, check=True
        )
        said: dict[str, object] = json.loads(done.stdout)
        return said

    unknown = {"unknown": "FLAG_NOT_FOUND"}
    assert read() == unknown | {
        "answer": "escalate", "version": 0, "confidence": 2, "stopped": False,
    }  # fmt: skip
    live.in_force("js")
    live.post("ann", "/v1/kills", scope="agent", agent="js", reason="wrong", drill=True)
    assert read() == unknown | {
        "answer": "proceed", "version": 1, "confidence": 0.8, "stopped": False,
    }  # fmt: skip
    live.post("ann", "/v1/kills", scope="agent", agent="js", reason="wrong")
    assert read() == unknown | {
        "answer": "stop", "version": 1, "confidence": 0.8, "stopped": True,
    }  # fmt: skip
