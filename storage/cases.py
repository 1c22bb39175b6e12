"""Business cases for analyzers: what was done in them, and what their runs knew of each other."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from domain.cases import MAKES_GOOD, OPPOSITES, Acts, Dealings, Found, Handoff, Intent
from domain.chain_records import Access, Datum, Decision, Effect, Link, SpanRef
from domain.findings import Severity, Window
from storage.chain_rows import Row, ref, utc
from storage.store import Store
from storage.touched import Touched

T = TypeVar("T")

OF_CASE_MAX = 256  # effects, the newest
ROWS_MAX = 200_000
KEYS_AT_ONCE = 5_000
# How far things that runs join are followed, and most things of a run that joins any.
ROUNDS = 4
THINGS_OF_A_RUN_MAX = 8
LOOK_BACK = timedelta(days=30)
# What a run read, and what led to it, comes before what it does.
RUN_MAX = timedelta(days=7)
# Other signatures that say of two agents that they do not go together.
OF_PAIRS = ["DATA-03", "GOV-05", "LOOP-06"]


class StoredCases:
    """domain.cases.CaseSource of a store."""

    def __init__(self, store: Store, touched: Touched) -> None:
        self._store = store
        self._touched = touched

    def acts(self, window: Window) -> Iterator[Acts]:
        """One for each tenant; nothing is asked where no effects were received."""
        if not self._touched.any_of(("effects",), window):
            return
        period = {"since": window.since, "until": window.until, "rows_max": ROWS_MAX}
        part = {"shard": window.shard, "shards": window.shards}
        effects: dict[str, list[Effect]] = defaultdict(list)
        words = {"of_case_max": OF_CASE_MAX, "makes_good": list(MAKES_GOOD)}
        one, other = zip(*sorted(OPPOSITES), strict=True)
        words |= {"kinds": list(one), "opposites": list(other)}
        for row in self._store.rows("case_effects", **period, **part, **words):
            effects[row["tenant"]].append(_effect(row, row["case_id"]))
        things: dict[str, list[Row]] = defaultdict(list)
        for row in self._store.rows("things_touched", **period):
            things[row["tenant"]].append(row)
        hubs = self._store.rows("tool_settings")[0]["hubs"] if things else {}
        for tenant in sorted({*effects, *things}):
            looking = _Looking(self._store, tenant, window, hubs)
            yield looking.acts(effects[tenant], things[tenant])

    def dealings(self, tenant: str, effects: Collection[Effect], until: datetime) -> Dealings:
        """Of the runs of these effects, from a week before them on."""
        traces = sorted({effect.ref.trace_id for effect in effects})
        cases = sorted({effect.case_id for effect in effects} - {""})
        period = {"earliest": min(each.at for each in effects) - RUN_MAX, "until": until}

        def of(query: str, made: Callable[[Row], T], **more: Any) -> tuple[T, ...]:
            rows = _of_keys(self._store, query, tenant, traces, **more)
            return tuple(dict.fromkeys(map(made, rows)))

        return Dealings(
            accesses=of("case_accesses", _access, **period),
            decisions=of("case_decisions", _decision, **period),
            links=of("case_links", _link, **period),
            handoffs=of("case_handoffs", _handoff, **period, case_ids=cases),
            findings=of("case_findings", _found, signatures=OF_PAIRS),
        )


class _Looking:
    """One look at the cases of one tenant."""

    def __init__(self, store: Store, tenant: str, window: Window, hubs: Mapping[str, int]) -> None:
        self._store, self._tenant, self._window, self._hubs = store, tenant, window, hubs

    def acts(self, effects: Sequence[Effect], touched: Sequence[Row]) -> Acts:
        loose = self._joined(touched) if touched else []
        every = [*effects, *loose]
        intents = self._intents({effect.ref.trace_id for effect in every}, every)
        return Acts(
            self._tenant,
            tuple(every),
            tuple(intents),
            self._hubs,
            frozenset(
                {f"case:{effect.case_id}" for effect in effects} | self._lanes_here(loose, intents)
            ),
        )

    def _joined(self, touched: Sequence[Row]) -> list[Effect]:
        """Effects on the touched things and on those that runs join with them."""
        earliest = min(utc(row["earliest"]) for row in touched) - LOOK_BACK
        seen: set[str] = set()
        found: dict[Effect, None] = {}
        ahead = {row["entity"] for row in touched if self._joins(row["entity"])}
        through_hubs = {
            run for row in touched for run in row["trace_ids"] if row["entity"] not in ahead
        }
        ahead |= self._aimed_at(through_hubs, earliest)
        for _ in range(ROUNDS):
            if not ahead:
                break
            seen |= ahead
            rows = _of_keys(
                self._store, "thing_effects", self._tenant, sorted(ahead), "things",
                earliest=earliest, until=self._window.until,
            )  # fmt: skip
            new = [effect for effect in (_effect(row) for row in rows) if effect not in found]
            found |= dict.fromkeys(new)
            ahead = self._things(new, earliest) - seen
        return list(found)

    def _things(self, effects: Iterable[Effect], earliest: datetime) -> set[str]:
        """What the runs of these effects act on or aim at, where that is not too much."""
        by_run: dict[str, set[str]] = defaultdict(set)
        for effect in effects:
            if self._joins(effect.entity):
                by_run[effect.ref.trace_id].add(effect.entity)
        few = {run: things for run, things in by_run.items() if len(things) <= THINGS_OF_A_RUN_MAX}
        return set().union(*few.values()) | self._aimed_at(set(few), earliest)

    def _aimed_at(self, runs: set[str], earliest: datetime) -> set[str]:
        intents = self._intents_since(runs, earliest)
        return {thing for each in intents for thing in each.target if self._joins(thing)}

    def _joins(self, thing: str) -> bool:
        return thing != "" and self._hubs.get(thing.partition(":")[0], 1) > 0

    def _intents(self, runs: set[str], effects: Sequence[Effect]) -> list[Intent]:
        return self._intents_since(runs, min(each.at for each in effects) - RUN_MAX) if runs else []

    def _intents_since(self, runs: set[str], earliest: datetime) -> list[Intent]:
        rows = _of_keys(
            self._store, "case_intents", self._tenant, sorted(runs),
            earliest=earliest, until=self._window.until,
        )  # fmt: skip
        return [_intent(row) for row in rows]

    def _lanes_here(self, effects: Iterable[Effect], intents: Iterable[Intent]) -> set[str]:
        """Lanes of things that this part of the lanes looks after."""
        things = {effect.entity for effect in effects}
        things |= {thing for intent in intents for thing in intent.target} if things else set()
        rows = _of_keys(
            self._store, "lanes_here", self._tenant, sorted(things), "things",
            shard=self._window.shard, shards=self._window.shards,
        )  # fmt: skip
        return {f"entity:{row['thing']}" for row in rows}


def _of_keys(
    store: Store, query: str, tenant: str, keys: Sequence[str], name: str = "trace_ids", **more: Any
) -> Iterator[Row]:
    """Rows of a query that takes many keys, some at a time."""
    for start in range(0, len(keys), KEYS_AT_ONCE):
        some = {name: keys[start : start + KEYS_AT_ONCE]}
        yield from store.rows(query, tenant=tenant, rows_max=ROWS_MAX, **some, **more)


def _effect(row: Row, case_id: str = "") -> Effect:
    said = ("entity", "kind", "metric", "delta", "unit", "agent", "decision_id", "opens", "closes")
    own = {name: row[name] for name in (*said, "origin")}
    return Effect(ref(row), utc(row["ts"]), case_id=case_id, **own)


def _intent(row: Row) -> Intent:
    return Intent(
        ref=ref(row),
        at=utc(row["ts"]),
        agent=row["agent_name"],
        metric=row["metric_name"],
        direction=row["direction"],
        limit=row["amount_most"],
        target=tuple(row["target"]),
    )


def _access(row: Row) -> Access:
    return Access(
        ref=ref(row),
        at=utc(row["ts"]),
        datum=Datum(row["entity"], row["field_name"]),
        is_write=row["is_write"],
        version=row["version"],
        compensates=row["compensates"],
    )


def _decision(row: Row) -> Decision:
    return Decision(
        ref=ref(row),
        at=utc(row["ts"]),
        decision_id=row["decision_id"],
        action=row["action_name"],
        agent=row["agent_name"],
        amount=row["amount_value"],
        currency=row["currency_name"],
    )


def _link(row: Row) -> Link:
    cause, effect = (SpanRef(row[f"{end}_trace_id"], "") for end in ("cause", "effect"))
    return Link(cause, effect, row["kind"])


def _handoff(row: Row) -> Handoff:
    return Handoff(ref(row), utc(row["ts"]), row["giver"], row["taker"], row["case_id"])


def _found(row: Row) -> Found:
    return Found(
        finding_id=row["finding_id"],
        signature=row["signature"],
        severity=Severity[row["level"].upper()],
        agents=tuple(row["agents"]),
        refs=tuple(SpanRef(*span) for span in row["spans"]),
        case_id=row["case_id"],
    )
