"""The SQL files: migrations, views, queries, and the macros that they share."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from domain import prices
from storage import aliases

ROOT = Path(__file__).parent
MACRO_NESTING_MAX = 5
# Longer arguments are hashed as they are: sorting their keys would cost more than it tells.
CANONICAL_BYTES_MAX = 65536
STATEMENT_END = ";\n"


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered migration file, as it stands in the tree."""

    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """Of the file and of the macros that it expands to; 32 hex digits."""
        return _checksum(self.text)

    def statements(self, values: Mapping[str, str]) -> Iterator[str]:
        """The statements, with engine names, cluster and macros filled in."""
        for statement in filled(self.text, values).split(STATEMENT_END):
            yield statement.strip()


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("--"))


@dataclass(frozen=True, slots=True)
class View:
    """A materialized view of the derived layer: replaced in place when its file or a macro changes.

    `$range` and `$range_and` in the text are where a derivation of the past is bounded.
    """

    name: str
    text: str

    @property
    def view(self) -> str:
        """What the engine calls it."""
        return self.text.partition("CREATE MATERIALIZED VIEW IF NOT EXISTS ")[2].split()[0]

    def target(self, values: Mapping[str, str]) -> str:
        """The table that its rows go to."""
        return self.create(values).partition(" TO ")[2].split()[0]

    @property
    def checksum(self) -> str:
        """Of the file and of the macros that it expands to; 32 hex digits."""
        return _checksum(self.text)

    def create(self, values: Mapping[str, str]) -> str:
        """The statement that makes the view."""
        return filled(self.text, dict(values) | {"range": "", "range_and": ""})

    def replace(self, values: Mapping[str, str]) -> str:
        """The statement that gives the view its present text in place."""
        return template("replace_view", **values, view=self.view, query=self.query(values))

    def query(self, values: Mapping[str, str], condition: str = "") -> str:
        """The SELECT of the view, of its rows where `condition` holds."""
        bounds = {
            "range": f"WHERE {condition}" if condition else "",
            "range_and": f"AND {condition}" if condition else "",
        }
        return filled(self.text, dict(values) | bounds).partition(" AS\n")[2]


@dataclass(frozen=True, slots=True)
class ReadingView:
    """A view that dashboards and people read: a promise, where tables may change. Keeps nothing."""

    name: str
    text: str

    @property
    def view(self) -> str:
        """What the engine calls it."""
        return self.name

    @property
    def checksum(self) -> str:
        """Of the file and of the macros that it expands to; 32 hex digits."""
        return _checksum(self.text)

    def create(self, values: Mapping[str, str]) -> str:
        """The statement that makes the view."""
        return filled(self.text, values)

    def replace(self, values: Mapping[str, str]) -> str:
        """The statement that gives the view its present text, whatever it was."""
        return self.create(values).replace("CREATE VIEW IF NOT EXISTS", "CREATE OR REPLACE VIEW", 1)


def _checksum(text: str) -> str:
    expanded = Template(text).safe_substitute(macros())
    return hashlib.sha256(expanded.encode()).hexdigest()[:32]


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` without comments, with macros, engine names and cluster filled in."""
    expanded = Template(_without_comments(text)).substitute(macros() | dict(values))
    # A macro may itself hold engine values.
    return Template(expanded).substitute(values).strip()


def _pattern(regular_expression: str) -> str:
    """As a literal; a dollar would be taken for the name of a macro."""
    escaped = regular_expression.replace("$", r"\z").replace("\\", "\\\\")
    return f"'{escaped}'"


def template(name: str, **values: str) -> str:
    """The text of templates/<name>.sql with `values` in it: names and whole queries, never data."""
    return Template((ROOT / "templates" / f"{name}.sql").read_text()).substitute(values).strip()


@cache
def views() -> tuple[View, ...]:
    """All views of the derived layer, in the order in which they are made."""
    paths = sorted((ROOT / "views").glob("*.sql"))
    return tuple(View(path.stem.partition("_")[2], path.read_text()) for path in paths)


@cache
def reading_views() -> tuple[ReadingView, ...]:
    """All views for readers, by name."""
    paths = sorted((ROOT / "reading").glob("*.sql"))
    return tuple(ReadingView(path.stem, path.read_text()) for path in paths)


@cache
def macros() -> dict[str, str]:
    """Every macro by its file name, and those of the alias table, each expanded."""
    texts = aliases.macros() | {
        "canonical_bytes_max": str(CANONICAL_BYTES_MAX),
        "model_prefix": _pattern(prices.PREFIX),
        "model_suffix": _pattern(prices.SUFFIX),
    }
    texts |= {
        path.stem: _without_comments(path.read_text()).strip()
        for path in sorted((ROOT / "macros").glob("*.sql"))
    }
    for _ in range(MACRO_NESTING_MAX):
        texts = {name: Template(text).safe_substitute(texts) for name, text in texts.items()}
    return texts


@cache
def migrations() -> tuple[Migration, ...]:
    """All migrations in the order of their numbers."""
    found = []
    for path in sorted((ROOT / "migrations").glob("*.sql")):
        number, _, _ = path.stem.partition("_")
        found.append(Migration(int(number), path.stem, path.read_text()))
    return tuple(found)


@cache
def query(name: str) -> str:
    """The text of queries/<name>.sql, macros filled in."""
    text = (ROOT / "queries" / f"{name}.sql").read_text()
    return Template(text).safe_substitute(macros())


@cache
def derivation(name: str) -> str:
    """The text of derivations/<name>.sql."""
    return (ROOT / "derivations" / f"{name}.sql").read_text()


@cache
def envelope_schema(*, by_path: bool) -> dict[str, str]:
    """Settings that name the protobuf schema of spool records: its path, or its text for a server.

    An embedded engine would write each text into a folder under the current directory.
    """
    path = ROOT / "otlp_envelope.proto"
    if by_path:
        return {"format_schema_source": "file", "format_schema": str(path)}
    lines = path.read_text().splitlines()
    text = "\n".join(line for line in lines if not line.startswith("//"))
    return {"format_schema_source": "string", "format_schema": text}
