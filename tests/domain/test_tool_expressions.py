"""Does an expression say where a value stands, and does a wrong one say what is wrong?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import tool_expressions as expressions
from domain.errors import InvalidInput
from domain.tool_expressions import Expression

KEYS = st.text(st.characters(exclude_characters='"', exclude_categories=["Cs"]), min_size=1)
PATHS = st.builds(
    Expression,
    st.sampled_from(["args", "result"]),
    st.lists(KEYS, max_size=expressions.SEGMENTS_MAX).map(tuple),
)
LITERALS = st.text(st.characters(exclude_characters="{}", exclude_categories=["Cs"]), min_size=1)


@given(PATHS, st.booleans())
def test_every_path_is_read_back_as_it_was_spelled(path: Expression, negative: bool) -> None:
    path = Expression(path.root, path.path, negative=negative)
    assert expressions.signed(expressions.spelled(path)) == path


@given(st.lists(st.tuples(LITERALS, PATHS), max_size=5), LITERALS)
def test_every_template_is_read_back_as_it_was_spelled(
    pairs: list[tuple[str, Expression]], last: str
) -> None:
    # Braces in keys would end the hole: as in a path, they go into quotes.
    parts = [part for text, path in pairs for part in (Expression("literal", text=text), path)]
    template = (*parts, Expression("literal", text=last))
    assert expressions.template(expressions.spelled_template(template)) == template


@given(st.text())
def test_any_text_is_an_expression_or_refused_in_words(text: str) -> None:
    for read in (expressions.value, expressions.signed, expressions.number, expressions.entity):
        told = text
        try:
            read(text)
        except InvalidInput as refusal:
            told = str(refusal)
        assert text in told


@given(st.text(st.sampled_from("{}args.result:[]0'\"a-")))
def test_what_a_template_accepts_loses_nothing(text: str) -> None:
    try:
        parts = expressions.template(text)
    except InvalidInput:
        return
    literal = "".join(part.text for part in parts)
    assert "{" not in literal
    assert "}" not in literal
    assert expressions.template(expressions.spelled_template(parts)) == parts


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("args.a", ("args", ["a"], "", False)),
        ("args", ("args", [], "", False)),
        ("result.items.0.id", ("result", ["items", "0", "id"], "", False)),
        ("result[007]", ("result", ["7"], "", False)),
        ("result['a.b'].c", ("result", ["a.b", "c"], "", False)),
        ("result.@odata", ("result", ["@odata"], "", False)),
        ("-args.delta", ("args", ["delta"], "", True)),
        ("-12.50", ("literal", [], "12.50", True)),
        ("1e-7", ("literal", [], "1e-7", False)),
        ("EUR", ("literal", [], "EUR", False)),
        ("-none", ("literal", [], "-none", False)),
        ("resulting", ("literal", [], "resulting", False)),
        ("v1.2", ("literal", [], "v1.2", False)),
    ],
)
def test_an_expression_becomes_a_row(text: str, row: expressions.Row) -> None:
    assert expressions.signed(text).row() == row


def test_only_numbers_and_paths_have_a_sign_to_turn() -> None:
    assert expressions.value("-5").row() == ("literal", [], "-5", False)
    with pytest.raises(InvalidInput, match="only value, prev and delta"):
        expressions.value("-result.etag")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("args.", "is no path"),
        ("-args.", "'-args.' is no path"),
        ("args..a", "is no path"),
        ("args.a b", "is no path"),
        ("result[x]", "is no path"),
        ("result[-1]", "is no path"),
        ("{args.a}", "braces, which only templates have"),
        ("arg.a", "starts with 'arg': write args or result"),
        ("-input.a", "starts with 'input'"),
        ("response[0]", "starts with 'response'"),
        ("args" + ".a" * 17, "goes 17 keys deep, at most 16"),
    ],
)
def test_a_wrong_expression_says_what_is_wrong(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason.replace("[", r"\[")):
        expressions.signed(text)


def test_a_number_is_spelled_as_it_is_written() -> None:
    assert expressions.spelled(expressions.number("-3")) == "-3"


def test_a_delta_is_a_number_or_where_one_stands() -> None:
    assert expressions.number("3").is_number
    assert not expressions.number("-args.delta").is_number
    with pytest.raises(InvalidInput, match="neither a number nor a path"):
        expressions.number("EUR")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("acount:{args.x", "'acount:{args.x' lacks its closing brace"),
        ("a:{args.x:{args.y}", "lacks its closing brace"),
        ("a:{", "lacks its closing brace"),
        ("a:args.x}", "a closing brace without an opening one"),
        ("a:{{args.x}}", "two braces"),
        ("a:{}", r"'a:\{\}' has \{\}, which is no path"),
        ("a:{x}", r"has \{x\}, which is no path"),
        ("a:{args.}", "is no path"),
        ("a:{-args.x}", "is no path"),
    ],
)
def test_a_wrong_template_says_what_is_wrong(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        expressions.template(text)


@pytest.mark.parametrize(
    "text", ["a:{args.x}", "{args.type}:{args.id}", "gl_account:main", "a:b:c"]
)
def test_an_entity_is_a_type_and_an_id(text: str) -> None:
    assert expressions.spelled_template(expressions.entity(text)) == text


@pytest.mark.parametrize(
    "text", ["{args.x}", "Account:{args.x}", "a:", ":{args.x}", "a b:{args.x}"]
)
def test_what_has_no_type_and_id_is_no_entity(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not type:id"):
        expressions.entity(text)
