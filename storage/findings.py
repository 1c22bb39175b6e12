"""Findings in the store: candidates of rules, what is new, what is taken back, what people said."""

import hashlib
import json
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar

from domain.asked import EVER, Asked, Heard, Place
from domain.errors import InvalidInput, NotFound
from domain.findings import Draft, Evidence, Finding, Origin, Role, Window
from domain.lanes import Lanes
from domain.signatures import Signature
from storage import engines, lanes, rules, sql
from storage.cases import StoredCases
from storage.store import Store
from storage.touched import Touched, moments

T = TypeVar("T")

DRAFTS_MAX = 100_000
KEYS_AT_ONCE = 1_000
EVIDENCE_MAX = 64
# How sentences of rules call an agent that has no name.
NAMELESS = "an agent"
ACTIONS = ("acknowledge", "mute", "unmute", "resolve", "reopen", "confirm", "dismiss")


class StoredFindings:
    """What analyzers read, and where their findings go (domain.ports.FindingSource and the
    runner's FindingSink)."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._touched = Touched(store)

    def candidates(self, signature: Signature, window: Window) -> Iterator[Draft]:
        """What the rule says of the lanes that `window` touches, or touched `wait_s` before.

        Raises Unavailable, or InvalidInput for a rule that the engine refuses.
        """
        wait_s, tables = signature.wait_s, rules.touched_by(signature.relation)
        if tables and not self._touched.any_of(tables, window, wait_s):
            return iter(())
        needed = rules.needs(signature.relation)
        if needed and not self._touched.any_kind(needed, window, wait_s):
            return iter(())
        walked = self._touched.steps(window, wait_s) if rules.walks(signature.relation) else 0
        rows = self._store.selected(
            rules.statement(signature, engines.values(self._store.cluster, 1)),
            signature.id,
            **signature.parameters,
            **moments(window, wait_s),
            **{"pass": walked},
            shard=window.shard,
            shards=window.shards,
            rows_max=DRAFTS_MAX,
        )
        return (_draft(signature, row) for row in rows)

    def lanes(self, view: str, window: Window) -> Lanes:
        """The steps of the lanes that `window` touches. Raises Unavailable."""
        if not self._touched.any_of(lanes.TOUCHED_BY[view], window):
            return Lanes.from_columns({})
        return lanes.VIEWS[view](self._store, window)

    def cases(self) -> StoredCases:
        """Business cases."""
        return StoredCases(self._store, self._touched)

    def save(self, findings: Sequence[Finding]) -> int:
        """Store those that are new or say something else; how many these are."""
        written = 0
        for some in _batched(findings):
            ids = [finding.finding_id for finding in some]
            known = {
                row["finding_id"]: row
                for row in self._store.rows("findings_known", finding_ids=ids)
            }
            rows = [row for row in map(_row, some) if _differs(row, known.get(row["finding_id"]))]
            if rows:
                self._store.insert("findings", rows)
            written += len(rows)
        return written

    def retract(
        self, signatures: Collection[Signature], found: Collection[str], window: Window
    ) -> int:
        """Take back those in lanes looked at again that are not in `found`; how many these are."""
        pairs = [(each.id, way) for each in signatures for way in each.touched_by]
        period = {"since": window.since, "until": window.until, "rows_max": DRAFTS_MAX}
        period |= {"shard": window.shard, "shards": window.shards}
        of, ways = [signature for signature, _ in pairs], [way for _, way in pairs]
        touched = self._store.rows("findings_touched", of=of, ways=ways, **period)
        mended = [signature for signature, way in pairs if way == "mended"]
        if mended and self._touched.any_of(("data_access",), window):
            touched += self._store.rows("findings_mended", of=mended, **period)
        gone = [row for row in touched if row["finding_id"] not in found]
        return self._take_back(
            [
                *(row for row in gone if not row["by_evidence"]),
                *self._received_again([row for row in gone if row["by_evidence"]], window),
            ]
        )

    def _received_again(
        self, rows: Sequence[Mapping[str, Any]], window: Window
    ) -> Iterator[Mapping[str, Any]]:
        """Those of which all evidence was received in `window`: that it was looked at is sure."""
        for some in _batched(rows):
            trace_ids = list({trace_id for row in some for trace_id, _ in row["spans"]})
            received = {
                (row["trace_id"], row["span_id"])
                for row in self._store.rows(
                    "spans_received", trace_ids=trace_ids, since=window.since, until=window.until
                )
            }
            yield from (row for row in some if received.issuperset(map(tuple, row["spans"])))

    def _take_back(self, rows: Iterable[Mapping[str, Any]]) -> int:
        gone = list(dict.fromkeys((row["tenant"], row["finding_id"]) for row in rows))
        for keys in _batched(gone):
            self._store.derive(
                sql.derivation("retract_findings"),
                "retract_findings",
                keys=list(keys),
                revision=time.time_ns(),
            )
        return len(gone)


class FindingRows:
    """Findings as people read them, and what they say of them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def listed(
        self, asked: Asked, rows_max: int, place: Place | None = None
    ) -> list[dict[str, Any]]:
        """Up to `rows_max` findings, the latest begun first. Raises Unavailable."""
        place = place or Place()
        rows = self._store.rows(
            "findings",
            **_parameters(asked),
            before=place.before,
            before_id=place.before_id,
            rows_max=rows_max,
        )
        return [_readable(row) for row in rows]

    def changed(
        self, asked: Asked, after: Heard, until_ns: int, rows_max: int
    ) -> list[dict[str, Any]]:
        """What was found, said or done after `after`, until then, the earliest first.

        changed_ns says when. Raises Unavailable.
        """
        rows = self._store.rows(
            "findings_changed",
            **_parameters(asked),
            after_ns=after.changed_ns,
            after_id=after.finding_id,
            until_ns=until_ns,
            rows_max=rows_max,
        )
        return [_readable(row) for row in rows]

    def one(self, tenant: str, finding_id: str) -> dict[str, Any]:
        """The finding, also one that was taken back. Raises NotFound."""
        asked = Asked(tenant=tenant, finding_id=finding_id, shadow=True, retracted=True)
        for row in self.listed(asked, 1):
            return row
        raise NotFound(f"no finding has the id '{finding_id}'; see `wakeline findings`")

    def history(self, tenant: str, finding_id: str) -> list[dict[str, Any]]:
        """What people did about it, the latest first."""
        return self._store.rows("finding_history", tenant=tenant, finding_id=finding_id)

    def steps(self, finding: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The steps of its evidence and those beside them in their traces, in time."""
        trace_ids = list({one["trace_id"] for one in finding["evidence"]})
        span_ids = [one["span_id"] for one in finding["evidence"]]
        rows = self._store.rows(
            "finding_steps", tenant=finding["tenant"], trace_ids=trace_ids, span_ids=span_ids
        )
        return sorted(rows, key=lambda row: (row["ts"], row["span_id"]))

    def counts(self, tenant: str, since: datetime) -> list[dict[str, Any]]:
        """How many findings seen since then are in which state, by signature and severity."""
        asked = Asked(tenant=tenant, since=since, shadow=True, retracted=True)
        return self._store.rows("findings_counted", **_parameters(asked))

    def act(
        self, finding: Mapping[str, Any], action: str, actor: str, note: str = "",
        muted_until: datetime = EVER,
    ) -> None:  # fmt: skip
        """Record what somebody did about it. Raises InvalidInput for an action that is none."""
        if action not in ACTIONS:
            raise InvalidInput(f"action: '{action}' is none of {', '.join(ACTIONS)}")
        row = {name: finding[name] for name in ("tenant", "finding_id", "signature", "mute_key")}
        said = {"action": action, "actor": actor, "note": note, "muted_until": muted_until}
        # Without a time of its own the same action again would be taken for one sent twice.
        said |= {"at": datetime.now(UTC)}
        self._store.insert("finding_actions", [row | said])

    def verdicts(self) -> dict[tuple[str, str], tuple[int, int]]:
        """(confirmed, dismissed) by (tenant, signature)."""
        return {
            (row["tenant"], row["signature"]): (row["confirmed"], row["dismissed"])
            for row in self._store.rows("finding_verdicts")
        }

    def modes(self) -> dict[tuple[str, str], str]:
        """on, shadow or off by (tenant, signature) as operators set them."""
        rows = self._store.rows("signature_modes")
        return {(row["tenant"], row["signature"]): row["mode"] for row in rows}

    def set_mode(self, signature: str, mode: str, actor: str, tenant: str = "") -> None:
        """Switch a signature on, off, or into shadow; of all tenants when `tenant` is empty."""
        row = {"tenant": tenant, "signature": signature, "mode": mode, "actor": actor}
        self._store.insert("signature_settings", [row | {"at": datetime.now(UTC)}])


class Progress:
    """How far the analyzers have come, by the time of receipt."""

    def __init__(self, store: Store, shard: int = 0, shards: int = 1) -> None:
        self._store = store
        self._part = {"analyzer": "all", "shard": shard, "shards": shards}

    def until(self) -> datetime:
        """EVER before the first pass. Raises Unavailable."""
        for row in self._store.rows("analyzer_progress", **self._part):
            moment: datetime = row["received_until"]
            return moment.replace(tzinfo=UTC)
        return EVER

    def reached(self, until: datetime) -> None:
        """Everything received before `until` is analyzed."""
        row = {**self._part, "received_until": until, "revision": time.time_ns()}
        self._store.insert("analyzer_progress", [row])


def _parameters(asked: Asked) -> dict[str, Any]:
    return {name: getattr(asked, name) for name in asked.__slots__}


def _draft(signature: Signature, row: Mapping[str, Any]) -> Draft:
    return Draft(
        signature=signature.id,
        tenant=row["tenant"],
        lane=row["lane"],
        anchor=row["anchor"],
        agents=tuple(agent for agent in row["agents"] if agent != NAMELESS),
        case_id=row["case_id"],
        first_at=row["first_ts"].replace(tzinfo=UTC),
        last_at=row["last_ts"].replace(tzinfo=UTC),
        evidence=tuple(
            Evidence(trace_id, span_id, Role(role))
            for trace_id, span_id, role in row["evidence"][:EVIDENCE_MAX]
        ),
        facts={name: row[rules.FACT + name] for name in signature.facts},
        origin=Origin(row["origin"]),
        raised=bool(row["raised"]),
    )


def _row(finding: Finding) -> dict[str, Any]:
    row = {
        "tenant": finding.tenant,
        "finding_id": finding.finding_id,
        "signature": finding.signature,
        "signature_version": finding.signature_version,
        "severity": finding.severity.name.lower(),
        "confidence": finding.confidence,
        "agents": list(finding.agents),
        "lane": finding.lane,
        "case_id": finding.case_id,
        "first_at": finding.first_at,
        "last_at": finding.last_at,
        "evidence": [(one.trace_id, one.span_id, str(one.role)) for one in finding.evidence],
        "reason": finding.reason,
        "facts": json.dumps(finding.facts, default=str, sort_keys=True),
        "tags": list(finding.tags),
        "mute_key": finding.mute_key,
        "origin": str(finding.origin),
        "degraded": finding.degraded,
        "shadow": finding.shadow,
        "retracted": finding.retracted,
    }
    said = json.dumps(row, default=str, sort_keys=True).encode()
    digest = hashlib.blake2b(said, digest_size=8).digest()
    return row | {"content": int.from_bytes(digest), "revision": time.time_ns()}


def _differs(row: Mapping[str, Any], known: Mapping[str, Any] | None) -> bool:
    return known is None or known["content"] != row["content"] or bool(known["retracted"])


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    """With facts and evidence as objects, and times that know their zone."""
    times = {name: row[name].replace(tzinfo=UTC) for name in ("first_at", "last_at", "found_at")}
    evidence = [
        one
        if isinstance(one, dict)
        else dict(zip(("trace_id", "span_id", "role"), one, strict=True))
        for one in row["evidence"]
    ]
    return row | times | {"facts": json.loads(row["facts"]), "evidence": evidence}


def _batched(items: Sequence[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, KEYS_AT_ONCE)):
        yield some
