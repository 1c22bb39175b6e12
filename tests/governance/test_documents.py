"""Is a document taken only if it is whole, signed and not old, and does doubt always escalate?"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.thresholds import (
    ESCALATE_ALL,
    Answer,
    Basis,
    Limits,
    Oversight,
    SignedDocument,
    Stage,
    Stop,
    Threshold,
    ThresholdDocument,
)
from governance import documents, signing, stable_hash
from governance.documents import Question, decide, opened, sealed

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
PRIVATE = bytes(range(32))
KEYS = {"k1": signing.public_key(PRIVATE)}
WHOSE = ("acme", "clerk")
REFUND = Threshold(
    "refund",
    Limits(0.8, 500.0),
    Stage.FULL,
    Oversight.ON_THE_LOOP,
    canary_salt="s1",
    basis=Basis(0.02, 0.1, 300, 1, 4.5, "2026-10-01"),
)
DOCUMENT = ThresholdDocument(
    "acme", "clerk", 7, NOON, NOON + documents.LIFE, (REFUND,), audit_head="ab" * 32
)
ASKED = Question("refund", "case-1", 0.9, 100.0)


def test_a_signed_document_says_what_was_written() -> None:
    stopped = replace(DOCUMENT, stops=(Stop("k", "drill", drill=True),), frozen=True)
    assert opened(sealed(stopped, PRIVATE, "k1"), KEYS, WHOSE) == stopped


def test_anybody_can_check_the_signature_with_the_public_key() -> None:
    signed = sealed(DOCUMENT, PRIVATE, "k1")
    Ed25519PublicKey.from_public_bytes(KEYS["k1"]).verify(signed.signature, signed.body)
    assert json.loads(signed.body)["thresholds"][0]["limits"] == {
        "amount": 500.0,
        "confidence": 0.8,
    }


def test_signatures_are_those_of_the_standard() -> None:
    # RFC 8032, section 7.1, test 1: an empty message.
    secret = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    signature = (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b"
    )
    assert signing.public_key(secret).hex() == public
    assert signing.sign(secret, b"").hex() == signature


@given(st.data())
def test_a_single_changed_bit_is_noticed(data: st.DataObject) -> None:
    signed = sealed(DOCUMENT, PRIVATE, "k1")
    field = data.draw(st.sampled_from(["body", "signature"]))
    changed = bytearray(getattr(signed, field))
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(InvalidInput, match="was changed"):
        opened(replace(signed, **{field: bytes(changed)}), KEYS, WHOSE)  # type: ignore[arg-type]


def test_a_document_of_an_unknown_or_another_key_is_refused() -> None:
    with pytest.raises(InvalidInput, match="unknown key 'k2'"):
        opened(sealed(DOCUMENT, PRIVATE, "k2"), KEYS, WHOSE)
    with pytest.raises(InvalidInput, match="was changed"):
        opened(sealed(DOCUMENT, bytes(32), "k1"), KEYS, WHOSE)
    with pytest.raises(InvalidInput, match="32 bytes"):
        sealed(DOCUMENT, b"short", "k1")


@pytest.mark.parametrize("whose", [("acme", "sales"), ("beta", "clerk")])
def test_a_document_of_somebody_else_is_refused(whose: tuple[str, str]) -> None:
    with pytest.raises(InvalidInput, match="for clerk of acme"):
        opened(sealed(DOCUMENT, PRIVATE, "k1"), KEYS, whose)


def test_a_document_that_is_too_large_is_refused_before_it_is_read() -> None:
    body = b" " * (documents.BODY_BYTES_MAX + 1)
    with pytest.raises(InvalidInput, match="was changed"):
        opened(SignedDocument(body, "k1", signing.sign(PRIVATE, body)), KEYS, WHOSE)


@pytest.mark.parametrize(
    "older", [replace(DOCUMENT, version=6), replace(DOCUMENT, issued_at=NOON - timedelta(1))]
)
def test_an_old_document_can_not_be_played_again(older: ThresholdDocument) -> None:
    signed = sealed(older, PRIVATE, "k1")
    assert opened(signed, KEYS, WHOSE) == older
    with pytest.raises(InvalidInput, match="is older than"):
        opened(signed, KEYS, WHOSE, known=DOCUMENT)
    assert opened(sealed(DOCUMENT, PRIVATE, "k1"), KEYS, WHOSE, known=DOCUMENT) == DOCUMENT


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"null", b'{"issued_at": 1}', b"\xff", b"[" * 100_000]
)
def test_what_is_no_document_is_refused_even_if_signed(body: bytes) -> None:
    with pytest.raises(InvalidInput, match="no threshold document"):
        opened(SignedDocument(body, "k1", signing.sign(PRIVATE, body)), KEYS, WHOSE)


def test_a_document_has_to_expire_after_it_was_issued() -> None:
    with pytest.raises(InvalidInput, match="expires_at"):
        sealed(replace(DOCUMENT, expires_at=NOON), PRIVATE, "k1")


def test_a_case_within_the_limits_proceeds_with_the_version_that_said_so() -> None:
    told = decide(DOCUMENT, ASKED, NOON)
    assert (told.answer, told.version, told.reason) == (Answer.PROCEED, 7, "within the limits")


@pytest.mark.parametrize(
    ("threshold", "question", "why"),
    [
        (REFUND, replace(ASKED, confidence=0.79), "confidence of 0.8 or more, 500 dollars at most"),
        (REFUND, replace(ASKED, confidence=None), "outside"),
        (REFUND, replace(ASKED, confidence=float("nan")), "outside"),
        (REFUND, replace(ASKED, amount=500.01), "outside"),
        (REFUND, replace(ASKED, amount=None), "outside"),
        (replace(REFUND, limits=Limits(0.95)), ASKED, "any amount"),
        (replace(REFUND, limits=ESCALATE_ALL), ASKED, "all escalates"),
        (REFUND, replace(ASKED, action="credit"), "a person takes part in every credit"),
        (replace(REFUND, agent_version="1"), replace(ASKED, agent_version="2"), "a person"),
        (replace(REFUND, oversight=Oversight.IN_THE_LOOP), ASKED, "a person takes part"),
        (replace(REFUND, stage=Stage.SHADOW), ASKED, "not among the 0% of the stage shadow"),
    ],
    ids=[
        "confidence", "none", "nan", "amount", "no-amount", "any-amount", "all",
        "unknown-action", "unknown-version", "oversight", "stage",
    ],
)  # fmt: skip
def test_whatever_is_in_doubt_escalates(threshold: Threshold, question: Question, why: str) -> None:
    told = decide(replace(DOCUMENT, thresholds=(threshold,)), question, NOON)
    assert told.answer is Answer.ESCALATE
    assert why in told.reason


def test_an_expired_document_escalates() -> None:
    told = decide(DOCUMENT, ASKED, DOCUMENT.expires_at)
    assert told.answer is Answer.ESCALATE
    assert told.reason == "the document expired at 2026-11-29T12:00:00+00:00"


def test_a_version_of_the_agent_has_its_own_limits_before_those_of_any() -> None:
    strict = replace(REFUND, agent_version="2", limits=Limits(0.99))
    both = replace(DOCUMENT, thresholds=(REFUND, strict))
    assert decide(both, replace(ASKED, agent_version="2"), NOON).answer is Answer.ESCALATE
    assert decide(both, replace(ASKED, agent_version="3"), NOON).answer is Answer.PROCEED


@pytest.mark.parametrize(
    ("stop", "answer"),
    [
        (Stop("k", "r"), Answer.STOP),
        (Stop("k", "r", agent="clerk"), Answer.STOP),
        (Stop("k", "r", capability="billing"), Answer.STOP),
        (Stop("k", "r", agent="sales"), Answer.PROCEED),
        (Stop("k", "r", capability="crm"), Answer.PROCEED),
        (Stop("k", "r", drill=True), Answer.PROCEED),
        (Stop("k", "r", share=1.0), Answer.PROCEED),
    ],
    ids=["all", "agent", "tool", "other-agent", "other-tool", "drill", "recovered"],
)
def test_stops_come_first(stop: Stop, answer: Answer) -> None:
    question = replace(ASKED, capability="billing")
    assert decide(replace(DOCUMENT, stops=(stop,)), question, NOON).answer is answer


def test_a_stop_outlives_its_document() -> None:
    stopped = replace(DOCUMENT, stops=(Stop("k", "r"),))
    assert decide(stopped, ASKED, NOON + timedelta(days=9)).answer is Answer.STOP


def test_the_canary_is_a_tenth_and_grows_around_the_same_cases() -> None:
    def proceeding(stage: Stage, salt: str = "s1") -> set[str]:
        held = replace(DOCUMENT, thresholds=(replace(REFUND, stage=stage, canary_salt=salt),))
        cases = [replace(ASKED, case=f"case-{n}") for n in range(2000)]
        return {one.case for one in cases if decide(held, one, NOON).answer is Answer.PROCEED}

    canary, half = proceeding(Stage.CANARY), proceeding(Stage.HALF)
    assert 160 < len(canary) < 240
    assert canary < half < proceeding(Stage.FULL)
    assert 900 < len(half) < 1100
    assert proceeding(Stage.CANARY, "s2") != canary


@given(st.text(max_size=20), st.text(max_size=20))
def test_every_case_belongs_to_the_whole_and_none_to_nothing(salt: str, key: str) -> None:
    assert stable_hash.within(1.0, salt, key)
    assert not stable_hash.within(0.0, salt, key)
