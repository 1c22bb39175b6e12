"""What goes wrong in a run, by the signature that has to find it."""

from collections.abc import Mapping
from dataclasses import replace

from bench.faulty_runs import PRICE_S, Maker, Run, intent, price, refund


def exact_repeat(run: Run) -> None:
    """The same search with the same answer."""
    for _ in range(run.rng.randint(6, 15)):
        run.call("search_archive", {"q": "contract 991"}, {"hits": "none"})


def cycle(run: Run) -> None:
    """Reads and tests without changing anything."""
    for _ in range(run.rng.randint(6, 12)):
        run.call("open_page", {"page": run.number}, {"text": "the same"})
        run.call("check_page", {"page": run.number}, {"failed": 3})


def stuck_retries(run: Run) -> None:
    """A call that fails each time, without a pause."""
    for _ in range(run.rng.randint(8, 25)):
        run.call("get_stock", {"id": run.number}, error="503")
        run.now -= 0.2


def ping_pong(run: Run) -> None:
    """Two agents hand the work to and fro and do nothing."""
    for number in range(2 * run.rng.randint(4, 8)):
        run.chat()
        run.hand_over(*(("triage", "claims"), ("claims", "triage"))[number % 2])


def recursion(run: Run) -> None:
    """An agent calls itself, which calls itself."""
    above = run.root("delegate")
    told = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "delegate"}
    for _ in range(run.rng.randint(5, 9)):
        above = run.add(told, under=above)


def other_target(run: Run) -> None:
    """The refund goes to another invoice than the intent says, or the wrong way."""
    entity = run.name("invoice")
    name = intent(run, entity)
    if run.rng.random() < 0.5:
        refund(run, 40, run.name("invoice"), intent=name)
    else:
        refund(run, -40, entity, intent=name)


def left_open(run: Run) -> None:
    """Something that the run opened or planned is not finished, and nobody took it over."""
    run.spans = [
        replace(s, events=[e for e in s.events if "handoff" not in e[0]]) for s in run.spans
    ]
    if run.rng.random() < 0.5:
        run.write("open_claim", run.name("claim"), "1")
        run.effect("claim", run.name("claim"), 0, effect__opens=run.name("obligation"))
    else:
        run.chat(wakeline__progress__done=2, wakeline__progress__total=6)


def unverified(run: Run) -> None:
    """Nobody reads the invoice again."""
    refund(run, 30, verified=False)


def forgotten(run: Run) -> None:
    """The context is lost, and what was known is looked up again."""
    entity = run.name("contract")
    looks = [run.number, entity]
    run.tokens += 3000
    run.chat()
    run.call("get_contract", {"id": looks}, {"contract": entity})
    run.tokens //= 4
    run.chat()
    run.call("get_contract", {"id": looks}, {"contract": entity})
    run.chat()


def unsure(run: Run) -> None:
    """It acts at a confidence below its own threshold."""
    refund(run, 35, confidence=run.rng.uniform(0.1, 0.6))


def over_limit(run: Run) -> None:
    """More than a refund may be, at once or in parts."""
    if run.rng.random() < 0.5:
        refund(run, run.rng.randint(501, 3000))
    else:
        entity = run.name("invoice")
        for _ in range(5):
            refund(run, 190, entity)


def strange_tool(run: Run) -> None:
    """The teller calls what it may not."""
    run.call("delete_customer", {"id": run.number}, {"ok": True}, agent="teller")


def unapproved(run: Run) -> None:
    """A refund that somebody had to approve."""
    refund(run, run.rng.randint(201, 490))


def old_policy(run: Run) -> None:
    """It decides by version 1, which version 2 has replaced."""
    refund(run, 20, version="1")


def stale(run: Run) -> None:
    """An old price, from a cache."""
    plan, version = price(run)
    run.now += max(0.0, 10 - (run.began + run.now) % PRICE_S)
    run.read("get_price", plan, str(int(version) - 1), field="price")
    refund(run, 10)


def overwritten(run: Run) -> None:
    """Somebody else wrote it between the read and the write."""
    entity = run.name("quota")
    run.read("get_quota", entity, "1")
    run.wait(5, 60)
    run.root("importer", 1)
    run.write("set_quota", entity, "2", trace=1, agent="importer")
    run.wait(5, 60)
    run.write("set_quota", entity, "3")


def lost(run: Run) -> None:
    """Two runs read the same version, and both write."""
    entity = run.name("quota")
    run.root("importer", 1)
    run.read("get_quota", entity, "1", trace=1, agent="importer")
    run.read("get_quota", entity, "1")
    run.wait(5, 60)
    run.write("set_quota", entity, "2", trace=1, agent="importer")
    run.wait(5, 60)
    run.write("set_quota", entity, "3")


def counteracting(run: Run) -> None:
    """One agent charges what another credits."""
    entity, amount = run.name("ledger"), run.rng.randint(10, 100)
    run.write("book_fee", entity, "1", agent="collections")
    run.effect("charge", entity, amount)
    run.wait(60, 900)
    run.write("book_credit", entity, "2", prev="1", agent="goodwill")
    run.effect("credit", entity, -amount)


def invented_tool(run: Run) -> None:
    """A tool that nobody offered."""
    offered = '[{"type":"function","name":"get_ticket","parameters":{"type":"object"}}]'
    run.chat(heard="Close it.", agent="desk", gen_ai__tool__definitions=offered)
    run.call("close_ticket_v2", {"id": run.number}, {"error": "unknown"}, agent="desk")


def wrong_arguments(run: Run) -> None:
    """A text where the definition wants a number."""
    schema = '{"type":"object","properties":{"amount":{"type":"number"}},"required":["amount"]}'
    offered = f'[{{"type":"function","name":"set_quota","parameters":{schema}}}]'
    run.chat(heard="More, please.", agent="desk", gen_ai__tool__definitions=offered)
    wrong = {"amount": "about ten"} if run.rng.random() < 0.5 else {"sum": 10}
    run.call("set_quota", wrong, {"ok": True}, agent="desk")


def timed_out(run: Run) -> None:
    """A payment times out, and nobody looks."""
    run.write("pay_part", run.name("order"), key="k", field="paid", error="TimeoutError")


def empty_answer(run: Run) -> None:
    """No orders, as hardly ever; it acts on that."""
    run.call("list_orders", {"id": run.name("customer")}, {"results": [], "total": 0})
    run.call("send_letter", {"to": run.number, "text": "You have none."}, {"sent": True})


KINDS: Mapping[str, Maker] = {
    "LOOP-01": exact_repeat,
    "LOOP-02": cycle,
    "LOOP-04": stuck_retries,
    "LOOP-06": ping_pong,
    "LOOP-07": recursion,
    "GOAL-01": other_target,
    "GOAL-02": left_open,
    "GOAL-03": unverified,
    "GOAL-04": forgotten,
    "GOV-01": unsure,
    "GOV-02": over_limit,
    "GOV-03": strange_tool,
    "GOV-04": unapproved,
    "GOV-05": old_policy,
    "DATA-01": stale,
    "DATA-02": overwritten,
    "DATA-03": lost,
    "MA-02": counteracting,
    "TOOL-01": invented_tool,
    "TOOL-03": wrong_arguments,
    "TOOL-04": timed_out,
    "TOOL-05": empty_answer,
}
