"""Reads and writes of one field by two agents: overwritten unseen, lost, or all in order."""

import random

from tests.analyzers.signatures.data_01 import History, Maker


def overwritten(history: History, rng: random.Random) -> None:
    """Read, overwritten by somebody who had not read it, then written."""
    history.read(-900, "1")
    history.write(-rng.randrange(300, 800), "2", trace="crm")
    history.write(-60, "3", trace="billing")


def overwritten_without_versions(history: History, rng: random.Random) -> None:
    """The same, told by time alone."""
    history.read(-900, "")
    history.write(-rng.randrange(300, 800), "", trace="crm", value_hash=7)
    history.write(-60, "", trace="billing", value_hash=8)


def lost(history: History, rng: random.Random) -> None:
    """Both read the same version, both write."""
    history.read(-900, "1", trace="billing")
    history.read(-rng.randrange(600, 1200), "1", trace="refunds")
    history.write(-300, "2", trace="refunds")
    history.write(-60, "3", trace="billing")


def skewed(history: History, rng: random.Random) -> None:
    """Each reads one field and writes the one that the other reads."""
    history.read(-900, "1", trace="billing")
    history.read(-rng.randrange(850, 890), "1", trace="refunds", field="due")
    history.write(-rng.randrange(300, 500), "2", trace="billing", field="due")
    history.write(-60, "2", trace="refunds")


def skewed_and_looked(history: History, rng: random.Random) -> None:
    """The same, but the second reads what the first wrote."""
    history.read(-900, "1", trace="billing")
    history.read(-880, "1", trace="refunds", field="due")
    history.write(-rng.randrange(300, 500), "2", trace="billing", field="due")
    history.read(-200, "2", trace="refunds", field="due")
    history.write(-60, "2", trace="refunds")


def one_way(history: History, rng: random.Random) -> None:
    """One reads what the other then writes, and nobody writes what that one read."""
    history.read(-900, "1", trace="billing")
    history.read(-880, "1", trace="refunds", field="due")
    history.write(-rng.randrange(300, 500), "2", trace="billing", field="due")
    history.write(-60, "2", trace="refunds", field="credit")


def one_after_the_other(history: History, rng: random.Random) -> None:
    """The second read what the first wrote."""
    history.read(-900, "1", trace="refunds")
    history.write(-800, "2", trace="refunds")
    history.read(-rng.randrange(300, 700), "2", trace="billing")
    history.write(-60, "3", trace="billing")


def read_again(history: History, rng: random.Random) -> None:
    """An optimistic lock failed; it read again and wrote."""
    history.read(-900, "1", trace="billing")
    history.write(-800, "2", trace="crm")
    history.write(-700, "2b", trace="billing", status="Error")
    history.read(-rng.randrange(300, 600), "2", trace="billing")
    history.write(-60, "3", trace="billing")


def own_steps(history: History, rng: random.Random) -> None:
    """All of it by the same run."""
    history.read(-900, "1", trace="billing")
    history.write(-rng.randrange(300, 800), "2", trace="billing")
    history.write(-60, "3", trace="billing")


def it_knew(history: History, rng: random.Random) -> None:
    """Its write names the other's version as the one before."""
    history.read(-900, "1", trace="billing")
    history.write(-rng.randrange(300, 800), "2", trace="crm")
    history.write(-60, "3", trace="billing", version_prev="2")


def the_same_value(history: History, rng: random.Random) -> None:
    """Both write the same."""
    history.read(-900, "1", trace="billing")
    history.write(-rng.randrange(300, 800), "2", trace="crm", value_hash=4)
    history.write(-60, "3", trace="billing", value_hash=4)


def at_the_same_moment(history: History, rng: random.Random) -> None:
    """Within the error of clocks."""
    history.read(-900, "1", trace="billing")
    history.write(-60.5 - rng.random(), "2", trace="crm")
    history.write(-60, "3", trace="billing")


def blind(history: History, rng: random.Random) -> None:
    """It writes without having read: there is nothing it should know."""
    history.write(-rng.randrange(300, 800), "2", trace="crm")
    history.write(-60, "3", trace="billing")


def another_tenant(history: History, rng: random.Random) -> None:
    """Somebody else's account of the same name."""
    history.read(-900, "1", trace="billing")
    history.write(-rng.randrange(300, 800), "2", trace="crm", tenant="other")
    history.write(-60, "3", trace="billing")


UNSEEN: tuple[Maker, ...] = (overwritten, overwritten_without_versions)
LOST: tuple[Maker, ...] = (lost, skewed)
IN_ORDER: tuple[Maker, ...] = (
    one_after_the_other, read_again, own_steps, it_knew, the_same_value, at_the_same_moment, blind,
    another_tenant, skewed_and_looked, one_way,
)  # fmt: skip
EACH = {UNSEEN: 10, LOST: 10, IN_ORDER: 6}


def histories(seed: int) -> list[tuple[str, History]]:
    """20 that DATA-02 finds, 20 that DATA-03 finds, 60 that nobody finds."""
    rng = random.Random(seed)
    made = []
    for kinds, signature in ((UNSEEN, "DATA-02"), (LOST, "DATA-03"), (IN_ORDER, "")):
        for make in kinds:
            for number in range(EACH[kinds]):
                history = History(f"{make.__name__}{number}")
                make(history, rng)
                for row in history.accesses:
                    row.setdefault("version_prev", "")
                made.append((signature, history))
    return made
