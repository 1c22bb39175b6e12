"""The names on the wire, held against the contract that the analyzers read."""

from collections import Counter

from wakeline import conventions, facts

EVENTS = {
    "wakeline.intent",
    "wakeline.data.read",
    "wakeline.data.write",
    "wakeline.decision",
    "wakeline.effect",
    "wakeline.outcome",
    "wakeline.handoff",
    "wakeline.change",
}
KEYS = {
    "wakeline.intent.id",
    "wakeline.intent.kind",
    "wakeline.intent.target",
    "wakeline.intent.metric",
    "wakeline.intent.direction",
    "wakeline.intent.limit",
    "wakeline.entity.ref",
    "wakeline.data.field",
    "wakeline.data.version",
    "wakeline.data.as_of",
    "wakeline.data.source",
    "wakeline.data.source_kind",
    "wakeline.data.value_hash",
    "wakeline.data.value_num",
    "wakeline.data.version_prev",
    "wakeline.data.value_num_prev",
    "wakeline.data.idempotency_key",
    "wakeline.data.reversible",
    "wakeline.data.compensates",
    "wakeline.data.id",
    "wakeline.decision.id",
    "wakeline.decision.action",
    "wakeline.decision.outcome",
    "wakeline.decision.confidence",
    "wakeline.decision.confidence.method",
    "wakeline.decision.inputs",
    "wakeline.decision.approval_id",
    "wakeline.decision.amount",
    "wakeline.decision.currency",
    "wakeline.decision.threshold",
    "wakeline.decision.threshold.version",
    "wakeline.decision.verdict",
    "wakeline.decision.enforced_action",
    "wakeline.policy.id",
    "wakeline.policy.version",
    "wakeline.effect.kind",
    "wakeline.effect.metric",
    "wakeline.effect.delta",
    "wakeline.effect.unit",
    "wakeline.effect.opens",
    "wakeline.effect.closes",
    "wakeline.outcome.id",
    "wakeline.outcome.type",
    "wakeline.outcome.polarity",
    "wakeline.outcome.target",
    "wakeline.outcome.amount",
    "wakeline.handoff.from",
    "wakeline.handoff.to",
    "wakeline.handoff.id",
    "wakeline.change.id",
    "wakeline.change.kind",
    "wakeline.change.what",
    "wakeline.change.version",
    "wakeline.change.version_prev",
    "wakeline.change.agents",
    "wakeline.change.note",
    "wakeline.case.id",
    "wakeline.work_item.id",
    "wakeline.progress.done",
    "wakeline.progress.total",
}
CONSTANTS = {name: text for name, text in vars(conventions).items() if name.isupper()}
TEXTS = [text for text in CONSTANTS.values() if isinstance(text, str)]


def test_every_event_of_the_contract_has_a_constant() -> None:
    assert set(conventions.EVENTS) == EVENTS


def test_every_key_of_the_contract_has_a_constant() -> None:
    assert set(TEXTS) >= KEYS


def test_no_name_has_two_constants() -> None:
    assert max(Counter(TEXTS).values()) == 1


def test_our_names_are_in_our_name_space_alone() -> None:
    ours = {text for text in TEXTS if text.startswith("wakeline.")}
    assert ours - KEYS - EVENTS == {
        "wakeline.tool.arguments.size_bytes",
        "wakeline.tool.result.size_bytes",
    }


def test_the_types_list_the_same_words_as_the_conventions() -> None:
    assert facts.SourceKind.__args__ == conventions.SOURCE_KINDS  # type: ignore[attr-defined]
    assert facts.DecisionOutcome.__args__ == conventions.DECISION_OUTCOMES  # type: ignore[attr-defined]
    assert facts.ChangeKind.__args__ == conventions.CHANGE_KINDS  # type: ignore[attr-defined]
    assert facts.OutcomeType.__args__ == tuple(conventions.OUTCOME_POLARITY_OF)  # type: ignore[attr-defined]
