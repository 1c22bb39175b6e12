"""Expressions of rule files: a small typed language that is parsed, never evaluated as code.

Comparison (== != < <= > >=), and / or / not, in [..] and not in [..], + - * /, numbers, texts in
quotes, lists of them, names of columns and parameters, and the functions of FUNCTIONS.
"""

import ast
from dataclasses import dataclass

from domain.errors import InvalidInput

LENGTH_MAX = 2_000
DEPTH_MAX = 24
# By name: how many arguments each takes. What they mean stands in storage/rules.py.
FUNCTIONS = {
    "abs": 1, "length": 1, "empty": 1, "has": 2, "lower": 1, "starts_with": 2, "least": 2,
    "greatest": 2, "seconds_between": 2, "is_null": 1, "text": 1, "round": 2, "split": 2,
}  # fmt: skip
OPERATORS: dict[type[ast.AST], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.In: "in", ast.NotIn: "not in", ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/",
    ast.And: "and", ast.Or: "or", ast.Not: "not", ast.USub: "negative",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, true or false."""

    value: float | int | str | bool


@dataclass(frozen=True, slots=True)
class Name:
    """A column of the relation, or a parameter of the rule."""

    name: str


@dataclass(frozen=True, slots=True)
class List:
    """Literals to be looked among."""

    items: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operator of OPERATORS with one operand or two."""

    operator: str
    operands: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Call:
    """One function of FUNCTIONS."""

    function: str
    arguments: tuple["Expression", ...]


Expression = Literal | Name | List | Operation | Call


def parse(text: str) -> Expression:
    """The tree of `text`. Raises InvalidInput for what is not of this language."""
    if len(text) > LENGTH_MAX:
        raise InvalidInput(f"an expression is at most {LENGTH_MAX} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise InvalidInput(f"'{text}' is no expression: {error}") from error
    return _converted(tree.body, text, 0)


def names(expression: Expression) -> frozenset[str]:
    """All columns and parameters that it names."""
    match expression:
        case Name(name):
            return frozenset({name})
        case List(parts) | Operation(_, parts) | Call(_, parts):
            return frozenset().union(*map(names, parts))
        case _:
            return frozenset()


def _converted(node: ast.AST, text: str, depth: int) -> Expression:
    if depth > DEPTH_MAX:
        raise InvalidInput(f"'{text}' is nested too deeply")

    def inner(*nodes: ast.AST) -> tuple[Expression, ...]:
        return tuple(_converted(each, text, depth + 1) for each in nodes)

    match node:
        case ast.Constant(value=str() | int() | float() | bool() as value):
            return Literal(value)
        case ast.Name(id=name):
            return Name(name)
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return List(inner(*items))
        case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]):
            return _call(function, inner(*arguments), text)
    operator, operands = _operator(node, text)
    return _operation(operator, inner(*operands), text)


def _operator(node: ast.AST, text: str) -> tuple[ast.AST, list[ast.expr]]:
    match node:
        case ast.BoolOp(op=operator, values=operands):
            return operator, operands
        case ast.Compare(left=left, ops=[comparison], comparators=[right]):
            return comparison, [left, right]
        case ast.BinOp(left=left, op=binary, right=right):
            return binary, [left, right]
        case ast.UnaryOp(op=unary, operand=operand):
            return unary, [operand]
    raise InvalidInput(f"'{text}': '{ast.unparse(node)}' is not of the language of rules")


def _operation(operator: ast.AST, operands: tuple[Expression, ...], text: str) -> Operation:
    if type(operator) not in OPERATORS:
        raise InvalidInput(f"'{text}': this operator is not of the language of rules")
    return Operation(OPERATORS[type(operator)], operands)


def _call(function: str, arguments: tuple[Expression, ...], text: str) -> Call:
    if FUNCTIONS.get(function) != len(arguments):
        known = ", ".join(f"{name}({count})" for name, count in FUNCTIONS.items())
        raise InvalidInput(f"'{text}': functions are {known}, each with so many arguments")
    return Call(function, arguments)
