"""Cases in which nobody fails alone and all lose, knowingly or not, and cases that only look so.

What a case is called follows from how it was made, not from what is stored of it. Around each are
bystanders, reads of other things, and reads that came too late or were old.
"""

import random
from collections.abc import Callable, Sequence
from datetime import datetime

from bench.compound_rows import CaseRows

BLIND, INFORMED = "COMPOUND-BLIND", "COMPOUND-INFORMED"
AGENTS = ("treasury", "vendors", "support", "retention", "claims")
UNITS = ("EUR", "USD", "GBP")
Maker = Callable[[CaseRows], None]


def cases(seed: int, each: int, now: datetime) -> list[CaseRows]:
    """`each` blind, `each` informed and `each` coincidental ones, in any order."""
    made = []
    for label, makers in ((BLIND, BLIND_ONES), (INFORMED, INFORMED_ONES), ("", COINCIDENTAL)):
        for number in range(each):
            make = makers[number % len(makers)]
            rng = random.Random(f"{seed}-{label}-{number}")
            name = f"{label.lower() or 'coincidental'}-{number}"
            case = CaseRows(make.__name__, name, now, rng, label, rng.choice(UNITS))
            make(case)
            made.append(case)
    random.Random(seed).shuffle(made)
    return made


def _bystanders(case: CaseRows) -> None:
    """Others in the same case whose effects do no harm."""
    rng = case.rng
    for number in range(rng.randrange(3)):
        agent, at = f"bystander{number}", rng.uniform(1, 60)
        case.write(at, agent, name="note")
        metric, delta = rng.choice((("notes", 1), ("score", rng.uniform(-3, 3)), ("cash", 0)))
        unit = case.unit if metric == "cash" else metric
        case.effect(
            at, agent, rng.choice(("note", "check", "tag")), delta, metric=metric, unit=unit
        )
    if rng.random() < 0.3:
        case.effect(0.5, "audit", "flag", 0, metric="issues", unit="issue", opens=f"o:{case.name}")


def _near_misses(case: CaseRows, reader: str, of: str, at: float) -> None:
    """Reads that tell the reader nothing of what the other did."""
    rng = case.rng
    if rng.random() < 0.4:
        case.read(at - 0.5, reader, of, name="amount")
    if rng.random() < 0.3:
        case.read(at + 0.5, reader, of)
    if rng.random() < 0.3:
        case.read(at - 0.4, reader, of, back=1)


def _amount(case: CaseRows, least: float = 80) -> float:
    return round(case.rng.uniform(least, 2_000), 2)


def _movers(case: CaseRows, most: int = 4) -> Sequence[str]:
    return case.rng.sample(AGENTS[1:], case.rng.randint(1, most))


def _aim(case: CaseRows, amount: float, movers: Sequence[str], *, seen: bool = False) -> None:
    """Treasury wants cash to stay; the others pay parts of the amount."""
    direction = case.rng.choice((1, -1))
    case.intent(0, "treasury", direction)
    case.write(-9, "records", name="by_treasury")
    case.write(2, "treasury")
    case.effect(2, "treasury", "delay")
    for number, mover in enumerate(movers):
        at = 10 + 9 * number + case.rng.random()
        if seen:
            case.read(at - 1, mover, "treasury")
        else:
            _near_misses(case, mover, "treasury", at)
        case.decide(at - 0.2, mover, amount)
        case.write(at, mover)
        case.effect(at, mover, "credit", -direction * amount / len(movers), entity=f"o:{number}")


def _limit(case: CaseRows, shares: Sequence[float], limit: float, *, seen: bool = False) -> None:
    """Each gives a part within its limit, all for one thing."""
    before: list[str] = []
    for number, share in enumerate(shares):
        agent, at = AGENTS[number], 4 + 11 * number + case.rng.random()
        case.intent(at - 3, agent, 0, amount_limit=limit)
        for other in before if seen else ():
            case.read(at - 1, agent, other)
        case.write(at, agent)
        case.effect(at, agent, "discount", -share)
        before.append(agent)


def _shares(case: CaseRows, limit: float) -> list[float]:
    """Of two to five agents, each within the limit, together well beyond it."""
    count = case.rng.randint(2, 5)
    low = max(0.2, 1.2 / count)
    return [round(limit * case.rng.uniform(low, 0.95), 2) for _ in range(count)]


def against_an_aim(case: CaseRows) -> None:
    """One or more pay what another wants to keep."""
    _aim(case, amount := _amount(case), _movers(case))
    case.lost = amount
    _bystanders(case)


def many_small_ones(case: CaseRows) -> None:
    """Each pays less than anybody would mind."""
    _aim(case, amount := case.rng.uniform(100, 190), AGENTS[1:])
    case.lost = amount
    _bystanders(case)


def acted_before_the_holder(case: CaseRows) -> None:
    """The aim was declared, its agent acted last and did not look either."""
    case.intent(0, "treasury", 1)
    case.write(5, "vendors")
    case.effect(5, "vendors", "credit", -(amount := _amount(case)))
    case.write(9, "treasury")
    case.effect(9, "treasury", "delay")
    case.lost = amount
    _bystanders(case)


def beyond_a_limit(case: CaseRows) -> None:
    """Two to five discounts on one thing."""
    limit = _amount(case, 400)
    shares = _shares(case, limit)
    _limit(case, shares, limit)
    case.lost = sum(shares) - limit
    _bystanders(case)


def twice_refunded(case: CaseRows) -> None:
    """The same refund by two agents."""
    amount = _amount(case)
    for number, agent in enumerate(case.rng.sample(AGENTS, 2)):
        case.write(3 + 20 * number, agent)
        case.effect(3 + 20 * number, agent, "refund", -amount)
    case.lost = amount
    _bystanders(case)


def opposite_states(case: CaseRows) -> None:
    """One holds, another one releases."""
    pair = case.rng.choice((("hold", "release"), ("delay", "expedite"), ("block", "unblock")))
    for number, (agent, kind) in enumerate(zip(("claims", "vendors"), pair, strict=True)):
        case.write(3 + 20 * number, agent)
        case.effect(3 + 20 * number, agent, kind, metric="state", unit="")
    _near_misses(case, "vendors", "claims", 23)
    _bystanders(case)


def settled_over_a_promise(case: CaseRows) -> None:
    """A refund was promised, and the claim closed without it."""
    case.write(3, "support")
    case.effect(3, "support", "promise", opens=f"promise:{case.name}", metric="state", unit="")
    case.write(20, "claims")
    kind = case.rng.choice(("close", "settle", "archive"))
    case.effect(20, "claims", kind, metric="state", unit="")
    _near_misses(case, "claims", "support", 20)
    _bystanders(case)


def by_things_alone(case: CaseRows) -> None:
    """No case id: a run that acts on both joins the invoice with its order."""
    case.intent(0, "treasury", 1, target=[case.thing])
    case.write(1, "treasury")
    case.effect(2, "treasury", "delay")
    case.effect(6, "audit", "match", metric="state", unit="")
    case.effect(6, "audit", "match", metric="state", unit="", entity=f"order:{case.name}")
    case.effect(15, "vendors", "credit", -(amount := _amount(case)), entity=f"order:{case.name}")
    case.lost = amount
    case.everywhere(case_id="")


def read_and_paid(case: CaseRows) -> None:
    """They knew, and paid all the same."""
    _aim(case, amount := _amount(case), _movers(case), seen=True)
    case.lost = amount
    _bystanders(case)


def read_and_went_beyond(case: CaseRows) -> None:
    """Each knew what the others had given."""
    limit = _amount(case, 400)
    shares = _shares(case, limit)
    _limit(case, shares, limit, seen=True)
    case.lost = sum(shares) - limit
    _bystanders(case)


def read_and_refunded(case: CaseRows) -> None:
    """It had read that it was refunded."""
    amount = _amount(case)
    case.write(3, "support")
    case.effect(3, "support", "refund", -amount)
    case.read(20, "claims", "support")
    case.write(21, "claims")
    case.effect(21, "claims", "refund", -amount)
    case.lost = amount
    _bystanders(case)


def benign(case: CaseRows) -> None:
    """Many agents, large amounts, nothing that goes against anything."""
    case.intent(0, "treasury", 1)
    for number, agent in enumerate(AGENTS):
        case.write(2 + number, agent)
        case.effect(2 + number, agent, "payment_in", _amount(case, 500))
    _bystanders(case)


def within_the_limit(case: CaseRows) -> None:
    """Together still less than one may give."""
    limit = _amount(case, 400)
    _limit(case, [limit * 0.3, limit * 0.4], limit)
    _bystanders(case)


def one_alone(case: CaseRows) -> None:
    """One gave more than it may: its own fault."""
    limit = _amount(case, 400)
    _limit(case, [limit * 1.6, limit * 0.3], limit)


def evened_out(case: CaseRows) -> None:
    """What one paid another one got in."""
    amount = _amount(case)
    _aim(case, amount, ["vendors"])
    up = -1 if case.tables["effects"][-1]["delta"] > 0 else 1
    case.effect(30, "claims", "recovery", up * amount)
    case.tables["effects"][-1]["delta"] = up * amount


def instalments(case: CaseRows) -> None:
    """One agent pays in parts, another one only looks."""
    for number in range(4):
        case.effect(3 + number, "claims", "refund", -_amount(case), entity=f"part:{number}")
    case.effect(9, "audit", "check")


def taken_back(case: CaseRows) -> None:
    """The second takes the first back."""
    case.intent(0, "treasury", 1)
    amount = _amount(case)
    case.effect(2, "treasury", "payment_in", amount)
    case.effect(9, "vendors", "reversal", -amount)


def linked(case: CaseRows) -> None:
    """The second run came from the first, by way of a third."""
    _aim(case, _amount(case), ["vendors"])
    case.link(3, "treasury", "planner")
    case.link(4, "planner", "vendors")


def told(case: CaseRows) -> None:
    """Over a queue."""
    _aim(case, _amount(case), ["vendors"])
    case.message(5, "treasury", "vendors")


def handed_over(case: CaseRows) -> None:
    """Treasury asked for it."""
    _aim(case, _amount(case), ["vendors"])
    case.handoff(5, "treasury", "vendors")


def both_knew(case: CaseRows) -> None:
    """Each read what the other wrote."""
    _aim(case, _amount(case), ["vendors"], seen=True)
    case.read(40, "treasury", "vendors")


def long_after(case: CaseRows) -> None:
    """Weeks apart."""
    case.intent(0, "treasury", 1)
    case.effect(2, "treasury", "delay")
    case.effect(200 + case.rng.uniform(1, 90), "vendors", "credit", -_amount(case))


def by_a_person(case: CaseRows) -> None:
    """What people read is not recorded."""
    _aim(case, _amount(case), ["human:payables"])


def through_a_hub(case: CaseRows) -> None:
    """Different invoices of one vendor."""
    _aim(case, _amount(case), ["vendors"])
    case.everywhere(case_id="")
    for row in case.tables["effects"]:
        row["entity"] = f"vendor:{case.rng.randrange(3)}"


def of_other_cases(case: CaseRows) -> None:
    """Another case of the same vendor."""
    _aim(case, _amount(case), ["vendors"])
    for table in ("effects", "decisions"):
        for row in case.tables[table]:
            if row["agent"] == "vendors":
                row["case_id"] = f"{case.name}-other"


def little(case: CaseRows) -> None:
    """Nobody minds that little."""
    _aim(case, case.rng.uniform(1, 45), ["vendors"])
    _bystanders(case)


def of_little_weight(case: CaseRows) -> None:
    """Less than a hundredth of what it is about."""
    _aim(case, 70, ["vendors"])
    case.decide(8, "treasury", 90_000)


def meant_later(case: CaseRows) -> None:
    """The aim was declared when it had been paid."""
    case.effect(2, "vendors", "credit", -_amount(case))
    case.intent(5, "treasury", 1)
    case.effect(9, "treasury", "delay")


def released_after_a_look(case: CaseRows) -> None:
    """It read the hold, then released it."""
    case.write(3, "claims")
    case.effect(3, "claims", "hold", metric="state", unit="")
    case.read(19, "vendors", "claims")
    case.effect(20, "vendors", "release", metric="state", unit="")


def kept_promise(case: CaseRows) -> None:
    """What was promised was done before the end."""
    case.effect(3, "support", "promise", opens=f"promise:{case.name}", metric="state", unit="")
    case.effect(9, "claims", "refund", -_amount(case), closes=f"promise:{case.name}")
    case.effect(20, "vendors", "close", metric="state", unit="")


def failed(case: CaseRows) -> None:
    """It was not paid."""
    _aim(case, _amount(case), ["vendors"])
    case.everywhere(status="Error")


BLIND_ONES: tuple[Maker, ...] = (
    against_an_aim, many_small_ones, acted_before_the_holder, beyond_a_limit, twice_refunded,
    opposite_states, settled_over_a_promise, by_things_alone,
)  # fmt: skip
INFORMED_ONES: tuple[Maker, ...] = (read_and_paid, read_and_went_beyond, read_and_refunded)
COINCIDENTAL: tuple[Maker, ...] = (
    benign, within_the_limit, one_alone, evened_out, instalments, taken_back, linked, told,
    handed_over, both_knew, long_after, by_a_person, through_a_hub, of_other_cases, little,
    of_little_weight, meant_later, released_after_a_look, kept_promise, failed,
)  # fmt: skip
