"""From gathered records to the chain that is shown; pure, and the same in whatever order they come."""

from collections.abc import Iterable

from domain.chain_records import Records
from domain.chains import Budget, Chain


def build(
    tenant: str,
    records: Records,
    subject: str,
    budget: Budget | None = None,
    hub_types: Iterable[str] = (),
) -> Chain:
    """The chain of `subject`, a node id: `outcome/ID` or `TRACE/SPAN`.

    Raises NotFound when no record is about the subject. `cut`, `levels`, `watermark` and
    `duration_ms` are for the caller to fill in, with `dataclasses.replace`.
    """
    raise NotImplementedError
