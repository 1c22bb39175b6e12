"""How a command reaches the store: directly, or through the instance that holds it now."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from http.client import HTTPException
from typing import Any, Self, TypeVar
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from api.ports import KeyAdministration
from app import stores
from app.data_folder import SPOOL, DataFolder, Running, running
from app.key_administration import Keys
from app.report import Report
from app.settings import Settings
from domain.access import Scope
from domain.errors import Conflict, InvalidInput, NotFound, Unavailable
from storage.keys import KeyRows
from storage.store import Store

REQUEST_SECONDS_MAX = 60.0
Remote = TypeVar("Remote")
Own = TypeVar("Own")


class Api:
    """The API of the instance that holds the data folder, with its local token."""

    def __init__(self, instance: Running) -> None:
        self.instance = instance
        # A proxy of the environment can not reach this machine's loopback.
        self._opener = build_opener(ProxyHandler({}))

    def asking(self, key: str | None) -> Self:
        """The same for whoever has the key; without one, with the local token."""
        return type(self)(replace(self.instance, token=key)) if key else self

    @property
    def dsn(self) -> str:
        """Its embedded store, read-only, over HTTP."""
        address = urlsplit(self.instance.api_url).netloc
        return f"http://wakeline:{self.instance.token}@{address}/?proxy_path=ch"

    def call(
        self, method: str, path: str, body: Any = None, seconds_max: float = REQUEST_SECONDS_MAX
    ) -> Any:
        """The JSON answer. Raises NotFound or InvalidInput with its own words, or Unavailable."""
        data = None if body is None else json.dumps(body).encode()
        code, answer = self._ask(method, path, data, seconds_max)
        if code < 400:
            return json.loads(answer)
        raise (NotFound if code == 404 else InvalidInput)(json.loads(answer)["detail"])

    def query(self, text: str, fmt: str) -> bytes:
        """What /ch answers. Raises InvalidInput with ClickHouse's words, or Unavailable."""
        code, answer = self._ask("POST", f"/ch/?default_format={quote(fmt)}", text.encode())
        if code < 400:
            return answer
        raise InvalidInput(answer.decode(errors="replace"))

    def _ask(
        self, method: str, path: str, data: bytes | None, seconds_max: float = REQUEST_SECONDS_MAX
    ) -> tuple[int, bytes]:
        headers = {
            "authorization": f"Bearer {self.instance.token}",
            "content-type": "application/json",
        }
        request = Request(f"{self.instance.api_url}{path}", data, headers, method=method)
        try:
            with self._opener.open(request, timeout=seconds_max) as response:
                return response.status, response.read()
        except HTTPError as error:
            with error:
                return error.code, error.read()
        except (OSError, HTTPException) as error:
            raise Unavailable(
                f"the instance at {self.instance.api_url} does not answer: {error}"
            ) from error


class RemoteKeys:
    """/v1/keys of a running instance."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def create(self, tenant: str, name: str, scopes: Iterable[Scope]) -> Mapping[str, Any]:
        """The new key with its text."""
        body = {"tenant": tenant, "name": name, "scopes": list(scopes)}
        made: Mapping[str, Any] = self._api.call("POST", "/v1/keys", body)
        return made

    def listed(self) -> list[Mapping[str, Any]]:
        """All keys, the newest first."""
        found: list[Mapping[str, Any]] = self._api.call("GET", "/v1/keys")
        return found

    def revoke(self, key_id: str) -> Mapping[str, Any]:
        """Raises NotFound."""
        gone: Mapping[str, Any] = self._api.call("DELETE", f"/v1/keys/{quote(key_id, safe='')}")
        return gone


def instance(settings: Settings) -> Api | None:
    """The API of the running instance of this data folder or this store, if there is one."""
    found = running(settings.data)
    if found and (not settings.store or found.store_id == stores.store_id(settings)):
        return Api(found)
    path = stores.path(settings)
    beside = running(path.parent) if settings.store and path else None
    return Api(beside) if beside and beside.store_id == stores.store_id(settings) else None


@contextmanager
def reading(settings: Settings) -> Iterator[Store]:
    """The store for reading, wherever it is now, as it is.

    Raises Conflict when there is no store, or none that can be read from here.
    """
    if (api := _holder(settings)) is not None:
        with Store(api.dsn, settings.storage) as store:
            yield store
    else:
        with _direct(settings, migrate=False) as store:
            yield store


def answer(settings: Settings, query: str, fmt: str) -> bytes:
    """To one statement that only reads, in ClickHouse's output format `fmt`.

    Raises InvalidInput with ClickHouse's words for a wrong statement or one that would write.
    """
    if (api := _holder(settings)) is not None:
        return api.query(query, fmt)
    with _direct(settings, migrate=settings.storage.migrate_on_start) as store:
        if store.embedded_path is None:
            return store.read_only(query, fmt)
        from app import embedded  # the engine takes half a second to import

        return embedded.answer(store.embedded_path, settings.storage, query, fmt)


def _holder(settings: Settings) -> Api | None:
    """The instance that has the embedded store open. Raises Conflict when it has another store."""
    if stores.path(settings) is None:
        return None
    api = instance(settings)
    if api is not None and not api.instance.readable:
        raise Conflict(
            f"the instance of {settings.data} stores in a ClickHouse server; name it with --store"
        )
    return api


@contextmanager
def _direct(settings: Settings, *, migrate: bool) -> Iterator[Store]:
    """The store itself: no instance has it. Raises Conflict when it is missing or held."""
    path = stores.path(settings)
    if path is not None and not path.exists():
        raise Conflict(f"there is no store at {path}; start `wakeline up`, or name it with --data")
    with ExitStack() as stack:
        _hold(settings, stack)
        migrate = migrate and path is not None
        opened = stores.migrated(settings) if migrate else stores.opened(settings)
        yield stack.enter_context(opened)


@contextmanager
def owning(settings: Settings) -> Iterator[Store]:
    """The store for writing, made when it is missing, not migrated.

    Raises Conflict when another process holds it.
    """
    with ExitStack() as stack:
        _hold(settings, stack)
        yield stack.enter_context(stores.opened(settings))


def _hold(settings: Settings, stack: ExitStack) -> None:
    """The data folder, when the store lies in it; other embedded ones are locked by the engine."""
    if not settings.store:
        stack.enter_context(DataFolder(settings.data))


@contextmanager
def reached(
    settings: Settings,
    remote: Callable[[Api], Remote],
    own: Callable[[Store], Own],
    *,
    must_exist: bool = False,
) -> Iterator[Remote | Own]:
    """What administers something: of the running instance or, without one, of the store.

    must_exist: refuse when there is no embedded store yet, instead of making one. Raises Conflict
    when another process holds it.
    """
    path = stores.path(settings)
    if path is not None and (api := instance(settings)) is not None:
        yield remote(api)
        return
    if must_exist and path is not None and not path.exists():
        raise Conflict(f"there is no store at {path}; name it with --data or --store")
    with owning(settings) as store:
        stores.bring_up(settings, store)
        yield own(store)


def keys(settings: Settings, *, must_exist: bool) -> AbstractContextManager[KeyAdministration]:
    """API keys; as `reached`."""
    return reached(settings, RemoteKeys, lambda store: Keys(KeyRows(store)), must_exist=must_exist)


def status(settings: Settings) -> dict[str, Any]:
    """What /v1/status says, or what can be said without a running instance."""
    if (api := instance(settings)) is not None:
        process = {"running": True, "pid": api.instance.pid, "api_url": api.instance.api_url}
        return {**process, **api.call("GET", "/v1/status")}
    with _direct(settings, migrate=settings.storage.migrate_on_start) as store:
        return {"running": False, **Report(store, settings.data / SPOOL).status()}
