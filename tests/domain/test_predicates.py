"""Are expressions of rule files parsed into trees, and everything else refused in plain words?"""

import pytest

from domain import predicates
from domain.errors import InvalidInput
from domain.predicates import Call, List, Literal, Name, Operation


def test_an_expression_becomes_a_tree() -> None:
    tree = predicates.parse("gap_s > 2.5 and kind not in ['read', 'none'] and not reversible")
    assert tree == Operation(
        "and",
        (
            Operation(">", (Name("gap_s"), Literal(2.5))),
            Operation("not in", (Name("kind"), List((Literal("read"), Literal("none"))))),
            Operation("not", (Name("reversible"),)),
        ),
    )


def test_functions_take_as_many_arguments_as_they_have() -> None:
    assert predicates.parse("abs(-delta)") == Call(
        "abs", (Operation("negative", (Name("delta"),)),)
    )
    with pytest.raises(InvalidInput, match=r"functions are abs\(1\), length\(1\)"):
        predicates.parse("abs(1, 2)")
    with pytest.raises(InvalidInput, match="functions are"):
        predicates.parse("eval('1')")


def test_arithmetic_goes_before_comparison() -> None:
    assert predicates.parse("a + b * 2 >= 7") == Operation(
        ">=",
        (
            Operation("+", (Name("a"), Operation("*", (Name("b"), Literal(2))))),
            Literal(7),
        ),
    )


@pytest.mark.parametrize(
    "text",
    ["a.b", "a[0]", "lambda: 1", "__import__('os').system('x')", "1 if a else 2", "a < b < c",
     "f'{a}'", "a := 1", "b'x'", "None", "f(*a)", "abs(x=1)", "{1: 2}"],
)  # fmt: skip
def test_code_is_not_of_the_language(text: str) -> None:
    with pytest.raises(InvalidInput):
        predicates.parse(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a is b", "this operator is not of the language"),
        ("a ** b", "this operator is not of the language"),
        ("a >", "is no expression"),
        ("a\0", "is no expression"),
        ("(" * 30 + "-" * 30 + "a" + ")" * 30, "nested too deeply"),
        ("a" * 2001, "at most 2000 characters"),
    ],
)
def test_what_is_wrong_is_said(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        predicates.parse(text)


def test_the_names_that_an_expression_needs_are_known() -> None:
    tree = predicates.parse("abs(a) > limit or has(['x'], b) and c == 'd'")
    assert predicates.names(tree) == {"a", "limit", "b", "c"}
