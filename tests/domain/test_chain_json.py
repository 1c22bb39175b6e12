"""Is a chain the same when it was told as JSON and read again?"""

import json
from datetime import UTC, datetime, timedelta

import pytest

from domain import chain_json
from domain.chains import (
    BlastRadius,
    Cause,
    Chain,
    Edge,
    EdgeKind,
    LineKind,
    LiveWrite,
    Node,
    ReversalLine,
)

AT = datetime(2026, 11, 23, 6, 30, 1, 5, tzinfo=UTC)
CHAIN = Chain(
    tenant="acme",
    subject="outcome/1",
    nodes=(
        Node("t/s", "read", AT, "billing", "crm", "read x", "t", "s", "c", ("f",), {"a": "b"}),
        Node("outcome/1", "outcome", AT + timedelta(days=3), "", "", "reversal"),
    ),
    edges=(Edge("t/s", "outcome/1", EdgeKind.OUTCOME, 0.97, hard=True, reason="it names it"),),
    causes=(Cause("t/s", 0.9, 0.9, 1.0, 1.0, 1.0, ("t/s", "outcome/1"), "It was.", ("f",)),),
    blast_radius=BlastRadius(
        ("t/s",), ("billing",), ("crm",),
        (LiveWrite("t/s", "a:1", "b", "2", None, "crm", "billing", AT),), {"EUR": 25.5}, ("1",),
    ),
    reversal_plan=(
        ReversalLine(
            LineKind.RESTORE, "t/s", "a:1", "b", "crm", "2", 5.0, "1", None, "undo", True, False,
            "because",
        ),
    ),
    cut="it is cut",
    levels=3,
    watermark=AT,
    duration_ms=12.5,
)  # fmt: skip
EMPTY = Chain("acme", "t/s", (), (), (), BlastRadius((), (), (), (), {}, ()), ())


@pytest.mark.parametrize("chain", [CHAIN, EMPTY], ids=["full", "empty"])
def test_a_chain_is_read_as_it_was_told(chain: Chain) -> None:
    assert chain_json.read(chain_json.as_object(chain)) == chain
    assert chain_json.read(json.loads(chain_json.text(chain))) == chain


def test_kinds_are_kinds_again_and_times_have_their_zone() -> None:
    read = chain_json.read(chain_json.as_object(CHAIN))
    assert isinstance(read.edges[0].kind, EdgeKind)
    assert isinstance(read.reversal_plan[0].kind, LineKind)
    assert read.nodes[0].at.utcoffset() == timedelta(0)


def test_what_no_chain_says_is_refused() -> None:
    with pytest.raises(KeyError):
        chain_json.read({})
    broken = Chain("acme", 1j, (), (), (), EMPTY.blast_radius, ())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="complex"):
        chain_json.text(broken)
