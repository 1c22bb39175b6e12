"""Are the recorded spans of each emitter understood as a careful reader understands them?"""

import pytest

from storage.store import Store
from tests.golden.emitters import rows


@pytest.fixture(scope="module")
def recordings(module_store: Store) -> Store:
    rows.load(module_store)
    return module_store


@pytest.fixture(scope="module")
def texts(recordings: Store) -> rows.Texts:
    steps = [step for emitter in rows.EMITTERS for step in rows.expected(emitter)["steps"]]
    return rows.load_calls(recordings, steps)


@pytest.mark.parametrize("emitter", rows.EMITTERS)
def test_the_steps_of_an_emitter_are_the_expected_ones(
    recordings: Store, texts: rows.Texts, emitter: str
) -> None:
    assert rows.stored_steps(recordings, emitter, texts) == rows.expected(emitter)["steps"]


@pytest.mark.parametrize("emitter", rows.EMITTERS)
def test_the_decisions_of_an_emitter_are_the_expected_ones(recordings: Store, emitter: str) -> None:
    expected = rows.expected(emitter).get("decisions", [])
    assert rows.stored_decisions(recordings, emitter) == expected


@pytest.mark.parametrize("emitter", rows.EMITTERS)
def test_the_handoffs_of_an_emitter_are_the_expected_ones(recordings: Store, emitter: str) -> None:
    assert rows.stored_handoffs(recordings, emitter) == rows.expected(emitter).get("handoffs", [])


@pytest.mark.parametrize("emitter", rows.EMITTERS)
def test_links_messages_and_responses_of_an_emitter_are_as_many_as_expected(
    recordings: Store, emitter: str
) -> None:
    expected = rows.expected(emitter)
    counted = ("links", "messages", "responses")
    assert rows.stored_counts(recordings, emitter) == {
        name: expected[name] for name in counted if name in expected
    }


def test_one_call_has_one_hash_of_its_arguments_whichever_framework_made_it(
    recordings: Store,
) -> None:
    answer = recordings.read_only(
        "SELECT arguments_hash, uniqExact(tenant) FROM steps FINAL"
        " WHERE tool = 'get_invoice' AND arguments_state = 'json' AND tenant != 'agent_framework'"
        " GROUP BY ALL ORDER BY 2 DESC LIMIT 1",
        "TSV",
    )
    assert int(answer.split()[1]) >= 20
