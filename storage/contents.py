"""Contents made of stored spans: what analysis needs of texts."""

from datetime import datetime

from storage import engines, sql
from storage.store import Store

# By the look-up that says whether any text is of the kind (none: every text is); results are read
# by what was offered.
DERIVATIONS = {
    "definitions": "definitions_received",
    "contents": "",
    "tool_results": "results_declared",
}


def derive_contents(store: Store, since: datetime, until: datetime) -> None:
    """Make the contents of what was received in [since, until); safe to repeat.

    Call it at the start of a tick, after spans inherited and before anything reads contents.
    Raises Unavailable.
    """
    # Most emitters send no texts, and to plan the derivations takes longer than to ask.
    if not store.rows("texts_received", since=since, until=until):
        return
    values = engines.values(store.cluster, 1)
    for name, received in DERIVATIONS.items():
        if not received or store.rows(received, since=since, until=until):
            statement = sql.filled(sql.derivation(name), values)
            store.derive(statement, f"derive_{name}", since=since, until=until)
