"""docs/sdk.md: its examples run, and it names all there is."""

import re
from pathlib import Path

import pytest

import wakeline
from tests.wakeline.sink import ROOT, Sink, run
from wakeline import facts
from wakeline.testing import capture

PAGE = (ROOT / "docs" / "sdk.md").read_text()
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.M | re.S)


def test_every_example_runs_and_records() -> None:
    with Sink() as sink:
        run("\n".join(BLOCKS).replace("http://localhost:4318", sink.url))
        names = {event.event_name for _, event in sink.events()}
    assert names == {f"wakeline.{kind}" for kind in KINDS}


KINDS = ("data.read", "data.write", "decision", "outcome", "handoff", "change")


@pytest.mark.parametrize("name", sorted(set(wakeline.__all__) - {"Block", "Step"}))
def test_every_exported_name_is_on_the_page(name: str) -> None:
    assert re.search(rf"\b{name}\b", PAGE)


@pytest.mark.parametrize(
    "keys", [facts.WRITE, facts.DECISION, facts.EFFECT, facts.OUTCOME, facts.INTENT, facts.CHANGE]
)
def test_every_keyword_of_the_events_is_on_the_page(keys: facts.Keys) -> None:
    assert [keyword for keyword in keys if not re.search(rf"\b{keyword}\b", PAGE)] == [
        # said by `value`
        *(keyword for keyword in ("value_hash", "value_num") if keyword in keys)
    ]


def test_every_link_of_the_page_leads_somewhere() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", PAGE)
    assert targets
    assert [one for one in targets if not Path(ROOT / "docs" / one).resolve().exists()] == []


def test_the_first_lines_run_without_a_network_when_captured() -> None:
    with capture() as recorded:
        exec(BLOCKS[1], {"wakeline": wakeline})
    assert [event.name for event in recorded.events] == [
        "wakeline.data.read",
        "wakeline.decision",
        "wakeline.data.write",
    ]
