"""What people do about findings and signatures, for the API and the commands."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from analyzers import registry
from app import local, moments
from app.local import Api
from app.settings import Settings
from domain.asked import EVER
from domain.errors import InvalidInput, NotFound
from domain.tool_orders import MINED, RuleState
from storage.findings import FindingRows
from storage.mined_rules import MinedRules
from storage.store import Store

STATES = {"on": RuleState.PROMOTED, "shadow": RuleState.INFO, "off": RuleState.REJECTED}


class FindingActions:
    """Those of the store."""

    def __init__(self, store: Store) -> None:
        self._rows = FindingRows(store)
        self._mined = MinedRules(store)

    def act(
        self, key: tuple[str, str], action: str, actor: str, note: str,
        muted_until: datetime | None,
    ) -> Mapping[str, Any]:  # fmt: skip
        """key: tenant, empty for any, and id of the finding. Raises NotFound, InvalidInput,
        Unavailable."""
        _check_mute(action, muted_until)
        finding = self._rows.one(*key)
        self._rows.act(finding, action, actor, note, muted_until or EVER)
        now = self._rows.one(finding["tenant"], finding["finding_id"])
        names = ("finding_id", "signature", "state", "verdict")
        return {name: now[name] for name in names} | {"muted_until": muted_until}

    def set_mode(
        self, signature: str, mode: str, actor: str, tenant: str = ""
    ) -> Mapping[str, Any]:
        """Of one tenant, or of all when it is empty. Raises NotFound, Unavailable.

        A mined rule that is on is promoted, in shadow it is info, off it is rejected.
        """
        if signature.startswith(MINED):
            self._mined.decide(signature, STATES[mode], actor, tenant)
        else:
            known(signature)
            self._rows.set_mode(signature, mode, actor, tenant)
        return {"signature": signature, "mode": mode}


class RemoteFindingActions:
    """Those of a running instance."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def act(
        self, key: tuple[str, str], action: str, actor: str, note: str,
        muted_until: datetime | None,
    ) -> Mapping[str, Any]:  # fmt: skip
        """As `FindingActions.act`; the instance names the actor."""
        body = {"action": action, "note": note}
        if muted_until is not None:
            body["muted_until"] = moments.iso(muted_until)
        path = f"/v1/findings/{quote(key[1], safe='')}/actions"
        done: Mapping[str, Any] = self._api.call("POST", path, body)
        return done

    def set_mode(
        self, signature: str, mode: str, actor: str, tenant: str = ""
    ) -> Mapping[str, Any]:
        """As `FindingActions.set_mode`; the instance names the actor, and sets it for all."""
        path = f"/v1/signatures/{quote(signature, safe='')}"
        done: Mapping[str, Any] = self._api.call("PUT", path, {"mode": mode})
        return done


def reached(settings: Settings) -> AbstractContextManager[FindingActions | RemoteFindingActions]:
    """Through the running instance or, without one, in the store.

    Raises Conflict when another process holds it.
    """
    return local.reached(settings, RemoteFindingActions, FindingActions)


def known(signature: str) -> None:
    """Raises NotFound unless a rule file, or mining, made the signature."""
    ids = [each.id for each in registry.catalogue()]
    if signature not in ids and not signature.startswith(MINED):
        raise NotFound(f"there is no signature '{signature}'; see `wakeline signatures list`")


def _check_mute(action: str, muted_until: datetime | None) -> None:
    if (action == "mute") != (muted_until is not None):
        raise InvalidInput("muted_until goes with mute, and mute with it")
    if muted_until is not None and muted_until <= datetime.now(UTC):
        raise InvalidInput(f"muted_until: {moments.iso(muted_until)} is past")
