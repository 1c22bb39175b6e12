"""Who is calling: which header holds the key, and what does a scope allow?"""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access import ANONYMOUS, DEFAULT_TENANT, Principal, Scope, key_from_headers
from domain.errors import PermissionDenied

# RFC 7617, 2: the user-id has no colon.
USERS = st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"]))


def basic(text: str) -> str:
    return "Basic " + b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("authorization", "api_key", "key"),
    [
        (None, None, None),
        ("", "", None),
        (None, "K", "K"),
        (None, " K ", "K"),
        ("Bearer K", None, "K"),
        ("bearer  K ", None, "K"),
        ("BEARER K", None, "K"),
        ("Bearer", None, None),
        ("Bearer ", None, None),
        ("Bearer other", "K", "K"),
        (basic("user:K"), None, "K"),
        (basic("user:K:with:colons"), None, "K:with:colons"),
        (basic("user:"), None, None),
        (basic("user"), None, None),
        ("Basic ???", None, None),
        ("Basic é", None, None),
        ("Basic " + b64encode(b"user:\xff").decode(), None, None),
        ("Digest K", None, None),
        ("K", None, None),
    ],
)
def test_the_key_is_found_in_the_header_that_holds_it(
    authorization: str | None, api_key: str | None, key: str | None
) -> None:
    assert key_from_headers(authorization, api_key) == key


@given(USERS, st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_basic_hands_out_the_password_whatever_the_user(user: str, password: str) -> None:
    assert key_from_headers(basic(f"{user}:{password}"), None) == password


@given(st.text(), st.text())
def test_no_header_breaks_it(authorization: str, api_key: str) -> None:
    key_from_headers(authorization, api_key)


def test_scopes_do_not_include_one_another() -> None:
    for held in Scope:
        caller = Principal("acme", frozenset({held}))
        for wanted in Scope:
            if held is wanted:
                caller.require(wanted)
            else:
                with pytest.raises(PermissionDenied, match=f"lacks the scope '{wanted}'"):
                    caller.require(wanted)


def test_without_keys_everybody_has_every_scope_of_the_default_tenant() -> None:
    assert ANONYMOUS.tenant == DEFAULT_TENANT
    for scope in Scope:
        ANONYMOUS.require(scope)
