"""How a command reaches the store: directly, or through the instance that holds it now."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import httpx

from app import assemble
from app.data_folder import DataFolder, Running, running
from app.key_administration import Keys
from app.report import Report
from app.settings import Settings
from domain.errors import Conflict, InvalidInput, Unavailable
from storage.keys import KeyRows
from storage.store import Store, embedded_path

REQUEST_SECONDS_MAX = 30.0


class Api:
    """The API of the instance that holds the data folder, with its local token."""

    def __init__(self, instance: Running) -> None:
        host = "127.0.0.1" if instance.api_host in {"0.0.0.0", "::"} else instance.api_host
        self.instance = instance
        self.address = f"{host}:{instance.api_port}"

    @property
    def dsn(self) -> str:
        """Its embedded store, read-only, over HTTP."""
        return f"http://wakeline:{self.instance.token}@{self.address}/?proxy_path=ch"

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON answer. Raises InvalidInput with the instance's own words, or Unavailable."""
        try:
            response = httpx.request(
                method,
                f"http://{self.address}{path}",
                json=body,
                headers={"authorization": f"Bearer {self.instance.token}"},
                timeout=REQUEST_SECONDS_MAX,
            )
        except httpx.HTTPError as error:
            raise Unavailable(f"the instance at {self.address} does not answer: {error}") from error
        if response.is_error:
            raise InvalidInput(response.json().get("detail", response.text))
        return response.json()


def instance(settings: Settings) -> Api | None:
    """The API of the running instance of the data folder, if there is one."""
    found = running(settings.data)
    return Api(found) if found else None


@contextmanager
def reading(settings: Settings) -> Iterator[Store]:
    """The store for reading, wherever it is now."""
    if embedded_path(settings.dsn) is None:
        yield from _opened(Store(settings.dsn, settings.storage))
    elif (api := instance(settings)) is not None:
        yield from _opened(Store(api.dsn, settings.storage))
    else:
        _refuse_missing(settings)
        with DataFolder(settings.data):
            yield from _opened(assemble.open_store(settings))


@contextmanager
def owning(settings: Settings) -> Iterator[Store]:
    """The store for writing; raises Conflict when a running instance holds it."""
    embedded = embedded_path(settings.dsn) is not None
    with DataFolder(settings.data) if embedded else nullcontext():
        yield from _opened(assemble.open_store(settings))


def keys(settings: Settings, method: str, path: str = "", body: Any = None) -> Any:
    """A call of /v1/keys, answered by the running instance or, without one, by the store."""
    if embedded_path(settings.dsn) is not None and (api := instance(settings)) is not None:
        return api.call(method, f"/v1/keys{path}", body)
    with owning(settings) as store:
        administration = Keys(KeyRows(store))
        match method:
            case "POST":
                return administration.create(body["tenant"], body["name"], body["scopes"])
            case "DELETE":
                return administration.revoke(path.lstrip("/"))
            case _:
                return administration.listed()


def status(settings: Settings) -> Any:
    """What /v1/status says, or what can be said without a running instance."""
    if (api := instance(settings)) is not None:
        return {"running": True, "pid": api.instance.pid, **api.call("GET", "/v1/status")}
    with reading(settings) as store:
        report = Report(store, settings.data / assemble.SPOOL)
        return {"running": False, **report.status()}


def _opened(store: Store) -> Iterator[Store]:
    with store:
        yield store


def _refuse_missing(settings: Settings) -> None:
    path = embedded_path(settings.dsn)
    if path is not None and not path.exists():
        raise Conflict(f"there is no store at {path}; start `wakeline up`, or name it with --data")
