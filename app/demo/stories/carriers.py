"""Story 3: an agent books carriers all day within a cost limit, until its choices drift.

It books alone when it is sure enough and the price is below the limit; else a person decides. What
became of a shipment is known days later. On the last three days it turns to air freight, is less
sure and pays more, and no single booking is wrong. For the weeks before the ten days that are
played, from which drift learns what is usual, the store draws the same runs again.
"""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import wakeline
from app.demo.services import Services
from app.demo.work import Value, change, look_up, think

AGENT, DISPATCHER = "carrier-selection", "human:dispatch"
THRESHOLD, THRESHOLD_VERSION = 0.75, 3
COST_LIMIT = 1_500.0  # EUR that the agent may spend alone
POLICY, POLICY_VERSION = "freight-cost", 5
WEEKS_BEFORE = 5

Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Volume:
    """How much is played: `a_day` decisions on each of `days` days, the last of them drifted.

    The first week is sound: the weeks before are drawn from it.
    """

    days: int = 10
    a_day: int = 200
    drifted_days: int = 3

    @property
    def decisions(self) -> int:
        """Of all days."""
        return self.days * self.a_day


@dataclass(frozen=True, slots=True)
class Mode:
    """A way to ship. share: before and after the drift; price_eur: median; failing: share."""

    name: str
    share: tuple[float, float]
    price_eur: float
    transit: timedelta
    failing: float


MODES = (
    Mode("rail", (0.35, 0.18), 380.0, timedelta(hours=70), 0.03),
    Mode("road", (0.50, 0.42), 520.0, timedelta(hours=40), 0.05),
    Mode("air", (0.15, 0.40), 910.0, timedelta(hours=18), 0.09),
)
Outcome = Literal["success", "sla_breach", "complaint"]
FAILURES: tuple[Outcome, ...] = ("sla_breach", "complaint")


@dataclass(frozen=True, slots=True)
class Shipment:
    """One decision of the agent and what became of it. weight in kg, amount in EUR."""

    number: int
    at: datetime
    weight_kg: float
    mode: Mode
    confidence: float
    amount: float
    tokens: int
    approval_takes: timedelta
    outcome: Outcome

    @property
    def ref(self) -> str:
        """`shipment:100001`."""
        return f"shipment:{self.number}"

    @property
    def case(self) -> str:
        """Of the business case."""
        return f"shipment-{self.number}"

    @property
    def verdict(self) -> str:
        """What the check of confidence and price says."""
        if self.amount > COST_LIMIT:
            return "over_limit"
        return "within_limits" if self.confidence >= THRESHOLD else "below_threshold"

    @property
    def escalates(self) -> bool:
        """Whether a person decides."""
        return self.verdict != "within_limits"

    @property
    def booked_at(self) -> datetime:
        """At once, or some time after the approval."""
        return self.at + 2 * self.approval_takes if self.escalates else self.at

    @property
    def known_at(self) -> datetime:
        """When its outcome is known."""
        return self.booked_at + self.mode.transit


def plan(now: datetime, volume: Volume, seed: int) -> list[Shipment]:
    """The shipments of the days before `now`, in order of time; the same for the same arguments."""
    rng = random.Random(seed)
    moments = sorted(rng.uniform(0, volume.days) for _ in range(volume.decisions))
    start = now - timedelta(days=volume.days)
    drift_day = volume.days - volume.drifted_days
    return [
        _shipment(100_001 + index, start + timedelta(days=day), day >= drift_day, rng)
        for index, day in enumerate(moments)
    ]


def _shipment(number: int, at: datetime, drifted: bool, rng: random.Random) -> Shipment:
    (mode,) = rng.choices(MODES, [mode.share[drifted] for mode in MODES])
    failed = rng.random() < mode.failing
    return Shipment(
        number, at,
        weight_kg=float(rng.randint(20, 2_400)),
        mode=mode,
        confidence=round(rng.betavariate(14, 3 if drifted else 1.6), 3),
        amount=round(mode.price_eur * rng.lognormvariate(0, 0.3), 2),
        tokens=rng.randint(700, 1_600),
        approval_takes=timedelta(minutes=rng.randint(4, 40)),
        outcome=rng.choice(FAILURES) if failed else "success",
    )  # fmt: skip


def send(
    services: Services, now: datetime, volume: Volume, seed: int, advance: Callable[[], None]
) -> None:
    """Record the shipments; what would be after `now` has not happened yet.

    advance: called after each decision; what it raises ends the work.
    """
    shipments = plan(now, volume, seed)
    asking: list[tuple[Shipment, Message]] = []
    writes: dict[int, str] = {}
    with services("carrier-selection"):
        for index, shipment in enumerate(shipments):
            write, message = _decide(shipment)
            if message is not None:
                asking.append((shipment, message))
            else:
                writes[shipment.number] = write
            if index % 1_000 == 999:
                wakeline.flush()  # before the queue of the exporter is full
            advance()
    with services("dispatch"):
        answered = [
            (shipment, _approve(shipment, message))
            for shipment, message in asking
            if shipment.booked_at <= now
        ]
    with services("carrier-selection"):
        for shipment, (approval, message) in answered:
            writes[shipment.number] = _book_approved(shipment, approval, message)
    with services("transport"):
        _report(shipments, writes, now)


def _decide(shipment: Shipment) -> tuple[str, Message | None]:
    """Returns the id of the booking's write; or, with a message, leaves it to the dispatcher."""
    order = Value(shipment.ref, "weight_kg", 1, shipment.weight_kg, "orders")
    quote = Value(f"quote:{shipment.number}", "price", 1, shipment.amount, "rates")
    with (
        wakeline.case(shipment.case),
        wakeline.agent(AGENT, at=shipment.at),
        wakeline.intent("ship", target=shipment.ref, metric="freight_cost", limit=5_000),
    ):
        with wakeline.decides(
            f"book_{shipment.mode.name}",
            outcome="escalate" if shipment.escalates else "allow",
            confidence=shipment.confidence, confidence_method="calibrated",
            amount=shipment.amount, currency="EUR",
            threshold=THRESHOLD, threshold_version=THRESHOLD_VERSION,
            verdict=shipment.verdict, enforced_action="ask" if shipment.escalates else "book",
            policy_id=POLICY, policy_version=POLICY_VERSION,
        ) as made:  # fmt: skip
            look_up("get_shipment", order, as_of=shipment.at - timedelta(minutes=30))
            look_up("get_quote", quote, as_of=shipment.at - timedelta(minutes=1))
            think(AGENT, shipment.tokens, 60)
        if shipment.escalates:
            return "", wakeline.inject({}, handoff=wakeline.handoff(DISPATCHER))
        return _book(shipment, made.id), None


def _approve(shipment: Shipment, message: Message) -> tuple[str, Message]:
    """Returns the id of the approval, and the message that carries it back."""
    at = shipment.at + shipment.approval_takes
    with wakeline.extracted(message, link=True), wakeline.agent(DISPATCHER, at=at):
        approval = wakeline.decision(
            "approve", outcome="allow", approval_id=f"approval:{shipment.number}",
            amount=shipment.amount, currency="EUR",
            policy_id=POLICY, policy_version=POLICY_VERSION,
        )  # fmt: skip
        return approval, wakeline.inject({}, handoff=wakeline.handoff(AGENT))


def _book_approved(shipment: Shipment, approval: str, message: Message) -> str:
    with wakeline.extracted(message, link=True), wakeline.agent(AGENT, at=shipment.booked_at):
        return _book(shipment, approval)


def _book(shipment: Shipment, decision: str) -> str:
    booking = Value(shipment.ref, "carrier", 1, shipment.mode.name, "transport")
    write = change("book_carrier", booking, decision=decision)
    wakeline.effect(
        "book", "freight_cost", shipment.amount, unit="EUR",
        entity=shipment.ref, decision=decision,
    )  # fmt: skip
    return write


def _report(shipments: Iterable[Shipment], writes: Mapping[int, str], now: datetime) -> None:
    """How the shipments that have arrived by now arrived."""
    for index, shipment in enumerate(shipments):
        if shipment.number in writes and shipment.known_at <= now:
            with wakeline.case(shipment.case):
                wakeline.outcome(shipment.outcome, writes[shipment.number], at=shipment.known_at)
        if index % 5_000 == 4_999:
            wakeline.flush()
