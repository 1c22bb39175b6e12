"""DATA-02 and DATA-03: are unseen and lost writes told apart, and what is in order left alone?"""

import pytest

from domain import signatures
from storage.findings import StoredFindings
from storage.store import Store
from tests.analyzers.signatures import data_02
from tests.analyzers.signatures.spans import FOLDER
from tests.analyzers.test_signature_data_01 import WHOLE, put


@pytest.mark.parametrize("name", ["data_02", "data_03"])
@pytest.mark.parametrize("seed", [1, 2])
def test_what_was_written_unseen_is_found_and_nothing_else(
    store: Store, name: str, seed: int
) -> None:
    cases = data_02.histories(seed)
    put(store, [history for _, history in cases])
    signature = signatures.parse((FOLDER / f"{name}.yaml").read_text(), name)
    found = list(StoredFindings(store).candidates(signature, WHOLE))
    assert {draft.lane for draft in found} == {
        f"field:account:{history.name}|{'due' if 'skewed' in history.name else 'plan_rate'}"
        for case, history in cases
        if case == signature.id
    }
    assert {len(draft.evidence) for draft in found} == {3, *[4] * (name == "data_03")}
