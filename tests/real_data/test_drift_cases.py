"""Are labelled groups of real runs told apart where they drifted, and left alone where not?"""

import pytest

from analyzers.drift.groups import MISS
from bench import drift_cases
from tests.real_data.test_every_span import FILES

FOLDER = next((path.parents[1] for path in FILES), None)
HAS_CASES = FOLDER is not None and any(FOLDER.glob(f"*/{drift_cases.CASES}"))

pytestmark = [
    pytest.mark.skipif(not HAS_CASES, reason="WAKELINE_REAL_DATA names no drift cases"),
    pytest.mark.timeout(600),
]


def test_most_drift_is_found_and_no_more_of_the_rest_is_flagged_than_stated() -> None:
    assert FOLDER is not None
    found = drift_cases.measured(FOLDER, halves=3)
    for part in drift_cases.shown(found):
        print(part)  # noqa: T201
    seen, drifted = found.flagged(drifted=True)
    flagged, like = found.flagged(drifted=False)
    assert seen >= 0.8 * drifted
    assert flagged <= MISS * like
    assert found.told_apart <= MISS * found.halves + 1
