"""Does every committed file keep the rules of style, and can each rule fail?"""

import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path, PurePosixPath

import pytest

from tests.architecture import rules
from tests.architecture.rules import RULES, Rule, Source, lock_complaints

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = frozenset(PYPROJECT["tool"]["importlinter"]["root_packages"])
NOT_OURS = {"build", "dist", "htmlcov", "node_modules", "__cache__", "__pycache__"}

# (rule, path): the reason. A justified exception is one line here.
EXCEPTIONS: dict[tuple[str, str], str] = {
    ("sql_only_in_storage", "app/commands/demo.py"): "a line that the user is shown to type",
}


def committed_paths() -> Iterator[Path]:
    """What git would carry: tracked files and new ones that are not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        listed = b""  # no git, or not a checkout: an unpacked archive is tested too
    if listed:
        found = (ROOT / os.fsdecode(name) for name in listed.split(b"\0") if name)
        yield from (path for path in found if path.is_file())
    else:
        yield from _walked()


def _walked() -> Iterator[Path]:
    for folder, names, files in os.walk(ROOT):
        names[:] = [n for n in names if n not in NOT_OURS and (n == ".ci" or n[0] != ".")]
        yield from (Path(folder, name) for name in files)


@cache
def sources() -> tuple[Source, ...]:
    found = []
    for path in committed_paths():
        relative = PurePosixPath(path.relative_to(ROOT).as_posix())
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # recorded protobuf is bytes
        found.append(Source(relative, text, relative.parts[0] in PACKAGES))
    return tuple(found)


@cache
def complaints(rule: Rule) -> tuple[tuple[str, str], ...]:
    """(path, complaint) of every file."""
    return tuple(
        (str(source.path), complaint) for source in sources() for complaint in rule(source)
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_committed_file_keeps_the_rule(rule: Rule) -> None:
    found = [
        f"{path}: {complaint}"
        for path, complaint in complaints(rule)
        if (rule.__name__, path) not in EXCEPTIONS
    ]
    assert not found, "\n".join(found)


def test_every_exception_is_still_needed() -> None:
    needed = {(rule.__name__, path) for rule in RULES for path, _ in complaints(rule)}
    assert set(EXCEPTIONS) <= needed
    assert all(reason.strip() for reason in EXCEPTIONS.values())


def test_the_files_that_the_rules_read_include_the_product_and_the_tests() -> None:
    read = {str(source.path) for source in sources()}
    assert {f"{package}/__init__.py" for package in PACKAGES} <= read
    assert {"pyproject.toml", "Makefile", ".ci/run", "tests/architecture/test_tidy.py"} <= read


def sample(path: str, text: str) -> Source:
    return Source(PurePosixPath(path), text, product=path.split("/")[0] in PACKAGES)


LONG_FUNCTION = "def long() -> None:\n" + "    print()\n" * rules.FUNCTION_LINES_MAX
BAD: tuple[tuple[Rule, str, str], ...] = (
    (rules.syntax, "api/broken.py", "def half(:\n"),
    (rules.sizes, "api/big.py", "\n" * (rules.MODULE_LINES_MAX + 1)),
    (rules.sizes, "analyzers/catalog/big.py", "\n" * (rules.ANALYZER_LINES_MAX + 1)),
    (rules.sizes, "storage/queries/big.sql", "\n" * (rules.SQL_LINES_MAX + 1)),
    (rules.function_sizes, "api/long.py", LONG_FUNCTION),
    (rules.function_sizes, "api/long.py", "async " + LONG_FUNCTION),
    (rules.docstrings, "api/bare.py", "import os\n"),
    (rules.docstrings, "tests/test_bare.py", "import os\n"),
    (rules.docstrings, "api/label.py", '"""Agent routes"""\n'),
    (rules.sql_only_in_storage, "api/q.py", "q = 'SELECT a\\nFROM spans'\n"),
    (rules.sql_only_in_storage, "api/q.py", "q = 'select a from spans'\n"),
    (rules.sql_only_in_storage, "app/q.py", "q = f'SELECT a FROM {table}'\n"),
    (rules.sql_only_in_storage, "app/q.py", "q = 'SELECT a' + tail\n"),
    (rules.sql_only_in_storage, "collector/q.py", "run('INSERT INTO spans VALUES')\n"),
    (rules.sql_only_in_storage, "governance/q.py", "q = 'CREATE TABLE IF NOT EXISTS t'\n"),
    (rules.sql_only_in_storage, "dashboards/q.py", "q = 'DROP  TABLE t'\n"),
    (rules.sql_only_in_storage, "dashboards/q.py", "q = 'CREATE MATERIALIZED VIEW v AS'\n"),
    (rules.sql_only_in_storage, "api/q.sql", "-- Which agents are there?\n"),
    (rules.names, "api/utils.py", ""),
    (rules.names, "tests/helpers/spans.py", ""),
    (rules.names, "storage/common.py", ""),
    (rules.names, "app/store_manager.py", ""),
    (rules.names, "api/base.py", ""),
    (rules.leftovers, "README.md", "TO" + "DO: write\n"),
    (rules.leftovers, "api/later.py", "# FIX" + "ME\n"),
    (rules.leftovers, "api/later.py", "# X" + "XX\n"),
    (rules.machine_paths, "README.md", "see /wor" + "k/main/x\n"),
    (rules.machine_paths, "docs/a.md", "see /roo" + "t/x\n"),
    (rules.machine_paths, "docs/a.md", "see ../share" + "d/design\n"),
    (rules.session_talk, "docs/a.md", "Left for the next sess" + "ion.\n"),
    (rules.registries, "docs/a.md", "from https:" + "//registry.example.org/simple\n"),
    (rules.registries, "x.json", '"https:' + '//pypi.example/simple"\n'),
)
GOOD: tuple[tuple[Rule, str, str], ...] = (
    (rules.sizes, "api/page.py", "\n" * rules.MODULE_LINES_MAX),
    (rules.sizes, "tests/test_long.py", "\n" * (rules.MODULE_LINES_MAX + 1)),
    (rules.function_sizes, "tests/test_long.py", LONG_FUNCTION),
    (rules.docstrings, "api/agents.py", '"""Which agents are there?\n\nMore."""\n'),
    (rules.sql_only_in_storage, "storage/q.py", "q = 'SELECT a FROM spans'\n"),
    (rules.sql_only_in_storage, "api/q.py", '"""SELECT a FROM spans."""\n'),
    (rules.sql_only_in_storage, "api/q.py", "q = 'Select an agent from the list'\n"),
    (rules.names, "analyzers/base.py", ""),
    (rules.names, "api/commonality.py", ""),
    (rules.machine_paths, "docs/a.md", "docs/wor" + "k/plan.md and /var/lib/wakeline\n"),
    (rules.session_talk, "docs/a.md", "The attribute session.id names a session.\n"),
    (rules.registries, "docs/a.md", "https://opentelemetry.io/docs\n"),
)


@pytest.mark.parametrize(("rule", "path", "text"), BAD)
def test_a_bad_file_is_named(rule: Rule, path: str, text: str) -> None:
    assert list(rule(sample(path, text)))


@pytest.mark.parametrize(("rule", "path", "text"), GOOD)
def test_a_good_file_is_left_alone(rule: Rule, path: str, text: str) -> None:
    assert not list(rule(sample(path, text)))


def test_every_rule_has_a_bad_sample() -> None:
    assert {rule for rule, _, _ in BAD} == set(RULES)


def test_the_lock_holds_exact_versions_with_hashes_and_no_address() -> None:
    assert not list(lock_complaints((ROOT / "requirements.lock").read_text()))


@pytest.mark.parametrize(
    "text",
    [
        "httpx>=0.28 \\\n    --hash=sha256:00\n",
        "httpx==0.28.1\n",
        "--index-url somewhere\nhttpx==0.28.1 --hash=sha256:00\n",
        "httpx==0.28.1 --hash=sha256:00\n# from https" + "://example.org\n",
        "httpx @ file:" + "///x --hash=sha256:00\n",
    ],
)
def test_a_loose_lock_is_named(text: str) -> None:
    assert list(lock_complaints(text))


def test_the_lock_pins_every_dependency_that_is_declared() -> None:
    project = PYPROJECT["project"]
    declared = chain(project["dependencies"], *project["optional-dependencies"].values())
    lock = (ROOT / "requirements.lock").read_text()
    pinned = set(re.findall(r"^([a-z0-9.-]+)==", lock, flags=re.M))
    assert {re.split(r"[>=\[ ]", name)[0] for name in declared} <= pinned


def test_every_package_is_known_to_every_tool() -> None:
    tool = PYPROJECT["tool"]
    present = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert present == PACKAGES
    assert set(tool["hatch"]["build"]["targets"]["wheel"]["packages"]) == PACKAGES
    assert set(tool["coverage"]["run"]["source_dirs"]) == PACKAGES
    assert set(tool["mypy"]["files"]) == PACKAGES | {"tests", "bench"}
    assert set(tool["pytest"]["testpaths"]) == PACKAGES | {"tests"}
    assert set(tool["ruff"]["lint"]["isort"]["known-first-party"]) == PACKAGES | {"tests", "bench"}
