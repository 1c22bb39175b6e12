"""What each signature needs, as the table of docs/coverage.md, read from the data file."""

from collections.abc import Iterable

from domain.coverage import percent
from domain.signature_needs import Need, Signature, catalogue

HEAD = ("signature", "needs", "works better with", "to declare besides")


def table() -> str:
    """In Markdown, in the order of the file."""
    rows = [HEAD, ("---",) * len(HEAD), *map(_row, catalogue().signatures)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def _row(signature: Signature) -> tuple[str, ...]:
    one_of = " or ".join(map(_need, signature.one_of))
    needs = [*map(_need, signature.needs), *([one_of] if one_of else [])]
    return (
        f"{signature.id} {signature.name}",
        "; ".join(needs),
        _all(signature.helps),
        signature.also,
    )


def _all(needs: Iterable[Need]) -> str:
    return "; ".join(map(_need, needs))


def _need(need: Need) -> str:
    share = f" {percent(need.share_min)}" if need.share_min else ""
    return f"{need.attribute.label}{share}"
