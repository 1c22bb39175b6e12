"""Does the garbage collector wait for the last work that is not to be disturbed, and no longer?"""

import gc

import pytest

from app.undisturbed import undisturbed


def test_the_collector_waits_for_the_last_to_end() -> None:
    assert gc.isenabled()
    with undisturbed():
        with undisturbed():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_after_an_error() -> None:
    with pytest.raises(KeyError), undisturbed():
        raise KeyError
    assert gc.isenabled()
