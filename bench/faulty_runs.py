"""Runs of agents as spans: five roles whose healthy work looks like faults here and there.

Times are seconds from the beginning of a run. A fault is added to a run that a role began.
"""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

Attributes = Mapping[str, Any]
POLICIES = """\
policies:
  refunds:
    - {version: "1", effective_from: "2020-01-01T00:00:00Z", effect_kinds: [refund],
       max_amount: 5000, currency: EUR}
    - {version: "2", effective_from: "2021-01-01T00:00:00Z", effect_kinds: [refund],
       max_amount: 500, max_amount_per_day: 700, approval_above: 200, currency: EUR}
agents:
  teller: {tools: [get_account]}
intents:
  refund: {effects: [refund, reversal, note]}
"""
TOOLS = """\
tools:
  adjust_invoice: {kind: write, verify: {tool: get_invoice, within: 10m}}
  jobs_status: {poll: true}
"""
SHARED = (
    "get_quota", "set_quota", "put_file", "pay_part", "read_part", "health", "open_claim",
    "close_claim", "get_invoice", "adjust_invoice", "list_orders",
)  # fmt: skip
OFFERED = {
    "billing": ("get_account", "get_price", *SHARED),
    "support": ("save_draft", "send_letter", "jobs_status", "search_notes", *SHARED),
}
# The price of a plan changes this often; who decides after a change has read it again.
PRICE_S = 1800.0
WORDS = [
    "invoice", "account", "order", "delivery", "refund", "payment", "ledger", "contract",
    "customer", "ticket", "shipment", "price", "tax", "report", "parser", "module",
    "branch", "deadline", "supplier", "quote", "article", "study", "sample", "figure",
    "budget",
]  # fmt: skip
VERBS = [
    "checked", "found", "compared", "opened", "updated", "reviewed", "listed", "closed",
    "sorted", "measured",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """`under`: index of the span above; `trace`: which of the run's traces."""

    attributes: Attributes
    at: float
    lasts: float
    under: int | None
    trace: int
    failed: bool = False
    events: Sequence[tuple[str, Attributes]] = ()


@dataclass
class Run:
    """One run as it is made; `began`: s from the beginning of all runs."""

    number: int
    role: str
    rng: random.Random
    began: float
    fault: str = ""
    spans: list[Span] = field(default_factory=list)
    now: float = 0.0
    tokens: int = 1000
    over: Mapping[str, Any] = field(default_factory=dict)
    done: int = 0

    def __post_init__(self) -> None:
        self.root(self.role)

    def name(self, of: str) -> str:
        """An entity of this run alone."""
        return f"{of}:{self.number}-{self.rng.randrange(10**6)}"

    def wait(self, least: float = 0.3, most: float = 8.0) -> None:
        """Time goes by."""
        self.now += self.rng.uniform(least, most)

    def add(self, attributes: Attributes, trace: int = 0, **said: Any) -> int:
        """The next span; its index. wait: whether time goes by before it."""
        if said.pop("wait", True):
            self.wait()
        under = next((i for i, s in enumerate(self.spans) if s.trace == trace), None)
        lasts = self.rng.uniform(0.05, 2)
        shared = {"wakeline.case.id": f"case-{self.number}"}
        above = said.pop("under", under)
        self.spans.append(Span(shared | dict(attributes), self.now, lasts, above, trace, **said))
        return len(self.spans) - 1

    def root(self, agent: str, trace: int = 0) -> int:
        """A run begins in its trace."""
        said = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": agent}
        return self.add(said, trace, under=None)

    def event(self, name: str, **said: Any) -> None:
        """At the span that came last; `a__b` stands for wakeline.a.b."""
        told = {f"wakeline.{key.replace('__', '.')}": value for key, value in said.items()}
        last = self.spans[-1]
        self.spans[-1] = replace(last, events=(*last.events, (f"wakeline.{name}", told)))

    def chat(self, said: str = "", heard: str = "", agent: str = "", **more: Any) -> None:
        """A model call; its context grows."""
        self.tokens += self.rng.randint(50, 900)
        told: dict[str, Any] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.agent.name": agent or self.role,
            "gen_ai.request.model": "m-1",
            "gen_ai.usage.input_tokens": self.tokens,
            "gen_ai.output.messages": _message("assistant", said or self.sentence()),
        }
        if heard:
            told["gen_ai.input.messages"] = _message("user", heard)
        if self.role in OFFERED:
            told["gen_ai.tool.definitions"] = _definitions(OFFERED[self.role])
        self.add(told | {key.replace("__", "."): value for key, value in more.items()})

    def sentence(self) -> str:
        """Some words that hardly come twice."""
        words = self.rng.sample(WORDS, 6)
        verbs = self.rng.sample(VERBS, 2)
        return f"I {verbs[0]} {' '.join(words[:3])} {self.rng.randrange(10**5)} and {verbs[1]} " + (
            " ".join(words[3:])
        )

    def call(
        self, tool: str, arguments: Any, result: Any = None, trace: int = 0, **more: Any
    ) -> None:
        """A tool call."""
        told: dict[str, Any] = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.agent.name": more.pop("agent", self.role),
            "gen_ai.tool.name": tool,
            "gen_ai.tool.call.arguments": json.dumps(arguments),
        }
        error, wait = more.pop("error", ""), more.pop("wait", True)
        if error:
            told["error.type"] = error
        elif result is not None:
            told["gen_ai.tool.call.result"] = json.dumps(result)
        self.add(told, trace, failed=bool(error), wait=wait)

    def read(self, tool: str, entity: str, version: str = "", **more: Any) -> None:
        """A call that reads a field of an entity."""
        field_name = more.pop("field", "amount")
        result = {"id": entity, "version": version, field_name: self.rng.randrange(10**4)}
        self.call(tool, {"id": entity}, result, **more)
        told = {"entity__ref": entity, "data__field": field_name}
        self.event("data.read", **told, **({"data__version": version} if version else {}))

    def write(self, tool: str, entity: str, version: str = "", **more: Any) -> None:
        """A call that writes a field of an entity; `prev`: the version before."""
        field_name, prev = more.pop("field", "amount"), more.pop("prev", "")
        key = more.pop("key", f"key-{self.number}-{len(self.spans)}")
        arguments = {"id": entity, "amount": self.rng.randrange(1, 100)}
        self.call(tool, arguments, {"ok": True, "version": version}, **more)
        told = {"entity__ref": entity, "data__field": field_name, "data__idempotency_key": key}
        told |= {"data__version": version} if version else {}
        self.event("data.write", **told, **({"data__version_prev": prev} if prev else {}))

    def decide(self, action: str, confidence: float, **said: Any) -> str:
        """The last span decides; the id of the decision."""
        name = f"decision-{self.number}-{len(self.spans)}"
        told: dict[str, Any] = {
            "decision__id": name,
            "decision__action": action,
            "policy__id": "refunds",
        }
        told |= {"decision__confidence": confidence, "decision__threshold": 0.7}
        self.event("decision", **(told | {"policy__version": "2"} | said))
        return name

    def effect(self, kind: str, entity: str, delta: float, **said: Any) -> None:
        """The last span does something to the business."""
        told: dict[str, Any] = {"effect__kind": kind, "effect__metric": "cash"}
        told |= {"effect__unit": "EUR", "effect__delta": float(delta), "entity__ref": entity}
        self.event("effect", **told, **said)

    def hand_over(self, sender: str, receiver: str) -> None:
        """The last span hands the work item on."""
        told = {"handoff__id": f"handoff-{self.number}-{len(self.spans)}"}
        told |= {"handoff__from": sender, "handoff__to": receiver}
        self.event("handoff", **told, work_item__id=f"work-{self.number}")


Maker = Callable[[Run], None]


def _message(role: str, text: str) -> str:
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]}])


def _definitions(names: Sequence[str]) -> str:
    properties = {"id": {"type": "string"}, "amount": {"type": "number"}}
    schema = {"type": "object", "properties": properties}
    return json.dumps([{"type": "function", "name": n, "parameters": schema} for n in names])


def price(run: Run) -> tuple[str, str]:
    """A plan that many runs read, and the version of its price now."""
    plan = run.rng.randrange(20)
    return f"plan:{plan}", str(int((run.began + run.now) // PRICE_S) + 10)


def orders(run: Run, rows: int) -> None:
    """Lists orders, which hardly ever finds none."""
    found = [{"order_id": f"O-{run.rng.randrange(10**6)}", "open": 1} for _ in range(rows)]
    run.call("list_orders", {"id": run.name("customer")}, {"results": found, "total": rows})


def refund(run: Run, amount: float, entity: str = "", **said: Any) -> None:
    """Adjusts an invoice; `confidence`, `approved`, `verified`, `version` of the policy."""
    entity = entity or run.name("invoice")
    run.read("get_invoice", entity, "1")
    run.chat()
    approval = {"decision__approval_id": f"approval-{run.number}"} if said.get("approved") else {}
    policy = {"policy__version": said.get("version", "2")}
    sure = said.get("confidence", run.rng.uniform(0.75, 0.99))
    decision = run.decide("refund", round(sure, 3), **approval, **policy)
    if said.get("approved"):
        run.wait(20, 600)
    run.write("adjust_invoice", entity, "2", prev="1")
    ids = {"decision__id": decision} | ({"intent__id": said["intent"]} if "intent" in said else {})
    run.effect("refund", entity, -amount, **ids)
    if said.get("verified", True):
        run.wait(1, 60)
        run.read("get_invoice", entity, "2")


def intent(run: Run, entity: str) -> str:
    """The root says what the run is for."""
    name = f"intent-{run.number}"
    run.spans, rest = run.spans[:1], run.spans[1:]
    told: dict[str, Any] = {"intent__id": name, "intent__kind": "refund", "intent__metric": "cash"}
    told |= {"intent__target": [entity]}
    run.event("intent", **told, intent__direction=-1)
    run.spans += rest
    return name


def billing(run: Run) -> None:
    """Refunds: small ones, approved ones, corrected ones; unsure ones go to a person."""
    rng, entity = run.rng, run.name("invoice")
    name = intent(run, entity)
    run.chat(heard=f"Please refund {entity}, it is wrong.")
    run.read("get_account", run.name("account"), "7", field="plan", agent="teller")
    # Nobody decides by a price that changes while he thinks.
    phase = (run.began + run.now) % PRICE_S
    run.now += 300 if phase > PRICE_S - 300 else 0
    plan, version = price(run)
    run.read("get_price", plan, version, field="price")
    if rng.random() < 0.5:
        orders(run, rng.randint(1, 9))
    if rng.random() < 0.2:
        run.read("get_price", plan, version, field="price")
    way = rng.random()
    if way < 0.1:
        run.chat("I am not sure enough; a person decides.")
        run.decide("refund", 0.4, decision__outcome="escalate")
        run.hand_over("billing", "human")
    elif way < 0.25:
        refund(run, rng.randint(210, 690), entity, approved=True, intent=name)
    else:
        amount = rng.randint(5, 190)
        refund(run, amount, entity, intent=name)
        if way > 0.9:
            run.write("adjust_invoice", entity, "3", prev="2")
            run.effect("reversal", entity, amount, intent__id=name)
            run.read("get_invoice", entity, "3")


def support(run: Run) -> None:
    """Talks with a customer, looks, waits for jobs, writes letters, hands work to others."""
    rng = run.rng
    for _ in range(rng.randint(1, 4)):
        run.chat(heard=run.sentence())
        empty = rng.random() < 0.01
        orders(run, 0 if empty else rng.randint(1, 9))
        if empty:  # it looks for another name of the customer
            orders(run, rng.randint(1, 9))
        notes = [{"note": run.sentence()} for _ in range(rng.randint(0, 2))]
        run.call("search_notes", {"q": run.name("customer")}, {"results": notes})
    if rng.random() < 0.3:
        for number in range(rng.randint(2, 15)):
            run.wait(5, 12)
            run.call("jobs_status", {"job": run.number}, {"state": "running", "at": number // 4})
        run.call("jobs_status", {"job": run.number}, {"state": "done"})
    for number in range(rng.choice((0, 0, 1, 2, 5))):
        run.chat()
        run.hand_over(*(("support", "reviewer"), ("reviewer", "support"))[number % 2])
        run.write("save_draft", f"draft:{run.number}", str(number + 1), field="text")
    run.call("send_letter", {"to": run.name("customer"), "text": run.sentence()}, {"sent": True})


def procurement(run: Run) -> None:
    """Asks every vendor in turn, retries with a growing pause, pays in parts."""
    rng = run.rng
    for number in range(rng.randint(3, 14)):
        vendor = f"vendor-{number}-{rng.randrange(10**4)}"
        began = run.now
        for attempt in range(rng.choice((*[0] * 12, 1, 2, 3))):
            run.now = began + 2.0**attempt * rng.uniform(0.95, 1.05)
            run.call("get_quote", {"vendor": vendor}, error="503", wait=False)
        run.call("get_quote", {"vendor": vendor}, {"vendor": vendor, "price": rng.random()})
    run.chat()
    order = run.name("order")
    for part in range(rng.choice((1, 1, 2, 4))):
        run.write("pay_part", order, str(part + 1), field="paid")
        run.effect("payment", order, rng.randint(10, 400))
    if rng.random() < 0.1:
        run.write("send_order", order, field="state", key=f"k-{order}", error="timeout")
        run.wait(2, 20)
        run.read("get_order", order, "1", field="state")


def research(run: Run) -> None:
    """Turns pages, reads many, has its context compacted, gets through its plan."""
    rng, topic = run.rng, run.sentence()
    run.chat(heard=topic)
    for page in range(rng.randint(1, 8)):
        hits = [f"https://example.org/{rng.randrange(10**7)}" for _ in range(5)]
        run.call("web_search", {"q": topic, "page": page}, {"ranked": True, "hits": hits})
    total = rng.randint(2, 9)
    for done in range(total):
        for _ in range(rng.randint(1, 4)):
            url = f"https://example.org/{rng.randrange(10**8)}"
            run.call("fetch_url", {"url": url}, {"text": run.sentence()})
        if rng.random() < 0.05 and run.tokens > 4000:
            run.tokens //= 4
        run.chat(wakeline__progress__done=done + 1, wakeline__progress__total=total)


def coding(run: Run) -> None:
    """Edits and tests until all tests pass; each round something has changed."""
    rng, path = run.rng, f"src/{run.rng.choice(WORDS)}.py"
    run.chat(heard=run.sentence())
    text = rng.randrange(10**9)
    for left in range(rng.randint(1, 7), -1, -1):
        run.call("read_file", {"path": path}, {"text": f"v{text}"})
        text = rng.randrange(10**9)
        run.call("edit_file", {"path": path, "new": f"v{text}"}, {"ok": True, "size": text})
        failing = {"failed": left, "seconds": round(rng.random(), 3), "first": text % 97}
        run.call("run_tests", {"path": "tests"}, failing)
        if rng.random() < 0.6:
            run.chat()


ROLES: Mapping[str, Maker] = {
    one.__name__: one for one in (billing, support, procurement, research, coding)
}


def made(number: int, seed: int, fault: str = "", spoil: Maker | None = None) -> Run:
    """Run `number` of a seed; healthy unless somebody spoils it before its last answer."""
    rng = random.Random(f"{seed}-{number}-{fault}")
    role = rng.choice(list(ROLES))
    run = Run(number, role, rng, rng.uniform(0, 3 * 3600), fault)
    ROLES[role](run)
    if spoil:
        spoil(run)
    run.chat("All is done as you asked.")
    end = run.now + 1
    run.spans = [replace(s, lasts=end - s.at) if s.under is None else s for s in run.spans]
    return run
