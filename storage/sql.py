"""The SQL files: migrations, queries, and the macros that migrations share."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

ROOT = Path(__file__).parent
MACRO_NESTING_MAX = 5
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
        expanded = Template(self.text).safe_substitute(macros())
        return hashlib.sha256(expanded.encode()).hexdigest()[:32]

    def statements(self, values: Mapping[str, str]) -> Iterator[str]:
        """The statements, with engine names, cluster and macros filled in."""
        filled = Template(_without_comments(self.text)).substitute(macros() | dict(values))
        # A macro may itself hold engine values.
        for statement in Template(filled).substitute(values).split(STATEMENT_END):
            yield statement.strip()


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("--"))


@cache
def macros() -> dict[str, str]:
    """Every macro by its file name, with the macros inside it already expanded."""
    texts = {
        path.stem: _without_comments(path.read_text())
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
    """The text of queries/<name>.sql."""
    return (ROOT / "queries" / f"{name}.sql").read_text()


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
