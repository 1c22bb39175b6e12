"""`wakeline drift accept`, `dismiss`, `reopen`, `expect`, `withdraw`: what people say of drift."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, urlencode

import typer

from analyzers.drift_config import DriftConfig
from app import local, moments
from app.commands import options
from app.settings import Settings
from domain.access import DEFAULT_TENANT
from domain.drift_reading import AlarmVerdict, Expected, Verdict
from domain.errors import InvalidInput

if TYPE_CHECKING:
    from storage.store import Store

ACTOR = "command"
KINDS = ("holiday", "change")
AlarmArgument = Annotated[
    str, typer.Argument(metavar="ALARM", help="As `wakeline drift alarms` has it.")
]
ReasonOption = Annotated[str, typer.Option(help="Why, for others to read.")]
TenantOption = Annotated[str, typer.Option(help="Whose it is.")]
VERDICTS = {
    "accept": (Verdict.NEW_NORMAL, "It is meant to be so: a new baseline begins with the change."),
    "dismiss": (Verdict.BENIGN, "It is harmless (--reason): its evidence begins again."),
    "reopen": (Verdict.REOPENED, "What was said to it was wrong."),
}


def register(group: typer.Typer) -> None:
    """Adds the commands to `wakeline drift`."""
    for name, (verdict, meaning) in VERDICTS.items():
        _register(group, name, verdict, meaning)
    group.command()(expect)
    group.command()(withdraw)


def _register(group: typer.Typer, name: str, verdict: Verdict, meaning: str) -> None:
    def command(
        alarm: AlarmArgument,
        reason: ReasonOption = "",
        tenant: TenantOption = DEFAULT_TENANT,
        store: options.StoreOption = None,
        data: options.DataOption = None,
    ) -> None:
        said = AlarmVerdict(verdict, reason, ACTOR, datetime.now(UTC))
        with _saying(options.settings(store, data)) as saying:
            typer.echo(f"{alarm} is {saying.judge(tenant, alarm, said)}")

    group.command(name, help=meaning)(command)


def expect(  # noqa: PLR0913 - each is a flag
    kind: Annotated[str, typer.Argument(help="holiday, or change: a new baseline follows it.")],
    since: Annotated[str, typer.Option(help="ISO time, or how long ago.")],
    until: Annotated[str, typer.Option(help="ISO time.")],
    why: Annotated[str, typer.Option(help="For others to read.")],
    agent: Annotated[str, typer.Option(help="Only of this agent.")] = "",
    tenant: TenantOption = DEFAULT_TENANT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """A time whose windows do not count: a holiday, or a change that is meant."""
    if kind not in KINDS:
        raise InvalidInput(f"kind: '{kind}' is none of {', '.join(KINDS)}")
    now = datetime.now(UTC)
    begin, end = moments.given(since, now), moments.given(until, now)
    expected = Expected(tenant, agent, kind, begin, end, why, ACTOR)
    with _saying(options.settings(store, data)) as saying:
        typer.echo(f"{saying.expect(expected)} is kept")


def withdraw(
    expected: Annotated[
        str, typer.Argument(metavar="EXPECTED", help="As `wakeline drift expect` printed it.")
    ],
    tenant: TenantOption = DEFAULT_TENANT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """It is not expected any more; windows that it left out stay so."""
    with _saying(options.settings(store, data)) as saying:
        typer.echo(f"{saying.withdraw(tenant, expected)} is withdrawn")


@contextmanager
def _saying(settings: Settings) -> Iterator["RemoteSaying | Saying"]:
    def own(store: "Store") -> Saying:
        return Saying(store, settings.drift)

    with local.reached(settings, RemoteSaying, own) as saying:
        yield saying


class Saying:
    """Into the store."""

    def __init__(self, store: "Store", config: DriftConfig) -> None:
        from app.stored_drift import StoredDrift

        self._drift = StoredDrift(store, config)

    def judge(self, tenant: str, alarm_id: str, said: AlarmVerdict) -> str:
        """How the alarm stands then. Raises NotFound, InvalidInput."""
        from api import drift_words

        return drift_words.standing(self._drift.judge(tenant, alarm_id, said))

    def expect(self, expected: Expected) -> str:
        """Its id. Raises InvalidInput."""
        return self._drift.expect(expected).expected_id

    def withdraw(self, tenant: str, expected_id: str) -> str:
        """Its id. Raises NotFound."""
        return self._drift.withdraw(tenant, expected_id, ACTOR).expected_id


class RemoteSaying:
    """To a running instance, which names the actor."""

    def __init__(self, api: local.Api) -> None:
        self._api = api

    def judge(self, tenant: str, alarm_id: str, said: AlarmVerdict) -> str:
        """As `Saying.judge`."""
        from api import drift_words

        query = urlencode({"tenant": tenant})
        path = f"/v1/drift/alarms/{quote(alarm_id, safe='')}/verdicts?{query}"
        body = {"verdict": said.verdict, "reason": said.reason}
        told: dict[str, Any] = self._api.call("POST", path, body)
        return "open" if told["is_open"] else drift_words.VERDICTS[said.verdict]

    def expect(self, expected: Expected) -> str:
        """As `Saying.expect`."""
        body = {
            "kind": expected.kind, "agent": expected.agent, "why": expected.why,
            "since": moments.iso(expected.since), "until": moments.iso(expected.until),
        }  # fmt: skip
        query = urlencode({"tenant": expected.tenant})
        made: dict[str, Any] = self._api.call("POST", f"/v1/drift/expected?{query}", body)
        return str(made["expected_id"])

    def withdraw(self, tenant: str, expected_id: str) -> str:
        """As `Saying.withdraw`."""
        query = urlencode({"tenant": tenant})
        path = f"/v1/drift/expected/{quote(expected_id, safe='')}?{query}"
        gone: dict[str, Any] = self._api.call("DELETE", path)
        return str(gone["expected_id"])
