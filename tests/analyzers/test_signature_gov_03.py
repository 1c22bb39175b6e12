"""GOV-03: is what agents may not do found, and what only looks like it left alone?"""

from app.policies import Policies
from storage.store import Store
from tests.analyzers.signatures import gov_03, spans
from tests.contracts.segments import RECEIVED_UNIX_NANO

BY_TOOL = "api.patch was refused invoice:1 (403), which it then reached by db.update"
BY_AGENT = (
    "free by api.patch was refused invoice:1 (PermissionDenied), which it then reached by api.patch"
)


def test_what_agents_may_not_do_is_found_and_nothing_else(store: Store) -> None:
    Policies(store).apply(gov_03.POLICIES)
    found = spans.check(store, gov_03.SUITE, lambda window: spans.drafts(store, "gov_03", window))
    assert {draft.anchor.partition("|")[0] for draft in found} == {"tool", "tenant", "refused"}


def test_a_refusal_and_the_way_around_it_may_come_apart(store: Store) -> None:
    made = (gov_03.other_way("invoice:1"), gov_03.other_agent("invoice:1"))
    cases = [spans.Case("around", tuple(run), True) for run in made]
    said = []
    for part in range(2):
        spans.send(store, cases, RECEIVED_UNIX_NANO + part, (part, 2))
        said.append([draft.facts["what"] for draft in spans.drafts(store, "gov_03")])
    assert said == [[], [BY_TOOL, BY_AGENT]]
