"""MINED-02: effects that intents of their kind hardly ever have."""

from datetime import timedelta
from random import Random

import pytest

from analyzers import registry, weighing
from app import mining
from app.policies import Policies
from domain.findings import Draft, Severity
from storage import customs
from storage.findings import StoredFindings
from storage.store import Store
from tests.analyzers.signatures import mined_02
from tests.analyzers.signatures.policies import WINDOW, Story, check, put
from tests.analyzers.signatures.spans import RECEIVED, rule

SIGNATURE = rule("mined_02")


def found(store: Store) -> list[Draft]:
    return list(StoredFindings(store).candidates(SIGNATURE, WINDOW))


def of_now(store: Store) -> list[Draft]:
    return [draft for draft in found(store) if draft.lane == "trace:now-run"]


def unusual(store: Store, number: int = 0) -> None:
    story = Story(f"never_seen-{number}", Random(number))
    mined_02.never_seen(story)
    put(store, [story])


@pytest.mark.parametrize("seed", [1, 2])
def test_effects_that_were_hardly_ever_seen_are_found_and_nothing_else(
    store: Store, seed: int
) -> None:
    put(store, mined_02.history(Random(seed)))
    mining.mine(store, RECEIVED - timedelta(days=30), RECEIVED + timedelta(seconds=1))
    for draft in check(store, mined_02.SUITE, seed):
        assert weighing.severity(draft, SIGNATURE) is Severity.INFO
        bits = draft.facts["bits"]
        assert isinstance(bits, float)
        assert 6 <= bits < 9
    stories = mined_02.SUITE.stories(seed)
    assert sum(positive for positive, _ in stories) >= 20
    assert sum(not positive for positive, _ in stories) >= 50


def test_until_it_was_counted_nothing_is_unusual(store: Store) -> None:
    put(store, mined_02.history(Random(1)))
    unusual(store)
    assert not found(store)
    customs.count_effects(store, RECEIVED)
    assert len(found(store)) == 1


def test_what_ended_badly_before_is_no_custom_and_makes_it_more_severe(store: Store) -> None:
    Policies(store).apply(mined_02.POLICIES)
    history = mined_02.history(Random(1))
    for number in range(4):
        story = Story(f"bad-{number}", Random(number))
        story.intent(-40)
        story.effect(-39, 1, kind="payment", intent_id=story.name)
        history.append(story)
    put(store, history)
    story = Story("now", Random(1))
    story.intent(0)
    story.effect(1, 1, kind="payment", intent_id="now")
    put(store, [story])
    customs.count_effects(store, RECEIVED)
    assert not of_now(store)
    said = {"tenant": "acme", "retention_days": 30, "received": RECEIVED, "revision": 1}
    said |= {"ts": RECEIVED, "type": "reversal", "polarity": -1, "case_id": ""}
    outcomes = [{"trace_id": f"bad-{n}-run", "outcome_id": f"o{n}"} for n in range(4)]
    store.insert("outcomes", [said | one for one in outcomes])
    customs.count_effects(store, RECEIVED + timedelta(seconds=1))
    (draft,) = of_now(store)
    assert weighing.severity(draft, SIGNATURE) is Severity.LOW
    assert str(draft.facts["record"]).endswith(", and 4 that did ended badly")
    assert str(draft.facts["record"]).startswith("none of the ")


def test_it_is_one_of_the_catalogue() -> None:
    assert SIGNATURE in registry.catalogue()
