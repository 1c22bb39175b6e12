"""Rule files become one statement each: predicates over a relation of storage/relations."""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from domain.errors import InvalidInput
from domain.predicates import Call, Expression, List, Literal, Name
from domain.signatures import Signature
from storage import sql

RELATIONS = sql.ROOT / "relations"
OPERATORS = {"==": "=", "and": "AND", "or": "OR"}
FUNCTIONS = {
    "abs": "abs({0})",
    "length": "length({0})",
    "empty": "empty({0})",
    "has": "has({0}, {1})",
    "lower": "lower({0})",
    "starts_with": "startsWith({0}, {1})",
    "least": "least({0}, {1})",
    "greatest": "greatest({0}, {1})",
    "seconds_between": "(toUnixTimestamp64Nano({1}) - toUnixTimestamp64Nano({0})) / 1e9",
    "is_null": "isNull({0})",
    "text": "toString({0})",
    "round": "round({0}, {1})",
    "split": "splitByString({1}, {0})",
}
TYPES = {float: "Float64", int: "Int64", str: "String"}
FACT = "fact_"
TOUCHED_BY = "-- Touched by "
NEEDS = "-- Needs "


def statement(signature: Signature, values: Mapping[str, str]) -> str:
    """The SELECT of all drafts of the signature; `values`: engine names (storage/engines.py).

    Its parameters are those of storage.touched.moments (of receipt), pass where it walks, shard and
    shards, rows_max, and those of the rule. Columns: tenant, lane, anchor, agents, case_id,
    first_ts, last_ts, evidence, origin, raised, and fact_<name> for each fact. Raises InvalidInput
    for an unknown relation.
    """
    known = signature.parameters
    facts = (f"{expression(each, known)} AS {FACT}{name}" for name, each in signature.facts.items())
    return sql.template(
        "signature",
        relation=relation(signature.relation, values),
        conditions=_all(signature.when, known) or "1",
        raised=_all(signature.raise_when, known) or "0",
        facts="".join(f", {fact}" for fact in facts),
    )


@cache
def _lines(name: str) -> tuple[str, ...]:
    path = RELATIONS / f"{name}.sql"
    if not path.is_file():
        raise InvalidInput(f"there is no relation '{name}'")
    return tuple(path.read_text().splitlines())


def touched_by(name: str) -> tuple[str, ...]:
    """The tables by whose new rows it may say something else; empty: not said, so any may."""
    said = next((line for line in _lines(name) if line.startswith(TOUCHED_BY)), "")
    return tuple(re.findall(r"\w+", said.removeprefix(TOUCHED_BY)))


def needs(name: str) -> tuple[str, ...]:
    """The kinds (storage/touched.py) without any of which it finds nothing; empty: none."""
    said = next((line for line in _lines(name) if line.startswith(NEEDS)), "")
    return tuple(re.findall(r"\w+", said.removeprefix(NEEDS).replace(" or ", " ")))


def walks(name: str) -> bool:
    """Whether the relation reads the steps that were gathered for a pass (storage/touched.py)."""
    return any("$touched_steps" in line for line in _lines(name))


def relation(name: str, values: Mapping[str, str]) -> str:
    """The SELECT of relations/<name>.sql, with macros and engine names filled in."""
    return sql.filled("\n".join(_lines(name)), values)


def expression(tree: Expression, parameters: Mapping[str, object]) -> str:
    """As SQL; names that are parameters become typed placeholders."""
    match tree:
        case Literal(value):
            return _literal(value)
        case Name(name):
            if name in parameters:
                return f"{{{name}:{TYPES[type(parameters[name])]}}}"
            return name
        case List(items):
            return f"[{', '.join(expression(item, parameters) for item in items)}]"
        case Call(function, arguments):
            return FUNCTIONS[function].format(
                *(expression(argument, parameters) for argument in arguments)
            )
    return _operation(tree.operator, [expression(each, parameters) for each in tree.operands])


def _operation(operator: str, operands: list[str]) -> str:
    if operator == "not":
        return f"NOT ({operands[0]})"
    if operator == "negative":
        return f"-({operands[0]})"
    if operator == "in":
        return f"has({operands[1]}, {operands[0]})"
    if operator == "not in":
        return f"NOT has({operands[1]}, {operands[0]})"
    return f" {OPERATORS.get(operator, operator)} ".join(f"({operand})" for operand in operands)


def _all(predicates: Iterable[Expression], parameters: Mapping[str, object]) -> str:
    return " AND ".join(f"({expression(each, parameters)})" for each in predicates)


def _literal(value: float | int | str | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"
    return repr(value)
