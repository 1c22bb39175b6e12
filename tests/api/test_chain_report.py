"""Does the report say all of a chain, as Markdown that holds text and nothing else?"""

import re
from dataclasses import replace

import pytest

from api import chain_report, chain_story
from api.chain_report import code, escaped
from api.chain_story import GROUP_SHOWN, NEXT_SHOWN, Story
from api.routes.chain_pages import WORDS
from domain.chains import Chain, EdgeKind, LineKind
from tests.api import sample_chain
from tests.api.sample_chain import CHAINS, OUTCOME, SCRIPT, WRITE, cut, edge, large, pair, story_1


def report(chain: Chain) -> str:
    return chain_report.markdown(Story(chain), WORDS)


def test_it_says_outcome_cause_path_evidence_radius_plan_and_limits() -> None:
    text = report(story_1())
    assert text.startswith("# Incident report: reversal 25\n\nbilling read account:77.plan_rate at")
    assert "| Systems | crm → rate-cache → billing → erp |" in text
    assert "| Money at risk | 25.00 EUR |" in text
    assert "1. **0.885** billing read" in text
    assert "18.1 times the next" in text
    assert re.search(
        r"4\. 2026-03-07 12:00:07 UTC: reversal 25 by .*\(outcome, 3\.0 d later\)", text
    )
    assert len(re.findall(r"^\| \d+ \| 2026", text, re.MULTILINE)) == len(story_1().nodes)
    assert "read account:77.plan_rate v7 (root cause) (stale read)" in text
    assert "- still live: ledger_entry:9.amount v1 = 25 in erp, by erp-poster" in text
    assert (
        "- [ ] **Take back** ledger_entry:9.amount in erp: v1 = 25 → nothing, as before"
        " (with erp.reverse_entry, needs approval). posted from" in text
    )
    assert "- 4 of 17 edges are likely, not known" in text
    assert "- It knows what was received until 2026-03-07 12:00:36 UTC." in text


def test_it_says_that_a_chain_is_cut() -> None:
    assert "**This chain is cut:** it goes on after 40 levels." in report(cut())
    assert "- It is cut: it goes on after 40 levels." in report(cut())


def test_it_says_so_where_there_is_nothing() -> None:
    text = report(pair())
    assert "Nothing that was recorded led to dispute 500." in text
    assert "there is nothing to rank" in text
    assert "Nothing is left to undo." in text
    assert "none that is recorded" in text


def test_a_cause_about_which_nothing_is_odd_is_no_headline() -> None:
    chain = story_1()
    story = Story(replace(chain, causes=chain.causes[1:]))
    assert story.headline == "Nothing odd is known about what led to reversal 25."
    assert Story(chain).headline == chain.causes[0].reason


def test_a_subject_that_is_no_node_is_called_by_its_name() -> None:
    story = Story(replace(pair(), subject="outcome/gone"))
    assert (story.subject, story.asked) == (None, "outcome/gone")
    assert story.key("outcome/gone") == ""
    assert story.number("outcome/gone") == 0


def test_groups_are_one_line_and_counted() -> None:
    text = report(large())
    assert re.search(r"\| \d+ \| .* \| \| \\\+\d+ spans of \d+ others \| \| \|", text)
    assert re.search(r"- 1\d\d of 200 nodes are drawn as groups\.", text)


def test_hostile_text_is_neither_html_nor_markdown() -> None:
    text = report(CHAINS["outcome/hostile"])
    without_code = re.sub(r"`[^`\n]*`", "", text.replace("\\`", ""))
    assert not re.search(r"(?<!\\)<", without_code)
    assert not re.search(r"(?<!\\)\]\(", without_code)
    assert "\u202e" not in text
    tables = [line for line in text.splitlines() if line.startswith("| ")]
    bars = {len(re.findall(r"(?<!\\)\|", line)) for line in tables}
    assert bars == {3, 8}
    assert len(text) < 200_000


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("plan_rate", "plan_rate"), ("_x_", "\\_x\\_"), ("# a", "\\# a"), ("- a", "\\- a"),
        ("1. a", "1\\. a"), ("25.00 EUR", "25.00 EUR"), ("a\n# b", "a \\# b"), (7, "7"),
        ("a|b", "a\\|b"), ("&lt;", "\\&lt;"), ("", ""),
    ],
    ids=range(11),
)  # fmt: skip
def test_values_are_escaped_only_where_they_would_mean_something(said: object, shown: str) -> None:
    assert escaped(said) == shown


def test_code_stays_in_its_span_and_cell() -> None:
    assert code("a`b|c") == "`a'b\\|c`"
    assert escaped(code("_x_")) == "`_x_`"
    assert code(" \n") == ""


def test_lists_of_what_is_around_a_node_are_bounded() -> None:
    nodes = [sample_chain.node(n, n / 99, "tool", f"t{n}", "a") for n in range(NEXT_SHOWN + 5)]
    edges = [edge(0, n, EdgeKind.MESSAGE, 0.95) for n in range(1, len(nodes))]
    story = Story(replace(pair(), nodes=tuple(nodes), edges=tuple(edges)))
    first = story.evidence[0].entries[0]
    assert (len(first.led_to), first.more_led_to, first.because) == (NEXT_SHOWN, 4, [])


def test_of_a_group_some_are_listed_and_the_rest_lead_to_it() -> None:
    story = Story(large())
    group = max(story.evidence, key=lambda listed: len(listed.item.nodes))
    assert (len(group.entries), group.left_out) == (
        GROUP_SHOWN, len(group.item.nodes) - GROUP_SHOWN,
    )  # fmt: skip
    assert story.key(group.item.nodes[-1].node_id) == group.item.key
    assert story.key(group.item.nodes[0].node_id) == group.entries[0].key


def test_lines_of_a_plan_say_how_and_what_is_in_the_way() -> None:
    (line,) = story_1().reversal_plan
    manual = replace(line, kind=LineKind.MANUAL, reversible=False, tool="", needs_approval=False)
    assert chain_story.change(manual) == "v1 = 25"
    assert chain_story.means(manual) == "can not be reversed"
    restore = replace(
        line, kind=LineKind.RESTORE, current_version="", current_value=None,
        restore_version="8", restore_value=95.0,
    )  # fmt: skip
    assert chain_story.change(restore) == "what stands → v8 = 95"
    assert chain_story.field("invoice:501", "") == "invoice:501"
    assert chain_story.state("", 0.1) == "= 0.1"


def test_a_margin_needs_two_scores() -> None:
    chain = story_1()
    assert Story(replace(chain, causes=chain.causes[:1])).causes[0].margin == ""
    assert Story(chain).causes[0].margin == "18.1 times the next"


def test_steps_tell_what_leads_to_them() -> None:
    steps = Story(story_1()).causes[0].steps
    assert [(step.by, step.after) for step in steps] == [
        ("", ""), ("input", "1.1 s later"), ("decision", "1.4 s later"), ("outcome", "3.0 d later"),
    ]  # fmt: skip
    assert (steps[2].node.node_id, steps[3].node.node_id) == (WRITE, OUTCOME)


def test_a_step_without_an_edge_is_told_all_the_same() -> None:
    assert [step.by for step in Story(replace(story_1(), edges=())).causes[0].steps] == [""] * 4


def test_scripts_are_escaped_wherever_they_are() -> None:
    assert SCRIPT not in report(CHAINS["outcome/hostile"])
