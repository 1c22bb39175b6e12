"""What Grafana and its ClickHouse plugin make of a query before the engine sees it.

Variables as Grafana's template service formats them; macros as the plugin 4.20 expands them
(pkg/macros/macros.go and statement.go; $__conditionalAll and $__adHocFilters in its frontend).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

ALL: Final = "$__all"
Value = str | Sequence[str]
OPEN, CLOSE = "({", ")}"
QUOTES = "'\"`"
DT = "t - lagInFrame(t, 1, t) OVER w"
WINDOW = "WINDOW w AS (PARTITION BY {} ORDER BY t ASC ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)"
CLAUSES = ("WHERE", "GROUP BY", "HAVING", "ORDER BY", "LIMIT", "SETTINGS")
CONDITIONAL, ADHOC = "$__conditionalAll(", "$__adHocFilters("
VARIABLE = re.compile(r"\$\{(\w+)(?::(\w+))?\}|\$(?!__)(\w+)")


class BadMacro(Exception):
    """What the plugin would refuse, in its words."""


@dataclass(frozen=True)
class Asking:
    """A time range, an interval, and the values of variables: text, several, or ALL."""

    since: datetime
    until: datetime
    interval_s: float = 60
    variables: Mapping[str, Value] = field(default_factory=dict)
    options: Mapping[str, Sequence[str]] = field(default_factory=dict)
    filters: Sequence[tuple[str, str, str]] = ()

    def unix(self, moment: datetime) -> int:
        """Whole seconds."""
        return int(moment.timestamp())


def asked(text: str, asking: Asking) -> str:
    """The statement that reaches the engine when a panel asks."""
    text = conditional_all(text, asking)
    text = with_variables(text, asking)
    return interpolated(with_filters(text, asking), asking)


def interpolated(text: str, asking: Asking) -> str:
    """What the backend does: all that an alert gets."""
    return _expressions(_statement(_blanked(text), text), asking)


def conditional_all(text: str, asking: Asking) -> str:
    """1=1 in place of a condition whose variable says All."""
    while (start := text.rfind(CONDITIONAL)) >= 0:
        end = _closing(text, start + len(CONDITIONAL) - 1)
        inside = text[start + len(CONDITIONAL) : end]
        args = _split(inside)
        if len(args) != 2:
            return text
        named = re.search(r"(?<=\$\{)\w+(?=\})|(?<=\$)\w+", args[1])
        value = asking.variables.get(named[0]) if named else None
        phrase = "1=1" if value in ("", ALL) or value == [ALL] else args[0].strip()
        text = text[:start] + phrase + text[end + 1 :]
    return text


def with_variables(text: str, asking: Asking) -> str:
    """Each variable in the format that it is asked for in; names nobody declared stay."""

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[3]
        if name not in asking.variables:
            return found[0]
        said = asking.variables[name]
        values = asking.options.get(name, ()) if said in (ALL, [ALL]) else said
        return _formatted(values, found[2] or "")

    return VARIABLE.sub(value, text)


def _formatted(values: Value, format_: str) -> str:
    many = [values] if isinstance(values, str) else list(values)
    if format_ == "singlequote":
        return ",".join("'" + one.replace("'", "\\'") + "'" for one in many)
    if format_ == "raw" or isinstance(values, str):
        return ",".join(many)
    return "'" + "','".join(many) + "'"  # the plugin's own default for several


def with_filters(text: str, asking: Asking) -> str:
    """$__adHocFilters('table') becomes the setting that filters a table."""
    while (start := text.find(ADHOC)) >= 0:
        end = _closing(text, start + len(ADHOC) - 1)
        table = text[start + len(ADHOC) : end].strip().strip("'\"")
        said = " AND ".join(f" {key} {sign} \\'{value}\\' " for key, sign, value in asking.filters)
        setting = f"additional_table_filters={{'{table}' : '{said}'}}" if said else ""
        text = text[:start] + setting + text[end + 1 :]
    return text


Macro = Callable[[Asking, list[str]], str]


def _moment(moment: datetime) -> str:
    return f"toDateTime({int(moment.timestamp())})"


def _moment_ms(moment: datetime) -> str:
    return f"fromUnixTimestamp64Milli({int(moment.timestamp() * 1000)})"


def _date(moment: datetime) -> str:
    return f"toDate('{moment.astimezone(UTC):%Y-%m-%d}')"


def _between(column: str, said: Callable[[datetime], str], asking: Asking) -> str:
    return f"{column} >= {said(asking.since)} AND {column} <= {said(asking.until)}"


def _of(count: int, make: Callable[[Asking, list[str]], str]) -> Macro:
    def checked(asking: Asking, args: list[str]) -> str:
        if len(args) != count:
            raise BadMacro(f"expected {count} argument(s), received {len(args)}")
        return make(asking, args)

    return checked


def _both(asking: Asking, args: list[str]) -> str:
    day, time = _between(args[0], _date, asking), _between(args[1], _moment, asking)
    return f"({day}) AND ({time})"


def _seconds(asking: Asking) -> int:
    return int(max(asking.interval_s, 1))


def _group(asking: Asking, args: list[str]) -> str:
    number, unit_s = _duration(args[1])
    return f"toStartOfInterval(toDateTime({args[0]}), INTERVAL {number * unit_s} second)"


def _duration(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)([smhd])", text.strip().strip("'\""))
    if not found:
        raise BadMacro(f"{text} is no duration")
    return int(found[1]), {"s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]]


MACROS: dict[str, Macro] = {
    "fromTime": lambda asking, _: _moment(asking.since),
    "toTime": lambda asking, _: _moment(asking.until),
    "fromTime_ms": lambda asking, _: _moment_ms(asking.since),
    "toTime_ms": lambda asking, _: _moment_ms(asking.until),
    "timeFilter": _of(1, lambda asking, args: _between(args[0], _moment, asking)),
    "timeFilter_ms": _of(1, lambda asking, args: _between(args[0], _moment_ms, asking)),
    "dateFilter": _of(1, lambda asking, args: _between(args[0], _date, asking)),
    "dateTimeFilter": _of(2, _both),
    "dt": _of(2, _both),
    "timeFrom": _of(1, lambda asking, args: f"{args[0]} >= {_moment(asking.since)}"),
    "timeTo": _of(1, lambda asking, args: f"{args[0]} <= {_moment(asking.until)}"),
    "timeGroup": _of(2, _group),
    "timeInterval": _of(
        1,
        lambda asking, args: (
            f"toStartOfInterval(toDateTime({args[0]}), INTERVAL {_seconds(asking)} second)"
        ),
    ),
    "timeInterval_ms": _of(
        1,
        lambda asking, args: (
            f"toStartOfInterval(toDateTime64({args[0]}, 3),"
            f" INTERVAL {int(max(asking.interval_s * 1000, 1))} millisecond)"
        ),
    ),
    "interval_s": lambda asking, _: str(_seconds(asking)),
}


def _expressions(text: str, asking: Asking) -> str:
    """Macros outside strings and comments, the innermost first; unknown ones stay."""
    place = 0
    while place < len(text):
        if text[place] in QUOTES:
            place = _after_quoted(text, place)
        elif found := re.compile(r"\$__(\w+)").match(text, place):
            end, args = found.end(), list[str]()
            if text[end : end + 1] in ("(", "{"):
                close = _closing(text, end)
                inside = _expressions(text[end + 1 : close], asking)
                args, end = [one.strip() for one in _split(inside)], close + 1
            if (macro := MACROS.get(found[1])) is None:
                place = found.end()
                continue
            text = text[:place] + macro(asking, args) + text[end:]
        else:
            place += 1
    return text


def _statement(seen: str, text: str) -> str:
    """The one statement macro of a query rewrites all that follows it."""
    places = [
        found
        for found in re.finditer(
            r"\$__(columns|rateColumns|perSecondColumns|increaseColumns|lttb)\b", seen
        )
        if not _in_string(seen, found.start())
    ]
    if not places:
        return text
    if any(_depth(seen[: found.start()]) for found in places):
        raise BadMacro(f"{places[0][0]} must be at the top level of the query")
    if len(places) > 1:
        raise BadMacro("only one statement macro is allowed per query")
    (found,) = places
    if seen[found.end() : found.end() + 1] != "(":
        raise BadMacro(f"{found[0]}: expected 3 argument(s), received 0")
    close = _closing(seen, found.end())
    args = [one.strip() for one in _split(seen[found.end() + 1 : close])]
    if len(args) != 3:
        raise BadMacro(f"{found[0]}: expected 3 argument(s), received {len(args)}")
    tail = _tail(found[0], seen[close + 1 :])
    made = _lttb(args, tail) if found[1] == "lttb" else _columns(found[1], args, tail)
    return text[: found.start()] + made


def _columns(name: str, args: list[str], tail: dict[str, str]) -> str:
    if tail["GROUP BY"]:
        raise BadMacro(f"$__{name} generates its own GROUP BY")
    time = args[0]
    key, key_alias = _alias(args[1], "metric")
    value, value_alias = _alias(args[2], "value")
    step = f"max({value}) - lagInFrame(max({value}), 1, max({value})) OVER w"
    reset = f"({DT}) = 0 OR ({step}) < 0"
    shown = {
        "columns": value,
        "rateColumns": f"if(({DT}) = 0, nan, {value} / ({DT}))",
        "perSecondColumns": f"if({reset}, nan, ({step}) / ({DT}))",
        "increaseColumns": f"if({reset}, nan, toFloat64({step}))",
    }[name]
    parts = [
        f"SELECT $__timeInterval({time}) AS t, toString({key}) AS {key_alias},"
        f" {shown} AS {value_alias}",
        tail["FROM"],
        _where(time, tail["WHERE"]),
        f"GROUP BY t, {key_alias}",
        tail["HAVING"],
        "" if name == "columns" else WINDOW.format(key_alias),
        tail["ORDER BY"] or f"ORDER BY t, {key_alias}",
        tail["LIMIT"],
        tail["SETTINGS"],
    ]
    return " ".join(part for part in parts if part)


def _lttb(args: list[str], tail: dict[str, str]) -> str:
    buckets, (x, x_alias), (y, y_alias) = args[0], _named(args[1], "x"), _named(args[2], "y")
    if not re.fullmatch(r"\d+", buckets):
        raise BadMacro("$__lttb: buckets must be a whole number here")
    where = _where(x, tail["WHERE"])
    if tail["GROUP BY"]:
        inner = (
            f"(SELECT {x if x == x_alias else f'{x} AS {x_alias}'}, {y} AS {y_alias} {tail['FROM']}"
            f" {where} {tail['GROUP BY']} ORDER BY {x_alias})"
        )
        points = f"SELECT arrayJoin(lttb({buckets})({x_alias}, {y_alias})) AS point FROM {inner}"
    else:
        points = f"SELECT arrayJoin(lttb({buckets})({x}, {y})) AS point {tail['FROM']} {where}"
    return f"SELECT point.1 AS {x_alias}, point.2 AS {y_alias} FROM ({points}) ORDER BY {x_alias}"


def _where(time: str, said: str) -> str:
    condition = said[len("WHERE") :].strip()
    return f"WHERE $__timeFilter({time})" + (f" AND ({condition})" if condition else "")


def _alias(text: str, otherwise: str) -> tuple[str, str]:
    found = re.fullmatch(r"(.+?)\s+AS\s+(\w+)", text, re.DOTALL | re.IGNORECASE)
    return (found[1], found[2]) if found else (text, otherwise)


def _named(text: str, otherwise: str) -> tuple[str, str]:
    expression, alias = _alias(text, "")
    plain = expression if re.fullmatch(r"[A-Za-z_]\w*", expression) else otherwise
    return expression, alias or plain


def _tail(macro: str, text: str) -> dict[str, str]:
    """The clauses after a statement macro by their names, keywords included."""
    text = text.strip().removesuffix(";").strip()
    if not re.match(r"FROM\b", text, re.IGNORECASE):
        raise BadMacro(f"{macro} must be followed by a FROM clause")
    starts = {"FROM": 0}
    for name in CLAUSES:
        words = r"\s+".join(name.split())
        for found in re.finditer(rf"(?i)(?<!\w){words}\b", text):
            if not _depth(text[: found.start()]) and not _in_string(text, found.start()):
                starts[name] = found.start()
                break
    order = sorted(starts, key=lambda name: starts[name])
    if order != [name for name in ("FROM", *CLAUSES) if name in starts]:
        raise BadMacro(f"{macro}: {', '.join(order)} are not in the order of the engine")
    ends = [starts[name] for name in order[1:]] + [len(text)]
    said = {name: text[starts[name] : end].strip() for name, end in zip(order, ends, strict=True)}
    return {name: said.get(name, "") for name in ("FROM", *CLAUSES)}


def _blanked(text: str) -> str:
    """Comments as spaces, so that places stay."""
    place, out = 0, list(text)
    while place < len(text):
        if text[place] in QUOTES:
            place = _after_quoted(text, place)
            continue
        end = place
        if text.startswith("--", place):
            end = (text + "\n").index("\n", place)
        elif text.startswith("/*", place):
            end = text.index("*/", place) + 2
        out[place:end] = " " * (end - place)
        place = max(end, place + 1)
    return "".join(out)


def _after_quoted(text: str, place: int) -> int:
    quote, place = text[place], place + 1
    while place < len(text):
        if text[place] == "\\":
            place += 2
        elif text[place] == quote:
            return place + 1
        else:
            place += 1
    return place


def _in_string(text: str, place: int) -> bool:
    at = 0
    while at < place:
        if text[at] in QUOTES:
            at = _after_quoted(text, at)
            if at > place:
                return True
        else:
            at += 1
    return False


def _depth(text: str) -> int:
    depth, place = 0, 0
    while place < len(text):
        if text[place] in QUOTES:
            place = _after_quoted(text, place)
            continue
        depth += (text[place] in OPEN) - (text[place] in CLOSE)
        place += 1
    return depth


def _closing(text: str, start: int) -> int:
    """Where the bracket at `start` closes."""
    depth, place = 0, start
    while place < len(text):
        if text[place] in QUOTES:
            place = _after_quoted(text, place)
            continue
        depth += (text[place] in OPEN) - (text[place] in CLOSE)
        if not depth:
            return place
        place += 1
    raise BadMacro("unbalanced parentheses")


def _split(text: str) -> list[str]:
    """Arguments between commas that are in no bracket and no string."""
    if not text.strip():
        return []
    args, depth, start, place = [], 0, 0, 0
    while place < len(text):
        if text[place] in QUOTES:
            place = _after_quoted(text, place)
            continue
        depth += (text[place] in "({[") - (text[place] in ")}]")
        if text[place] == "," and not depth:
            args.append(text[start:place])
            start = place + 1
        place += 1
    return [*args, text[start:]]
