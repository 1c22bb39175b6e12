"""Where the page of a chain is."""

from urllib.parse import quote, urlencode

from api.access import reach
from domain.access import DEFAULT_TENANT, Principal


def address(
    caller: Principal, tenant: str, subject: str, suffix: str = "", **said: str
) -> str:  # fmt: skip
    """Of a page about the subject; with its tenant where the caller sees more than one."""
    if not reach(caller) and tenant not in ("", DEFAULT_TENANT):
        said = {"tenant": tenant, **said}
    query = f"?{urlencode(said)}" if said else ""
    return f"/chains/{quote(subject)}{suffix}{query}"
