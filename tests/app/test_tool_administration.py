"""Is one tools.yaml applied at a time, and does a failure say what holds?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.tool_administration import Tools
from domain.errors import InvalidInput, Unavailable
from storage.store import Store


class Busy(Store):
    """A store in which deriving ends with what `meanwhile` raises."""

    meanwhile: Any = None

    def derive(self, statement: str, comment: str, **parameters: Any) -> None:
        self.meanwhile()


def test_one_file_is_applied_at_a_time_and_a_failure_says_what_holds(store: Store) -> None:
    with Busy(store.dsn) as busy:
        assert Tools(busy).in_force(10)["applied_at"] is None
        administration = Tools(busy)
        busy.meanwhile = lambda: administration.apply("tools: {second: {kind: read}}")
        with pytest.raises(Unavailable, match=r"rules are in force, .* another tools\.yaml is"):
            administration.apply(
                "tools: {first: {kind: read}}", datetime.now(UTC) - timedelta(hours=1)
            )
        assert [rule["tool"] for rule in administration.in_force(10)["tools"]] == ["first"]
        with pytest.raises(InvalidInput, match=r"^tools\.yaml:1:1: "):
            administration.apply("tool: {}")
        administration.apply("tools: {}")
