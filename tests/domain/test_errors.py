"""Does every error have a status on every wire, and a place in the tree that is drawn?"""

import re
from collections.abc import Iterator

import pytest

from api import errors as http
from collector import status
from domain import errors
from domain.errors import Unavailable, WakelineError


def tree(kind: type[WakelineError] = WakelineError) -> Iterator[type[WakelineError]]:
    """The class and all below it that domain defines."""
    if kind.__module__ == errors.__name__:
        yield kind
        for below in kind.__subclasses__():
            yield from tree(below)


ERRORS = sorted(set(tree()), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_has_a_status_on_both_wires(kind: type[WakelineError]) -> None:
    error = kind("text")
    assert 400 <= http.http_status(error) < 600
    assert 400 <= status.wire_status(error).http_status < 600


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_is_drawn_in_the_tree_with_the_status_that_is_sent(
    kind: type[WakelineError],
) -> None:
    tree_of_errors = errors.__doc__ or ""
    (line,) = re.findall(rf"^(?:.*─ )?{kind.__name__}(?: .*)?$", tree_of_errors, re.MULTILINE)
    if drawn := re.search(r"HTTP(?:, OTLP)? (\d+)", line):
        assert http.http_status(kind("text")) == int(drawn[1])


def test_an_error_of_a_later_version_has_the_status_of_its_base() -> None:
    class Busy(Unavailable):
        """Not in the map."""

    assert http.http_status(Busy("text")) == 503
    assert status.wire_status(Busy("text")).http_status == 503
