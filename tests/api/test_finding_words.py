"""Is a finding told shortly at first, and are contributions what its facts say?"""

from api.finding_words import Contribution, contributions, headline

SHORT = "billing repeated get_invoice 2 times. It read nothing new."
LONG = "No agent is at fault alone. " + "vendor-relations acted without reading. " * 5


def test_what_is_short_stays_whole_and_what_is_long_begins_with_its_first_sentence() -> None:
    assert headline(SHORT) == (SHORT, "")
    first, rest = headline(LONG)
    assert first == "No agent is at fault alone."
    assert f"{first} {rest}" == LONG
    assert headline("x" * 500) == ("x" * 500, "")


def test_contributions_are_read_whatever_agents_are_called() -> None:
    facts = {
        "contributions": ["a=b=-50.0000", "c d=200.0000"],
        "shares": ["a=b -33.3 % (-50)", "c d 133 % (200 ± 3)"],
    }
    assert contributions(facts) == [
        Contribution("a=b", -50.0, 0.25, "-33.3 % (-50)"),
        Contribution("c d", 200.0, 1.0, "133 % (200 ± 3)"),
    ]
    assert contributions({"tool": "get_invoice"}) == []


def test_where_nothing_was_lost_bars_have_no_length() -> None:
    (one,) = contributions({"contributions": ["a=0.0000"], "shares": ["a 0 % (0)"]})
    assert (one.amount, one.size) == (0.0, 0.0)
