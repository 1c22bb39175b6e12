"""What the tidy rules say about one file; pure, so that each rule can be shown to fail."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

MODULE_LINES_MAX = 400
ANALYZER_LINES_MAX = 200
FUNCTION_LINES_MAX = 70
SQL_LINES_MAX = 100

BANNED_NAMES = frozenset({"util", "utils", "helper", "helpers", "common", "manager", "managers"})
CONTRACT_FILE = "analyzers/base.py"  # the one module that may be called base

# Keywords in one case, so that prose such as "Select a window from the list" stays allowed.
_OBJECT = r"(?:OR\s+REPLACE\s+)?(?:TEMPORARY\s+|MATERIALIZED\s+)?(?:TABLE|VIEW|DATABASE|DICTIONARY)"
STATEMENT = re.compile(
    r"\bSELECT\b.+\bFROM\b|^\s*SELECT\s|\bINSERT\s+INTO\b"
    rf"|\b(?:CREATE|ALTER|DROP|TRUNCATE)\s+{_OBJECT}\b"
    r"|^\s*select\s.+\sfrom\s|^\s*insert\s+into\s"
    r"|^\s*(?:create|alter|drop|truncate)\s+(?:materialized\s+)?(?:table|view|database)\s",
    re.DOTALL,
)
# Written with brackets so that these rules do not find themselves.
LEFTOVER = re.compile(r"\b(?:T[O]DO|F[I]XME|X[X]X)\b")
MACHINE_PATH = re.compile(r"(?<![\w.-])/(?:w[o]rk|r[o]ot|tmp/p)/|\.\./sh[a]red\b|/opt/wh[e]els\b")
SESSION_TALK = re.compile(r"\b(?:this|last|next|previous|earlier|another) s[e]ssion\b", re.I)
REGISTRY = re.compile(
    r"\bhttps?://(?:(?:registry|index|files|proxy|deb|repo\d?|static)[.-]|[^\s/]*p[y]pi)", re.I
)


@dataclass(frozen=True, slots=True)
class Source:
    """One text file of the repository.

    path:     relative to the root of the repository.
    product:  whether it belongs to a package that is shipped.
    """

    path: PurePosixPath
    text: str
    product: bool

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())


Rule = Callable[[Source], Iterator[str]]


def syntax(source: Source) -> Iterator[str]:
    """Every module is Python; the other rules take one that is not for empty."""
    try:
        ast.parse(_python(source))
    except SyntaxError as error:
        yield f"line {error.lineno}: {error.msg}"


def sizes(source: Source) -> Iterator[str]:
    """Product modules, analyzers and SQL files stay within a page or ten."""
    if not source.product:
        return
    limits = {".py": MODULE_LINES_MAX, ".sql": SQL_LINES_MAX}
    limit = limits.get(source.path.suffix)
    if source.path.match("analyzers/catalog/*.py"):
        limit = ANALYZER_LINES_MAX
    if limit is not None and source.lines > limit:
        yield f"{source.lines} lines, at most {limit}"


def function_sizes(source: Source) -> Iterator[str]:
    """Product functions fit on a screen."""
    if not source.product:
        return
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                yield f"line {node.lineno}: {node.name} has {lines}, at most {FUNCTION_LINES_MAX}"


def docstrings(source: Source) -> Iterator[str]:
    """Every module opens with a sentence: a fact or a question."""
    if source.path.suffix != ".py":
        return
    sentence = (ast.get_docstring(_parsed(source)) or "").split("\n\n")[0].rstrip(")`\"'")
    if not sentence:
        yield "no module docstring"
    elif not sentence.endswith((".", "?", "!", ":")):
        yield "the module docstring does not open with a sentence"


def sql_only_in_storage(source: Source) -> Iterator[str]:
    """Outside storage no product string is an SQL statement."""
    if not source.product or source.path.parts[0] == "storage":
        return
    if source.path.suffix == ".sql":
        yield "an .sql file outside storage"
    for line, text in _strings(_parsed(source)):
        if STATEMENT.search(text):
            yield f"line {line}: an SQL statement"


def names(source: Source) -> Iterator[str]:
    """No module is called after the drawer it was thrown into."""
    if source.path.suffix != ".py":
        return
    for part in source.path.with_suffix("").parts:
        for word in set(part.split("_")) & BANNED_NAMES:
            yield f"the name {word} says nothing"
    if source.path.stem == "base" and str(source.path) != CONTRACT_FILE:
        yield f"only {CONTRACT_FILE} may be called base"


def leftovers(source: Source) -> Iterator[str]:
    """Unfinished work is in the issues, not in the files."""
    yield from _found(LEFTOVER, source, "left over")


def machine_paths(source: Source) -> Iterator[str]:
    """Nothing names a folder of the machine it was written on."""
    yield from _found(MACHINE_PATH, source, "a path of one machine")


def session_talk(source: Source) -> Iterator[str]:
    """Files speak of the product, not of who wrote them when."""
    yield from _found(SESSION_TALK, source, "speaks of how it was made")


def registries(source: Source) -> Iterator[str]:
    """Where packages come from is the machine's configuration, not ours."""
    yield from _found(REGISTRY, source, "the address of a package registry")


RULES: tuple[Rule, ...] = (
    syntax,
    sizes,
    function_sizes,
    docstrings,
    sql_only_in_storage,
    names,
    leftovers,
    machine_paths,
    session_talk,
    registries,
)


def lock_complaints(text: str) -> Iterator[str]:
    """A lock holds exact versions with hashes and nothing that names a place."""
    entries = re.sub(r"^\s*#.*\n?", "", text, flags=re.M).replace("\\\n", " ").splitlines()
    for entry in filter(None, map(str.strip, entries)):
        if entry.startswith("-"):
            yield f"an option: {entry}"
        elif not re.match(r"[a-z0-9][a-z0-9.-]*(?:\[[a-z,-]+\])?==\S+", entry):
            yield f"not an exact version: {entry[:60]}"
        elif "--hash=sha256:" not in entry:
            yield f"no hash: {entry[:60]}"
    if re.search(r"\w://|\bfile:", text):
        yield "a URL"


def _parsed(source: Source) -> ast.Module:
    try:
        return ast.parse(_python(source))
    except SyntaxError:
        return ast.Module([], [])


def _python(source: Source) -> str:
    return source.text if source.path.suffix == ".py" else ""


def _found(pattern: re.Pattern[str], source: Source, what: str) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), start=1):
        if match := pattern.search(line):
            yield f"line {number}: {match.group()!r} is {what}"


def _strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every string of the code, f-strings with {} for their values; docstrings are prose."""
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inside |= {id(part) for part in node.values}
            yield node.lineno, "".join(_text(part) or "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and id(node) not in prose | inside:
            yield node.lineno, _text(node)


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
