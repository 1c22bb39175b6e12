"""What looks like a fault and is none; a third of the healthy runs has one of these."""

from collections.abc import Sequence

from bench.faulty_runs import Maker, Run, refund


def reads_before_it_writes(run: Run) -> None:
    """Somebody else wrote it, and the run reads it again before it writes."""
    entity = run.name("quota")
    run.read("get_quota", entity, "1")
    run.root("importer", 1)
    run.write("set_quota", entity, "2", trace=1, agent="importer")
    run.wait(5, 60)
    run.read("get_quota", entity, "2")
    run.write("set_quota", entity, "3", prev="2")


def writes_by_itself(run: Run) -> None:
    """All that changes a value between read and write is the run itself."""
    entity = run.name("quota")
    run.read("get_quota", entity, "1")
    for version in range(2, 6):
        run.write("set_quota", entity, str(version), prev=str(version - 1))


def takes_back_for_another(run: Run) -> None:
    """An agent reverses what another booked, and says so."""
    entity, amount = run.name("ledger"), run.rng.randint(10, 100)
    run.write("book_fee", entity, "1", agent="collections")
    run.effect("charge", entity, amount)
    run.wait(60, 900)
    run.write("book_credit", entity, "2", prev="1", agent="goodwill")
    run.effect("reversal", entity, -amount)


def other_amounts(run: Run) -> None:
    """A fee by one agent, and a credit of half of it by another."""
    entity, amount = run.name("ledger"), run.rng.randint(10, 100)
    run.write("book_fee", entity, "1", agent="collections")
    run.effect("charge", entity, amount)
    run.write("book_credit", entity, "2", prev="1", agent="goodwill")
    run.effect("credit", entity, -amount / 2)


def new_token(run: Run) -> None:
    """Refused, and let in with a new token."""
    entity = run.name("file")
    run.write("put_file", entity, error="401", key="k")
    run.write("put_file", entity, "1", key="k")


def same_key(run: Run) -> None:
    """It times out, and the same write is sent again under the same key."""
    entity = run.name("order")
    run.write("pay_part", entity, field="paid", key="k", error="TimeoutError")
    run.write("pay_part", entity, "1", field="paid", key="k")


def delegates(run: Run) -> None:
    """Agents below agents, each another one."""
    above = 0
    for name in ("planner", "finder", "reader", "checker"):
        told = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name}
        above = run.add(told, under=above)
        run.chat(agent=name)


def long_wait(run: Run) -> None:
    """A job takes long, and gets on."""
    for percent in range(0, 100, run.rng.choice((2, 5, 10))):
        run.call("jobs_status", {"job": "export"}, {"percent": percent // 10}, agent="exporter")


def heartbeat(run: Run) -> None:
    """A sign of life between other work."""
    for number in range(run.rng.randint(5, 20)):
        run.call("read_part", {"part": number, "of": run.number}, {"size": number * 7 % 97})
        if number % 3 == 0:
            run.call("health", {}, {"ok": True})


def side_call(run: Run) -> None:
    """A small model call between large ones, and a look-up that is new."""
    run.tokens += 5000
    run.chat()
    tokens, run.tokens = run.tokens, 300
    run.chat("A title.", gen_ai__request__model="m-small")
    run.tokens = tokens
    run.chat()


def sure_by_approval(run: Run) -> None:
    """Unsure, but somebody approved it before."""
    refund(run, 60, confidence=0.5, approved=True)


def closes_what_it_opened(run: Run) -> None:
    """An obligation is opened and met; a plan grows and is finished."""
    claim, duty = run.name("claim"), run.name("obligation")
    run.write("open_claim", claim, "1")
    run.effect("claim", claim, 0, effect__opens=duty)
    run.write("close_claim", claim, "2", prev="1")
    run.effect("claim", claim, 0, effect__closes=duty)


NEAR: Sequence[Maker] = (
    reads_before_it_writes, writes_by_itself, takes_back_for_another, other_amounts, new_token,
    same_key, delegates, long_wait, heartbeat, side_call, sure_by_approval, closes_what_it_opened,
)  # fmt: skip
