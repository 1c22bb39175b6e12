"""A comparison as JSON: what the command prints and the route answers."""

from dataclasses import asdict
from math import isfinite
from typing import Any

from domain.comparison import Comparison, Difference


def as_object(found: Comparison) -> dict[str, Any]:
    """Plain values; null where an interval is open."""
    return asdict(found) | {"channels": [_channel(one) for one in found.channels]}


def _channel(one: Difference) -> dict[str, Any]:
    effect = {
        name: value if not isinstance(value, float) or isfinite(value) else None
        for name, value in asdict(one.effect).items()
    }
    return {
        "channel": one.channel,
        "family": one.family,
        "e_value": one.e_value,
        "named": one.named,
        "equivalent": one.equivalent,
        **effect,
    }
