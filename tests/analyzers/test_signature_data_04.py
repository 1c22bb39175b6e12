"""DATA-04: are slips of scale and sign found in fields with a usual number, and nothing else?"""

import random
from datetime import timedelta

import pytest

from domain import signatures
from domain.findings import Window
from storage.findings import StoredFindings
from storage.store import Store
from tests.analyzers.signatures.data_01 import NOW, History
from tests.analyzers.signatures.spans import FOLDER
from tests.analyzers.test_signature_data_01 import WHOLE, put

SIGNATURE = signatures.parse((FOLDER / "data_04.yaml").read_text(), "data_04.yaml")


def amount(name: str, at: float, value: float, field: str = "rate") -> History:
    history = History(name)
    history.write(at, "", entity=f"{field}:{name}", entity_type=field, field=field, value_num=value)
    return history


@pytest.mark.parametrize("seed", [1, 2])
def test_slips_are_found_and_what_merely_differs_is_not(store: Store, seed: int) -> None:
    rng = random.Random(seed)
    factors = [100, 1000, 0.01, 0.001, -1]
    usual = [amount(f"u{n}", -5000, 200 * rng.uniform(0.999, 1.001)) for n in range(600)]
    slips = [
        amount(f"s{n}", -60, 200 * factors[n % 5] * rng.uniform(0.999, 1.001)) for n in range(25)
    ]
    # Far from the usual of its kind, and from what it was by a factor of 100.
    wide = [amount(f"w{n}", -5000, rng.uniform(1, 5000), "price") for n in range(200)]
    moved = [amount(f"w{n}", -60, 100 * float(wide[n].accesses[0]["value_num"]), "price")
             for n in range(5)]  # fmt: skip
    raises = [amount(f"r{n}", -60, rng.choice([600, 1400, 2000, 8000]), "rate") for n in range(30)]
    balances = [amount(f"b{n}", -60, rng.uniform(-500, 500), "balance") for n in range(100)]
    few = [amount(f"f{n}", -60, 1 if n else 100, "fee") for n in range(29)]
    put(store, usual + slips + wide + moved + raises + balances + few)
    found = {draft.lane for draft in StoredFindings(store).candidates(SIGNATURE, WHOLE)}
    wanted = {f"field:rate:s{n}|rate" for n in range(25)}
    wanted |= {f"field:price:w{n}|price" for n in range(5)}

    assert len(found & wanted) / len(wanted) >= 0.95
    assert len(found & wanted) / len(found) >= 0.95


def test_its_correction_is_no_slip_and_does_not_take_it_back(store: Store) -> None:
    put(store, [amount(f"u{n}", -5000, 200 + n / 1000) for n in range(60)])
    put(store, [amount("u0", -60, 20_000)])
    corrected = amount("u0", -10, 200)
    for row in corrected.accesses:
        row |= {"span_id": "later", "received": NOW + timedelta(minutes=30)}
    put(store, [corrected])
    window = Window(NOW + timedelta(minutes=20), WHOLE.until)
    (slip,) = StoredFindings(store).candidates(SIGNATURE, window)
    assert slip.facts["value"] == 20_000
