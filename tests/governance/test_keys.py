"""Are API keys stored as hashes, checked exactly, and kept in force while the store is down?"""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access import Principal, Scope
from domain.errors import InvalidInput, NotFound, Unauthenticated, Unavailable
from governance import keys
from governance.keys import KeyRing, Row

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class Rows:
    """A key store in memory; `down` makes it unreachable."""

    appended: list[Row] = field(default_factory=list)
    down: bool = False

    def latest(self) -> Iterator[Row]:
        self._answer()
        yield from ({row["key_id"]: row for row in self.appended}).values()

    def append(self, row: Row) -> None:
        self._answer()
        self.appended.append({**row, "changed_at": NOON})

    def _answer(self) -> None:
        if self.down:
            raise Unavailable("the store is down")


@pytest.fixture
def rows() -> Rows:
    return Rows()


def ring(rows: Rows) -> KeyRing:
    read = KeyRing(rows)
    read.refresh()
    return read


def test_a_key_opens_its_tenant_and_scopes(rows: Rows) -> None:
    key, text = keys.create(rows, "acme", "fleet", [Scope.READ, Scope.INGEST, Scope.READ])
    principal = ring(rows).authenticate(text)
    scopes = frozenset({Scope.READ, Scope.INGEST})
    assert principal == Principal("acme", scopes, key.key_id)


def test_only_a_hash_of_the_secret_is_stored(rows: Rows) -> None:
    _, text = keys.create(rows, "acme", "fleet", [Scope.READ])
    secret = text.split("_", 2)[2]
    (row,) = rows.appended
    assert secret not in str(row)
    assert row["secret_sha256"] == hashlib.sha256(secret.encode()).hexdigest()


def test_keys_are_long_and_never_alike(rows: Rows) -> None:
    texts = {keys.create(rows, "acme", "", [Scope.READ])[1] for _ in range(100)}
    assert len(texts) == 100
    # 256 bits in base64 without padding.
    assert {len(text.split("_", 2)[2]) for text in texts} == {43}


def test_a_revoked_key_is_refused_after_the_next_reading(rows: Rows) -> None:
    key, text = keys.create(rows, "acme", "", [Scope.READ])
    _, other = keys.create(rows, "acme", "", [Scope.READ])
    read = ring(rows)
    assert read.in_force == 2
    assert keys.revoke(rows, key.key_id).revoked
    read.authenticate(text)
    read.refresh()
    with pytest.raises(Unauthenticated):
        read.authenticate(text)
    read.authenticate(other)
    assert read.in_force == 1
    assert [key.revoked for key in keys.listed(rows)] == [True, False]


def test_an_unknown_key_can_not_be_revoked(rows: Rows) -> None:
    with pytest.raises(NotFound, match="no key has the id 'nobody'"):
        keys.revoke(rows, "nobody")


@pytest.mark.parametrize("missing", [None, ""])
def test_a_missing_key_is_told_how_to_send_one(missing: str | None, rows: Rows) -> None:
    with pytest.raises(Unauthenticated, match="Authorization: Bearer KEY"):
        ring(rows).authenticate(missing)


@given(st.text(min_size=1))
def test_no_other_text_is_a_key(text: str) -> None:
    rows = Rows()
    keys.create(rows, "acme", "", [Scope.READ])
    with pytest.raises(Unauthenticated, match="not known or was revoked"):
        ring(rows).authenticate(text)


def test_each_part_of_a_key_counts(rows: Rows) -> None:
    key, text = keys.create(rows, "acme", "", [Scope.READ])
    _, other = keys.create(rows, "acme", "", [Scope.READ])
    secret, other_secret = (each.split("_", 2)[2] for each in (text, other))
    read = ring(rows)
    for wrong in (
        f"wk_{key.key_id}_{other_secret}", f"wk_{key.key_id}_", f"wk_{key.key_id}",
        f"wk__{secret}", f"xx_{key.key_id}_{secret}", f"{text} ", text.upper(),
        f"wk_{key.key_id}_{hashlib.sha256(secret.encode()).hexdigest()}",
    ):  # fmt: skip
        with pytest.raises(Unauthenticated):
            read.authenticate(wrong)
    read.authenticate(text)


def test_an_unknown_id_costs_the_same_constant_time_comparison_as_a_wrong_secret(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, _ = keys.create(rows, "acme", "", [Scope.READ])
    read = ring(rows)
    compared = []
    really_compare = hmac.compare_digest

    def compare(one: str, other: str) -> bool:
        compared.append((len(one), len(other)))
        return really_compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    for text in (f"wk_{key.key_id}_wrong", "wk_unknown_wrong", "nothing"):
        with pytest.raises(Unauthenticated):
            read.authenticate(text)
    assert compared == [(64, 64)] * 3


def test_before_the_first_reading_callers_are_asked_to_come_again(rows: Rows) -> None:
    read = KeyRing(rows)
    assert read.in_force is None
    with pytest.raises(Unavailable) as caught:
        read.authenticate("wk_1_2")
    assert caught.value.retry_after_s > 0


def test_the_last_known_keys_stay_in_force_while_the_store_is_down(rows: Rows) -> None:
    _, text = keys.create(rows, "acme", "", [Scope.READ])
    read = ring(rows)
    rows.down = True
    with pytest.raises(Unavailable):
        read.refresh()
    assert read.authenticate(text).tenant == "acme"


def test_a_scope_of_a_later_version_grants_nothing_and_breaks_nothing(rows: Rows) -> None:
    _, text = keys.create(rows, "acme", "", [Scope.READ])
    rows.appended[0] = {**rows.appended[0], "scopes": ["read", "teleport"]}
    assert ring(rows).authenticate(text).scopes == {Scope.READ}


@pytest.mark.parametrize(
    ("tenant", "name", "scopes", "complaint"),
    [
        ("", "", [Scope.READ], "tenant"),
        ("x" * 201, "", [Scope.READ], "tenant"),
        ("a\x1b[31m", "", [Scope.READ], "tenant"),
        ("acme", "a\nb", [Scope.READ], "name"),
        ("acme", "x" * 201, [Scope.READ], "name"),
        ("acme", "", [], "scopes: at least one of ingest, read, review, govern, admin"),
    ],
)
def test_a_key_that_would_harm_is_not_made(
    tenant: str, name: str, scopes: list[Scope], complaint: str, rows: Rows
) -> None:
    with pytest.raises(InvalidInput, match=complaint):
        keys.create(rows, tenant, name, scopes)
    assert not rows.appended
