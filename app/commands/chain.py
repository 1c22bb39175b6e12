"""`wakeline chain`: from an outcome back to its causes, and how to undo what they did."""

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, urlencode

import typer

from app import local, printing
from app.commands import options
from app.commands.options import Output
from domain import chain_json

if TYPE_CHECKING:
    from domain.chains import Chain


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command()(chain)


def chain(
    subject: Annotated[str, typer.Argument(help="An outcome, a finding, or a span: TRACE/SPAN.")],
    tenant: Annotated[str, typer.Option(help="Only of this tenant.")] = "",
    fresh: Annotated[bool, typer.Option("--fresh", help="Build it anew.")] = False,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Show what led to an outcome, what else that reached, and how to undo it."""
    settings = options.settings(store, data)
    with local.reached(settings, RemoteChains, _own, must_exist=True) as chains:
        found = chains.chain(tenant, subject, fresh=fresh)
    if format_ is Output.JSON:
        printing.as_json(chain_json.as_object(found))
        return
    from app import chain_text

    printing.styled(chain_text.lines(found))


class RemoteChains:
    """/v1/chains of a running instance."""

    def __init__(self, api: local.Api) -> None:
        self._api = api

    def chain(self, tenant: str, name: str, *, fresh: bool = False) -> "Chain":
        """As that of the store. Raises NotFound."""
        asked = urlencode({"tenant": tenant, "fresh": str(fresh).lower()})
        told = self._api.call("GET", f"/v1/chains/{quote(name, safe='')}?{asked}")
        return chain_json.read(told)


def _own(store: Any) -> Any:
    from app.chains import Chains

    return Chains(store)
