"""Is docker-compose.yml valid, closed by default, and made of things that exist?"""

import copy
import json
import os
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema.validators import validator_for

from app.settings import load

Compose = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
BIND = "${BIND_ADDRESS:-127.0.0.1}:"
EVERYWHERE = "0.0.0.0"  # inside a container
OWN_IMAGE = "wakeline:0.1.0"
# The roles that a container may run; the first two words of `wakeline …`.
ROLES = {("up",), ("collect",), ("serve",), ("migrate",)}
WRITABLE = {"clickhouse"}  # its entry point writes the user into its configuration folder


@cache
def schema() -> Compose:
    """The Compose Specification's own schema, as check-jsonschema ships it."""
    shipped = files("check_jsonschema.builtin_schemas.vendor").joinpath("compose-spec.json")
    loaded: Compose = json.loads(shipped.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture
def compose() -> Compose:
    loaded: Compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def schema_complaints(compose: Compose) -> Iterator[str]:
    validator = validator_for(schema())
    for error in validator(schema()).iter_errors(compose):
        yield f"{error.json_path}: {error.message}"


def complaints(compose: Compose) -> Iterator[str]:
    """What the schema cannot see."""
    for name, service in compose["services"].items():
        for rule in (references, mounts, image, command, ports, hardening, secrets):
            yield from (f"{name}: {found}" for found in rule(name, service, compose))


def references(_: str, service: Compose, compose: Compose) -> Iterator[str]:
    for name, wanted in service.get("depends_on", {}).items():
        other = compose["services"].get(name)
        if other is None:
            yield f"depends on {name}, which is not a service"
        elif wanted["condition"] == "service_healthy" and "healthcheck" not in other:
            yield f"waits for the health of {name}, which has no check"
    for network in service.get("networks", ["default"]):
        if network not in compose["networks"]:
            yield f"joins {network}, which is not a network"


def mounts(_: str, service: Compose, compose: Compose) -> Iterator[str]:
    for mount in service.get("volumes", []):
        source, *_, rights = mount.split(":")
        if source.startswith("./"):
            if rights != "ro" or not (ROOT / source).exists():
                yield f"mounts {mount}, which is not there or could be written"
        elif source not in compose["volumes"]:
            yield f"mounts {mount}, which is not a named volume"


def image(_: str, service: Compose, __: Compose) -> Iterator[str]:
    if not re.fullmatch(r"[a-z0-9/-]+:\d+\.\d+(\.\d+)*", service["image"]):
        yield f"{service['image']} is not pinned"
    if ("build" in service) != (service["image"] == OWN_IMAGE):
        yield "our image is built here, the others are not"


def command(_: str, service: Compose, __: Compose) -> Iterator[str]:
    if "build" in service:
        words = tuple(service.get("command", ()))
        if not {words[:1], words[:2]} & ROLES:
            yield f"{words} is not a role of wakeline"


def ports(_: str, service: Compose, __: Compose) -> Iterator[str]:
    for port in service.get("ports", []):
        if not str(port).startswith(BIND):
            yield f"port {port} is open to the network by default"


def hardening(name: str, service: Compose, __: Compose) -> Iterator[str]:
    if not re.fullmatch(r"[1-9]\d*:\d+", str(service.get("user"))):
        yield "runs as root"
    if not service.get("read_only") and name not in WRITABLE:
        yield "may write its own image"
    if service.get("cap_drop") != ["ALL"]:
        yield "keeps capabilities"
    if "no-new-privileges:true" not in service.get("security_opt", []):
        yield "may gain privileges"
    if not {"cpus", "memory", "pids"} <= set(service["deploy"]["resources"]["limits"]):
        yield "has no limits"
    if "restart" not in service:
        yield "does not come back"


def secrets(_: str, service: Compose, __: Compose) -> Iterator[str]:
    for name, value in service.get("environment", {}).items():
        secret = "PASSWORD" in name or re.search(r"://[^/]*@", value)
        if secret and not re.search(r"\$\{[A-Z_]+:\?[^}]+\}", value):
            yield f"{name} does not insist on a password"


def test_the_file_follows_the_compose_specification(compose: Compose) -> None:
    assert not list(schema_complaints(compose))


def test_the_file_holds_together_and_is_closed_by_default(compose: Compose) -> None:
    assert not list(complaints(compose))


def test_every_part_of_the_system_is_there(compose: Compose) -> None:
    roles = {
        service["command"][0] for service in compose["services"].values() if "build" in service
    }
    assert roles == {"migrate", "collect", "serve"}
    assert {"clickhouse", "grafana"} <= set(compose["services"])


def test_every_role_waits_for_the_migrations(compose: Compose) -> None:
    for service in compose["services"].values():
        if "build" in service and service["command"][0] != "migrate":
            wanted = service["depends_on"]["wakeline-migrate"]["condition"]
            assert wanted == "service_completed_successfully"


def test_every_volume_that_is_declared_is_mounted(compose: Compose) -> None:
    mounted = {
        mount.split(":")[0]
        for service in compose["services"].values()
        for mount in service.get("volumes", [])
        if not mount.startswith("./")
    }
    assert mounted == set(compose["volumes"])


def test_the_database_is_reachable_from_no_other_machine(compose: Compose) -> None:
    database = compose["services"]["clickhouse"]
    assert "ports" not in database
    assert all(compose["networks"][name]["internal"] for name in database["networks"])


def test_every_variable_of_a_role_is_a_setting(
    compose: Compose, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # no wakeline.toml of this machine
    for service in compose["services"].values():
        if "build" in service:
            with monkeypatch.context() as environment:
                for name in [name for name in os.environ if name.startswith("WAKELINE_")]:
                    environment.delenv(name)
                for name, value in service["environment"].items():
                    environment.setenv(name, value)
                settings = load()
            assert settings.dsn.startswith("clickhouse://")
            assert not settings.storage.migrate_on_start
            listening = {"4317", "4318"} if settings.collector.host == EVERYWHERE else set()
            listening |= {"8080"} if settings.api.host == EVERYWHERE else set()
            assert listening == {port.rsplit(":")[-1] for port in service.get("ports", [])}


def _set(service: str, **values: object) -> Callable[[Compose], None]:
    return lambda compose: compose["services"][service].update(values)


MISTAKES: tuple[Callable[[Compose], None], ...] = (
    _set("grafana", depends_on={"redis": {"condition": "service_started"}}),
    _set("grafana", depends_on={"wakeline-migrate": {"condition": "service_healthy"}}),
    _set("grafana", volumes=["lost:/var/lib/grafana"]),
    _set("grafana", volumes=["./dashboards/generated:/etc/wakeline/dashboards"]),
    _set("grafana", volumes=["./dashboards/lost:/etc/wakeline/dashboards:ro"]),
    _set("grafana", networks=["lost"]),
    _set("grafana", image="grafana/grafana"),
    _set("grafana", image="grafana/grafana:latest"),
    _set("grafana", image=OWN_IMAGE),
    _set("wakeline-serve", command=["server"]),
    _set("wakeline-serve", ports=["8080:8080"]),
    _set("wakeline-serve", user="0:0"),
    _set("wakeline-serve", read_only=False),
    _set("wakeline-serve", cap_drop=[]),
    _set("wakeline-serve", security_opt=[]),
    _set("wakeline-serve", deploy={"resources": {"limits": {"cpus": "1"}}}),
    _set("clickhouse", environment={"CLICKHOUSE_PASSWORD": "secret"}),
    _set("clickhouse", environment={"CLICKHOUSE_PASSWORD": "${CLICKHOUSE_PASSWORD:-}"}),
    lambda compose: compose["services"]["wakeline-serve"].pop("restart"),
)
MISSHAPES: tuple[Callable[[Compose], None], ...] = (
    _set("grafana", imagee="grafana/grafana:1.0"),
    _set("grafana", healthcheck={"test": 5}),
    _set("grafana", depends_on={"clickhouse": {"condition": "healthy"}}),
    _set("grafana", ulimits={"nofile": {"soft": 1}}),
    lambda compose: compose.update(service={}),
)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(compose: Compose, mistake: Callable[[Compose], None]) -> None:
    wrong = copy.deepcopy(compose)
    mistake(wrong)
    assert list(complaints(wrong))


@pytest.mark.parametrize("misshape", MISSHAPES)
def test_a_shape_outside_the_specification_is_named(
    compose: Compose, misshape: Callable[[Compose], None]
) -> None:
    wrong = copy.deepcopy(compose)
    misshape(wrong)
    assert list(schema_complaints(wrong))
