"""When are API keys asked for?"""

import pytest
from pydantic import ValidationError

from governance.config import AuthConfig, AuthMode, is_loopback

LOOPBACK = ("127.0.0.1", "127.8.9.1", "localhost", "::1", "[::1]")
OPEN = ("0.0.0.0", "::", "", "192.0.2.1", "2001:db8::1", "example.org", "localhost.example.org")


@pytest.mark.parametrize("host", LOOPBACK)
def test_nobody_outside_reaches_loopback(host: str) -> None:
    assert is_loopback(host)
    assert not AuthConfig().required((host, "127.0.0.1"))


@pytest.mark.parametrize("host", OPEN)
def test_one_open_address_requires_keys_everywhere(host: str) -> None:
    assert not is_loopback(host)
    assert AuthConfig().required(("127.0.0.1", host))


@pytest.mark.parametrize("host", [*LOOPBACK, *OPEN])
def test_an_explicit_mode_holds_for_every_address(host: str) -> None:
    assert AuthConfig(mode=AuthMode.REQUIRED).required((host,))
    assert not AuthConfig(mode=AuthMode.OFF).required((host,))


def test_keys_are_read_again_after_a_time_that_passes() -> None:
    with pytest.raises(ValidationError, match="greater than 0"):
        AuthConfig(refresh_seconds=0)
