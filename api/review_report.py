"""The report of a reviewed week as people read it: Markdown, and the same as a part of a page.

What is signed off is these very bytes, so they hold nothing but the figures.
"""

from collections.abc import Mapping
from typing import Any

from api import chain_report, rendering

WORDS = {
    "wrong_action": "the wrong thing to do",
    "wrong_amount": "the wrong amount",
    "wrong_input": "rests on wrong or old data",
    "against_policy": "against a policy",
    "not_escalated": "a person should have decided",
    "too_little_context": "too little to judge by",
    "not_my_field": "not my field",
    "involved_myself": "involved myself",
    "other": "something else: see the note",
    "": "no reason",
}


def share(value: float | None) -> str:
    """A share as people read it, to three digits.

    >>> share(0.0123), share(0.5), share(0.0), share(None)
    ('1.23 %', '50 %', '0 %', 'unknown')
    """
    if value is None:
        return "unknown"
    return f"{100 * value:.3g} %"


def interval(said: Mapping[str, float]) -> str:
    """A rate with its bounds.

    >>> interval({"estimate": 0.01, "low": 0.001, "high": 0.05})
    '1 % (0.1 % to 5 %)'
    """
    return f"{share(said['estimate'])} ({share(said['low'])} to {share(said['high'])})"


def coefficient(value: float | None) -> str:
    """An agreement; it is not known where nothing could differ.

    >>> coefficient(0.6667), coefficient(None)
    ('0.67', 'unknown')
    """
    return "unknown" if value is None else f"{value:.2f}"


def money(amount: float | None, currency: str = "") -> str:
    """An amount as people read it; empty without one."""
    return "" if amount is None else f"{amount:,.2f} {currency}".strip()


def reason(name: str) -> str:
    """What a reason means."""
    return WORDS.get(name, name)


for environment in (rendering.ENVIRONMENT, chain_report.ENVIRONMENT):
    environment.filters |= {
        "share": share, "interval": interval, "coefficient": coefficient, "reason": reason,
    }  # fmt: skip
    environment.filters |= {"moment": rendering.moment, "fact": rendering.fact}
    environment.globals["money"] = money


def markdown(figures: Mapping[str, Any]) -> str:
    """templates/review_report.md of the figures."""
    return chain_report.ENVIRONMENT.get_template("review_report.md").render(report=figures)


def html(figures: Mapping[str, Any]) -> str:
    """templates/_review_report.html of the figures: a part of a page."""
    return rendering.ENVIRONMENT.get_template("_review_report.html").render(report=figures)
