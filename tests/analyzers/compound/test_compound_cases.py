"""Which effects make one case: those of an id, else of things that runs join, never over hubs."""

from datetime import timedelta
from typing import Any

from analyzers.compound.assembly import Case, cases
from tests.analyzers.compound.acting import WEEK, Said, act, acts, aim

LOOSE: Any = {"case_id": ""}


def made(*said: Said, runs_max: int = 12, **more: Any) -> list[Case]:
    return list(cases(acts(*said, **more), WEEK, runs_max))


def lanes(*said: Said, **more: Any) -> list[tuple[str, int]]:
    return [(one.lane, len(one.effects)) for one in made(*said, **more)]


def test_a_case_id_holds_effects_on_different_things_together() -> None:
    (one,) = made(act(2, "b", "credit", entity="vendor:9"), act(1, "a", "delay"), aim(0, "a", 1))
    assert (one.lane, one.subject, one.case_id) == ("case:c1", "c1", "c1")
    assert [effect.agent for effect in one.effects] == ["a", "b"]
    assert (one.agents(), len(one.intents)) == (["a", "b"], 1)


def test_one_agent_or_one_run_makes_no_case() -> None:
    assert made(act(1, "a", "delay"), act(2, "a", "credit")) == []
    same = act(1, "a", "delay").ref
    assert made(act(1, "a", "delay"), act(2, "b", "credit", ref=same)) == []


def test_a_long_pause_begins_another_case() -> None:
    said = [act(at, agent, "note") for at in (0, 200) for agent in "ab"]
    assert lanes(*said) == [("case:c1", 2), ("case:c1", 2)]
    (one,) = cases(acts(*said), timedelta(days=30), 12)
    assert len(one.effects) == 4


def test_what_another_part_of_the_lanes_looks_after_is_left_to_it() -> None:
    said = [act(1, "a", "delay"), act(2, "b", "credit")]
    assert made(*said, lanes=frozenset()) == []
    assert made(*(act(1, agent, "x", **LOOSE) for agent in "ab"), lanes=frozenset()) == []


def test_without_an_id_a_thing_holds_it_together() -> None:
    said = [act(1, "a", "delay", **LOOSE), act(2, "b", "credit", **LOOSE)]
    assert lanes(*said, act(3, "c", "x", entity="invoice:2", **LOOSE)) == [("entity:invoice:1", 2)]
    assert lanes(*said, runs_max=1) == []


def test_a_run_that_acts_on_two_things_joins_them() -> None:
    said = [
        act(1, "a", "delay", **LOOSE),
        act(2, "b", "match", **LOOSE),
        act(2, "b", "match", entity="order:1", **LOOSE),
        act(3, "c", "credit", entity="order:1", **LOOSE),
    ]
    assert lanes(*said) == [("entity:invoice:1", 4)]


def test_what_is_done_to_a_hub_belongs_to_what_its_run_is_for() -> None:
    hubs = {"vendor": 0}
    said = [
        act(1, "a", "delay", **LOOSE),
        act(3, "b", "credit", entity="vendor:9", **LOOSE),
        act(4, "c", "credit", entity="vendor:9", **LOOSE),
    ]
    assert lanes(*said, hubs=hubs) == []
    meant = [aim(0, "b", 1, target=("invoice:1", "vendor:9"))]
    assert lanes(*said, *meant, hubs=hubs) == [("entity:invoice:1", 2)]
    first = act(0.5, "b", "note", entity="vendor:9", **LOOSE)
    assert lanes(first, *said, *meant, hubs=hubs) == [("entity:invoice:1", 3)]


def test_what_is_done_to_a_hub_for_two_things_belongs_to_neither() -> None:
    meant = [aim(0, "b", 1, target=tuple(f"invoice:{number}" for number in range(9)))]
    said = [act(1, "a", "delay", **LOOSE), act(3, "b", "credit", entity="vendor:9", **LOOSE)]
    assert lanes(*said, *meant, hubs={"vendor": 0}) == []


def test_a_batch_joins_nothing() -> None:
    batch = [act(1, "batch", "match", entity=f"invoice:{at}", **LOOSE) for at in range(9)]
    more = [act(2, "a", "credit", entity="invoice:0", **LOOSE)]
    assert lanes(*batch, *more) == [("entity:invoice:0", 2)]


def test_a_thing_joins_no_more_others_than_its_type_may() -> None:
    said = [
        act(at, agent, "x", entity=entity, **LOOSE)
        for at, agent in enumerate("abc")
        for entity in ("shop:1", f"order:{agent}")
    ]
    assert lanes(*said) == [("entity:shop:1", 6)]
    assert lanes(*said, hubs={"shop": 2}) == [("entity:shop:1", 3)]


def test_an_effect_on_nothing_belongs_to_nothing() -> None:
    assert made(*(act(1, agent, "x", entity="", **LOOSE) for agent in "ab")) == []
