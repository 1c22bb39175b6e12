"""Where commands send OTLP: to an endpoint, to the instance that runs, or into the store."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from app import local
from app.commands import options
from domain.errors import Conflict

if TYPE_CHECKING:  # imported where it is needed, for it takes a second
    from app.replaying import Deliver, Tally


def sender(
    endpoint: str | None, key: str | None, store: str | None, data: Path | None
) -> "Callable[[Deliver, Tally], None]":
    """To the endpoint, to the instance that holds the store now, or into the store.

    Raises Conflict when that instance takes nothing that is sent from here.
    """
    from app import replaying
    from app.replaying import Endpoint

    if endpoint is not None:
        if store or data:
            told = "--endpoint sends over the network: without --store and --data"
            raise typer.BadParameter(told)
        return partial(replaying.to_endpoint, Endpoint(endpoint, key))
    settings = options.settings(store, data)
    api = local.instance(settings)
    if api is None:
        return partial(replaying.into_store, settings)
    if not api.instance.otlp_url:
        raise Conflict(
            f"{settings.data} is held by an instance without OTLP over plain HTTP;"
            " name one that has it: --endpoint URL"
        )
    own = Endpoint(api.instance.otlp_url, api.instance.token, is_local=True)
    return partial(replaying.to_endpoint, own)
