"""Is a week drawn by what points at its decisions, and the same whoever draws it?"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.reviewing import Drawn, Facts
from governance.review_frame import (
    Pointers,
    boosted,
    frame_sha256,
    framed,
    review_key,
    sample_sha256,
    sampled,
)
from governance.sampling import Plan

AT = datetime(2026, 1, 5, tzinfo=UTC)
CELL = ("clerk", "refund")


def facts(name: str, amount: float | None = None, trace: str = "t") -> Facts:
    return Facts(name, *CELL, AT, trace, "s", amount=amount)


@pytest.mark.parametrize(
    ("pointers", "amount", "boost"),
    [
        (Pointers(), 90.0, 1.0),
        (Pointers(found_in={"t"}), None, 3.0),
        (Pointers(drifting={"clerk"}), None, 2.0),
        (Pointers(amount_limits={CELL: 100.0}), 90.0, 2.0),
        (Pointers(amount_limits={CELL: 100.0}), -100.0, 2.0),
        (Pointers(amount_limits={CELL: 100.0}), 101.0, 1.0),
        (Pointers(amount_limits={CELL: 0.0}), 0.0, 1.0),
        (Pointers(amount_limits={CELL: 100.0}), None, 1.0),
        (Pointers(found_in={"t"}, drifting={"clerk"}, amount_limits={CELL: 100.0}), 80.0, 12.0),
    ],
)
def test_findings_drift_and_near_limits_point_at_a_decision(
    pointers: Pointers, amount: float | None, boost: float
) -> None:
    one = facts("d", amount)
    assert pointers.boost(one) == boost
    assert boosted([one], pointers) == ({"d": boost} if boost > 1 else {})


def test_new_drifting_and_canary_actions_are_watched() -> None:
    held = Pointers(known={CELL}, canary={CELL})
    assert held.watched(CELL) == ("canary",)
    assert Pointers(drifting={"clerk"}).watched(CELL) == ("new", "drifting")
    assert Pointers(known={CELL}).watched(CELL) == ()


def test_the_sample_and_its_hashes_do_not_depend_on_the_order_of_the_frame() -> None:
    frame = framed([facts(f"d-{n:03}", float(n)) for n in range(200)], {"d-003": 3.0})
    plan, watched, limits = Plan(5, 202602, 50.0), {CELL: ("new",)}, {CELL: 100.0}
    sample = sampled(plan, frame, watched, limits)
    assert sampled(plan, frame[::-1], watched, limits) == sample
    (cell,) = sample.cells
    assert (cell.frame, cell.drawn, cell.amount_limit) == (200, len(sample.drawn), 100.0)
    assert cell.pi_min == min(one.pi_uniform for one in sample.drawn)
    assert cell.pi_min == pytest.approx(0.6 * cell.wanted / 200)
    other = sampled(replace(plan, secret=6), frame, watched, limits)
    assert (other.sha256 == sample.sha256, other.frame_sha256) == (False, sample.frame_sha256)


def test_all_of_a_small_cell_are_drawn() -> None:
    (cell,) = sampled(Plan(5, 202602, 50.0), framed([facts("d")], {}), {}, {}).cells
    assert (cell.pi_min, cell.drawn, cell.watched, cell.amount_limit) == (1.0, 1, (), None)


def test_a_hash_tells_any_change_of_what_a_chance_follows_from() -> None:
    frame = framed([facts("d", 5.0)], {})
    assert frame_sha256(frame) != frame_sha256([replace(frame[0], impact=6.0)])
    assert frame_sha256(frame) != frame_sha256([replace(frame[0], boost=2.0)])
    drawn = Drawn("d", *CELL, 0.1, 0.5, 0.3)
    assert sample_sha256([drawn]) != sample_sha256([replace(drawn, pi=0.6)])


def test_each_tenant_and_each_signing_key_has_another_secret() -> None:
    secret, name = review_key(b"k" * 32, "acme")
    assert (secret, name) == review_key(b"k" * 32, "acme")
    assert 0 <= secret < 1 << 64
    assert len({secret, review_key(b"l" * 32, "acme")[0], review_key(b"k" * 32, "beta")[0]}) == 3
    assert f"{secret:016x}" != name
