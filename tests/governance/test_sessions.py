"""Does a session say who somebody is, for a while, to nobody's advantage but theirs?"""

from datetime import UTC, datetime, timedelta

import pytest

from domain.access import Principal, Scope
from domain.errors import Unauthenticated
from governance import sessions

NOW = datetime(2026, 11, 28, tzinfo=UTC)
SECRET = sessions.secret_of(bytes(32))
ANN = Principal("acme", frozenset({Scope.READ, Scope.GOVERN}), "oidc:ann@acme.example")
SESSION = sessions.of_person(SECRET, ANN, NOW + timedelta(hours=1))


def test_it_says_who_somebody_is_until_it_ends() -> None:
    assert sessions.is_session(SESSION)
    assert sessions.person(SECRET, SESSION, NOW) == ANN
    with pytest.raises(Unauthenticated, match="has ended"):
        sessions.person(SECRET, SESSION, NOW + timedelta(hours=1))


@pytest.mark.parametrize("place", range(3, len(SESSION), 7))
def test_a_changed_one_is_nobodys(place: int) -> None:
    other = "A" if SESSION[place] != "A" else "B"
    with pytest.raises(Unauthenticated):
        sessions.person(SECRET, SESSION[:place] + other + SESSION[place + 1 :], NOW)


def test_of_another_service_or_for_another_use_it_is_nobodys() -> None:
    with pytest.raises(Unauthenticated):
        sessions.person(sessions.secret_of(b"1" * 32), SESSION, NOW)
    login = sessions.sealed(SECRET, "login", {"state": "x"}, NOW + timedelta(hours=1))
    with pytest.raises(Unauthenticated):
        sessions.person(SECRET, login, NOW)


def test_a_scope_that_only_a_later_version_knows_grants_nothing() -> None:
    said = {"tenant": "acme", "scopes": ["read", "fly"], "key_id": "x"}
    later = sessions.sealed(SECRET, "session", said, NOW + timedelta(hours=1))
    assert sessions.person(SECRET, later, NOW).scopes == {Scope.READ}
