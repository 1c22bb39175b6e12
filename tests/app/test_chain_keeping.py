"""Is a chain that was answered given again while it is being kept, kept in the end, and built once
however many ask?"""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from app import chain_keeping
from app.chain_making import ChainMaking
from app.chains import Chains
from domain.errors import Unavailable
from storage.built_chains import BuiltChains
from storage.store import Store
from tests.app.test_chains import PATIENT
from tests.contracts.segments import TENANT
from tests.contracts.told_story import reversal, tell


def forms(store: Store) -> int:
    """How often the chain of the reversal was kept."""
    return int(store.read_only("SELECT uniqExact(revision) FROM chains", "TSV"))


def test_a_chain_is_given_while_it_is_being_kept(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(store)
    name, go_on, keep = reversal(store), Event(), BuiltChains.keep

    def wait(*what: Any) -> None:
        go_on.wait()
        keep(*what)

    monkeypatch.setattr(BuiltChains, "keep", wait)
    chains = Chains(store, PATIENT, keeps_later=True)
    try:
        first = chains.chain(TENANT, name)
        assert chains.chain(TENANT, name) is first
        assert forms(store) == 0
    finally:
        go_on.set()
    chains.settle()
    assert forms(store) == 1
    assert chains.chain(TENANT, name) == first
    assert forms(store) == 1


def test_what_could_not_be_kept_is_told_and_built_again(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tell(store)
    name, chains = reversal(store), Chains(store, PATIENT, keeps_later=True)

    def refuse(*what: Any) -> None:
        raise Unavailable("it is down")

    with monkeypatch.context() as broken:
        broken.setattr(BuiltChains, "keep", refuse)
        first = chains.chain(TENANT, name)
        chains.settle()
    assert f"the chain of outcome/{name} is not kept: it is down" in caplog.text
    assert forms(store) == 0
    assert chains.chain(TENANT, name).causes == first.causes
    chains.settle()
    assert forms(store) == 1


def test_where_too_many_wait_a_chain_is_kept_before_it_is_answered(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(store)
    monkeypatch.setattr(chain_keeping, "WAITING_MAX", 0)
    Chains(store, PATIENT, keeps_later=True).chain(TENANT, reversal(store))
    assert forms(store) == 1


def test_a_chain_that_two_ask_for_at_once_is_built_once(store: Store) -> None:
    tell(store)
    name, chains = reversal(store), Chains(store, PATIENT, keeps_later=True)
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(lambda _: chains.chain(TENANT, name), range(2))
    assert first == second
    chains.settle()
    assert forms(store) == 1


def test_what_is_made_for_all_is_kept_before_the_next_look(store: Store) -> None:
    tell(store)
    making = ChainMaking(store, chains=Chains(store, PATIENT, keeps_later=True))
    assert [making.look(), making.look()] == [2, 0]
