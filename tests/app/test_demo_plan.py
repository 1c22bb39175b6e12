"""Are shipments of the demonstration the same for a seed, and do they drift when they should?"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import mean

from app.demo.listing import stale_reads
from app.demo.stories.carriers import Shipment, Volume, plan

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
VOLUME = Volume(days=10, a_day=300)


def share(shipments: Sequence[Shipment], mode: str) -> float:
    return mean(shipment.mode.name == mode for shipment in shipments)


def test_the_same_seed_gives_the_same_shipments_and_another_seed_others() -> None:
    assert plan(NOW, VOLUME, seed=1) == plan(NOW, VOLUME, seed=1)
    assert plan(NOW, VOLUME, seed=1) != plan(NOW, VOLUME, seed=2)


def test_shipments_are_in_order_and_end_now() -> None:
    moments = [shipment.at for shipment in plan(NOW, VOLUME, seed=1)]
    assert len(moments) == 3_000
    assert moments == sorted(moments)
    assert NOW - timedelta(days=10) <= moments[0] < NOW - timedelta(days=9.9)
    assert NOW - timedelta(hours=3) < moments[-1] <= NOW


def test_the_last_three_days_turn_to_air_and_ask_more_often_and_the_others_do_not() -> None:
    shipments = plan(NOW, VOLUME, seed=1)
    before, after = (
        [one for one in shipments if (one.at >= NOW - timedelta(days=3)) is drifted]
        for drifted in (False, True)
    )
    assert abs(share(before, "air") - 0.15) < 0.03
    assert abs(share(after, "air") - 0.40) < 0.06
    assert mean(one.escalates for one in before) < 0.1 < mean(one.escalates for one in after)
    halves = before[:1_050], before[1_050:]
    assert abs(share(halves[0], "air") - share(halves[1], "air")) < 0.04


def test_a_read_is_stale_only_when_its_version_had_been_replaced() -> None:
    def row(hour: int, agent: str, access: str, version: str) -> dict[str, object]:
        at = NOW + timedelta(hours=hour)
        return {"at": at, "agent": agent, "access": access, "version": version}

    accesses = [
        row(0, "early", "read", "6"),
        row(1, "crm", "write", "7"),
        row(2, "fresh", "read", "7"),
        row(3, "sales", "write", "8"),
        row(5, "billing", "read", "7"),
        row(6, "fresh", "read", "8"),
    ]
    assert list(stale_reads(accesses)) == [
        "billing read version 7 2 h after sales had written version 8."
    ]
