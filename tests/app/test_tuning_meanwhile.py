"""Does the tuner find what happens while it looks, or by a clock that is ahead of its own?"""

from datetime import timedelta

from domain.thresholds import Stage
from storage.store import Store
from tests.app.signed_weeks import write
from tests.app.test_tuning import WEEKS, World


def test_what_happens_while_a_look_begins_is_found_by_the_next(store: Store) -> None:
    write(store, WEEKS[:2])
    world = World(store)
    signed_at = WEEKS[1].signed_at
    assert world.look(signed_at - timedelta(seconds=1)) == []
    (done,) = world.look(signed_at + timedelta(seconds=1))
    assert done.did == "proposed"
    world.approve(done.proposal_id, signed_at + timedelta(seconds=2))
    world.change(signed_at + timedelta(seconds=3), stage=Stage.CANARY)
    assert world.look(signed_at + timedelta(seconds=4)) == []
    world.page(signed_at + timedelta(seconds=6), "tools", changed_from=WEEKS[0].begins)
    assert world.look(signed_at + timedelta(seconds=5)) == []
    (done,) = world.look(signed_at + timedelta(seconds=7))
    assert done.did == "tightened"
