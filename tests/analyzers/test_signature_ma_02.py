"""MA-02: are effects that undo or double another agent's found, and real reversals left alone?"""

from datetime import timedelta

import pytest

from domain import signatures
from domain.findings import Window
from storage.findings import StoredFindings
from storage.store import Store
from tests.analyzers.signatures import ma_02
from tests.analyzers.signatures.ma_02 import NOW
from tests.analyzers.signatures.spans import FOLDER

SIGNATURE = signatures.parse((FOLDER / "ma_02.yaml").read_text(), "ma_02.yaml")


@pytest.mark.parametrize("seed", [5, 6])
def test_effects_against_each_other_are_found_and_no_others(store: Store, seed: int) -> None:
    cases = list(ma_02.cases(seed))
    store.insert("effects", [row for _, case in cases for row in case.effects])
    store.insert("data_access", [row for _, case in cases for row in case.accesses])
    window = Window(NOW - timedelta(seconds=5), NOW + timedelta(seconds=1))
    found = list(StoredFindings(store).candidates(SIGNATURE, window))
    assert {draft.lane for draft in found} == {
        f"entity:invoice:{case.name}" for against, case in cases if against
    }
    assert {draft.facts["what"] for draft in found} == {"undid", "repeated"}
