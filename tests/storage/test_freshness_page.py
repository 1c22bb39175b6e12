"""Is what docs/freshness.md says of ages, tolerances and stale reads what the store does?"""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain import tools
from domain.asked import EVER
from domain.findings import Window
from domain.signatures import parse
from storage.findings import StoredFindings
from storage.store import Store
from tests.analyzers.signatures.data_01 import NEVER, NOW, History

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "freshness.md").read_text()
SIGNATURE = parse((ROOT / "analyzers" / "signatures" / "data_01.yaml").read_text(), "data_01")


def block(language: str) -> str:
    """The one block of code of that language on the page."""
    (text,) = re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.S)
    return str(text)


def stale(store: Store, history: History) -> list[dict[str, Any]]:
    """Facts of what DATA-01 finds in it."""
    store.insert("data_access", history.accesses)
    store.insert("decisions", history.decisions)
    window = Window(EVER, NOW + timedelta(seconds=1))
    return [dict(one.facts) for one in StoredFindings(store).candidates(SIGNATURE, window)]


def test_age_tolerance_and_source_of_an_input_are_told_as_the_page_tells_them(
    store: Store,
) -> None:
    history = History("a")
    for at in (-4000, -3000, -1000):
        history.write(at, "")
    history.read(-60, "7", data_id="r1", as_of=NOW - timedelta(seconds=5000), source_kind="cache")
    history.read(-50, "", data_id="r2")
    history.decide(-30, inputs=["r1", "r2"])
    store.insert("data_access", history.accesses)
    store.insert("decisions", history.decisions)
    told = store.read_only(block("sql"), "JSONEachRow").splitlines()
    first, second = map(json.loads, told)
    assert (first["age_s"], first["since_read_s"], first["tolerance_s"]) == (4970, 30, 2000)
    assert (first["source"], first["source_kind"], first["version"]) == ("crm", "cache", "7")
    assert second["age_s"] is None


@pytest.mark.parametrize(
    ("read", "written", "says"),
    [
        ({"version": "7"}, {"version": "8"}, ("at version 7", "version 8")),
        ({"version": "9"}, {"version": "8"}, None),
        ({"version": "b"}, {"version": "a"}, ("at version b", "version a")),
        ({"as_of": NOW - timedelta(seconds=900)}, {}, ("as of", "another value")),
        ({"as_of": NOW - timedelta(seconds=100)}, {}, None),
        ({}, {}, None),
        ({"version": "7", "value_hash": 5}, {"version": "8", "value_hash": 5}, None),
        ({"version": "7"}, {"version": "8", "trace": "billing"}, None),
        ({"version": "7"}, {"version": "8", "at": -31}, None),
        ({"version": "7"}, {"version": "8", "status": "Error"}, None),
    ],
)
def test_a_read_is_stale_when_the_page_says_so(
    store: Store, read: dict[str, Any], written: dict[str, Any], says: tuple[str, str] | None
) -> None:
    history = History("a")
    history.write(-1000, read.get("version", ""), value_hash=read.get("value_hash", 0))
    history.write(**{"at": -500, "version": "", **written})
    history.read(**{"at": -600, "version": "", "as_of": NEVER, **read})
    history.decide(-30)
    found = stale(store, history)
    assert bool(found) == (says is not None)
    if says:
        assert str(found[0]["as_read"]).startswith(says[0])
        assert found[0]["now_there"] == says[1]


def test_the_tolerance_of_clocks_is_that_of_the_rule() -> None:
    assert f"`clock_error_s` ({SIGNATURE.parameters['clock_error_s']:.0f} s)" in PAGE


def test_the_declarations_on_the_page_can_be_made() -> None:
    (rule,) = tools.parse(block("yaml"), "tools.yaml").tools
    assert (rule.kind, rule.field, rule.source, rule.source_kind) == (
        "read", "plan_rate", "crm", "cache",
    )  # fmt: skip
    exec(compile(block("python"), "freshness.md", "exec"), {})
