"""GOV-02, GOV-04, GOV-05, GOAL-01: is what declared policies forbid found, and nothing else?"""

import pytest

from storage.findings import StoredFindings
from storage.store import Store
from tests.analyzers.signatures import goal_01, gov_02, gov_04, gov_05
from tests.analyzers.signatures.policies import WINDOW, Suite, check
from tests.analyzers.signatures.spans import rule

SUITES = (gov_02.SUITE, gov_04.SUITE, gov_05.SUITE, goal_01.SUITE)


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.signature)
@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_forbidden_is_found_and_nothing_else(store: Store, suite: Suite, seed: int) -> None:
    check(store, suite, seed)


@pytest.mark.parametrize("suite", SUITES[:2], ids=lambda suite: suite.signature)
def test_without_policies_nothing_is_over_a_limit_or_lacks_approval(
    store: Store, suite: Suite
) -> None:
    stories = suite.stories(1)
    rows = [row for _, story in stories for table, row in story.rows if table == "effects"]
    store.insert("effects", rows)
    assert not list(StoredFindings(store).candidates(rule(suite.signature), WINDOW))


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.signature)
def test_every_suite_has_cases_enough(suite: Suite) -> None:
    stories = suite.stories(1)
    assert sum(positive for positive, _ in stories) >= 20
    assert sum(not positive for positive, _ in stories) >= 50
