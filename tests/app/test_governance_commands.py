"""Do the commands govern agents, with and without a running instance, under the names of people?"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.store import Store
from tests.app.commands import Outcome, invoke
from tests.app.governed import QUIET
from tests.app.live import Live

OPEN = {"auth": {"mode": "auto", "refresh_seconds": 0.05}, "analyzers": QUIET["analyzers"]}
LIMITS = ("--action", "refund", "--confidence", "0.8", "--amount", "none", "--stage", "full",
          "--oversight", "on_the_loop", "--why", "evidence")  # fmt: skip


def keys(data: Path) -> tuple[str, str]:
    """Of two people who govern the default tenant."""
    made = [
        invoke("keys", "create", "--scope", "govern", "--scope", "read", "--data", data)
        for _ in range(2)
    ]
    return made[0].out.strip(), made[1].out.strip()


def run(data: Path, *words: object, key: str = "") -> Outcome:
    return invoke(*words, "--data", data, *(("--key", key) if key else ()))


def done(data: Path, *words: object, key: str = "") -> str:
    outcome = run(data, *words, key=key)
    assert outcome.code == 0, outcome.err
    return outcome.out.strip()


@pytest.fixture
def governed(data: Path) -> Iterator[tuple[Path, str, str]]:
    """A data folder that an instance holds, and two people."""
    ann, bob = keys(data)
    with Live(data, OPEN):
        yield data, ann, bob


def test_limits_are_changed_through_the_api(governed: tuple[Path, str, str]) -> None:
    data, ann, bob = governed
    made = done(data, "thresholds", "propose", "clerk", *LIMITS, key=ann)
    assert made in done(data, "thresholds", "proposals", key=bob)
    refused = run(data, "thresholds", "approve", made, "--why", "mine", key=ann)
    assert "second person" in refused.refused()
    assert done(data, "thresholds", "approve", made, "--why", "so", key=bob) == "clerk: approved"
    tighter = ("--action", "refund", "--amount", "200", "--why", "careful")
    assert done(data, "thresholds", "tighten", "clerk", *tighter, key=ann) == "clerk: version 2"
    assert "200" in done(data, "thresholds", "list", key=bob)
    (change,) = json.loads(done(
        data, "thresholds", "diff", "clerk", "--from", 1, "--to", 2, "--format", "json", key=bob
    ))  # fmt: skip
    assert (change["field"], change["before"], change["after"]) == ("amount", None, 200.0)
    back = run(data, "thresholds", "rollback", "clerk", "--version", 1, "--why", "x", key=ann)
    assert "second person" in back.err
    assert len(done(data, "thresholds", "history", "clerk", key=bob).splitlines()) == 4
    frozen = done(data, "thresholds", "freeze", "clerk", "--why", "audit", key=ann)
    assert frozen.startswith("clerk: version 3, frozen by ")
    assert done(data, "thresholds", "thaw", "clerk", "--why", "over", key=bob) == "clerk: version 3"
    (waiting,) = json.loads(done(data, "thresholds", "proposals", "--format", "json", key=bob))
    words = ("thresholds", "reject", waiting["proposal_id"], "--why", "no")
    assert done(data, *words, key=bob) == "clerk: rejected"
    assert "no open proposal" in run(data, *words, key=bob).refused()


def test_agents_are_stopped_through_the_api(governed: tuple[Path, str, str]) -> None:
    data, ann, _ = governed
    assert "steps" in done(data, "kill", "reach", "agent", "--agent", "clerk", key=ann)
    order = ("kill", "order", "agent", "--agent", "clerk", "--why", "wrong", "--for", "4h", "--yes")
    switch = done(data, *order, key=ann)
    assert "stopping" in done(data, "kill", "list", key=ann)
    assert done(data, "kill", "show", switch, key=ann).startswith("agent")
    ended = done(data, "kill", "release", switch, "--why", "mended", key=ann)
    assert ended == f"{switch}: recovering, 10% of cases pass"
    assert json.loads(done(data, "audit", "verify", "--format", "json"))[0]["holds"]


def test_a_store_without_an_instance_is_governed_directly(data: Path) -> None:
    ann, bob = keys(data)
    made = done(data, "thresholds", "propose", "clerk", *LIMITS, key=ann)
    assert done(data, "thresholds", "approve", made, "--why", "so", key=bob) == "clerk: approved"
    assert "any" not in done(data, "thresholds", "list", key=bob)


def test_who_has_no_name_may_stop_agents_and_nothing_else(data: Path) -> None:
    assert "needs a name" in run(data, "thresholds", "propose", "clerk", *LIMITS).refused()
    stop = ("kill", "order", "agent", "--agent", "clerk", "--why", "wrong", "--yes")
    switch = done(data, *stop)
    (seen,) = json.loads(done(data, "kill", "list", "--format", "json"))
    assert (seen["switch_id"], seen["ordered_by"]) == (switch, "local")


def test_numbers_that_are_none_are_refused(data: Path) -> None:
    words = ("thresholds", "tighten", "clerk", "--action", "refund", "--why", "x")
    assert run(data, *words, "--confidence", "high").code == 2


def test_a_record_that_was_changed_is_found(data: Path) -> None:
    stop = ("kill", "order", "agent", "--agent", "clerk", "--why", "wrong", "--yes")
    done(data, *stop)
    done(data, *stop)
    with Store(f"chdb://{data / 'store'}") as store:
        store.command(
            "ALTER TABLE governance_changes UPDATE who = 'mallory' WHERE sequence = 1"
            " SETTINGS mutations_sync = 1"
        )
    found = run(data, "audit", "verify")
    assert found.code == 1
    assert "broken: record 1 was altered" in found.out
