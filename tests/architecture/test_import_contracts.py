"""Are the import contracts kept, and does each of them break when it should?"""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = {contract["name"] for contract in LINTER["contracts"]}

# What each line breaks: the package that imports, the import, the name of the contract.
WRONG = (
    (
        "collector",
        "import storage",
        "app knows all, siblings know only domain, domain knows nobody",
    ),
    ("domain", "import wakeline.record", "domain takes only the attribute names from the SDK"),
    ("api", "import chdb", "only storage speaks to a database"),
    ("analyzers", "import time", "analyzers are pure"),
    ("wakeline", "import fastapi", "the SDK stays light"),
)


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own: this one has the real packages imported."""
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    config = str(ROOT / "pyproject.toml")
    return subprocess.run(
        [sys.executable, "-c", command, "--no-cache", "--no-logo", "--config", config],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Our packages, empty, so that one wrong import is all there is to find."""
    for package in LINTER["root_packages"]:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    (tmp_path / "wakeline" / "record.py").touch()
    (tmp_path / "wakeline" / "conventions.py").touch()
    return tmp_path


def test_the_contracts_are_kept() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_contract_breaks_on_an_import_that_it_forbids(tree: Path) -> None:
    for package, line, _ in WRONG:
        (tree / package / "__init__.py").write_text(line + "\n")
    result = lint(tree)
    assert result.returncode != 0
    for _, _, contract in WRONG:
        assert f"{contract} BROKEN" in result.stdout
    assert {contract for _, _, contract in WRONG} == CONTRACTS


def test_what_the_architecture_allows_is_kept(tree: Path) -> None:
    (tree / "app" / "__init__.py").write_text("import storage, api, domain, wakeline\n")
    (tree / "storage" / "__init__.py").write_text("import chdb, domain\n")
    (tree / "domain" / "__init__.py").write_text("import wakeline.conventions\n")
    (tree / "wakeline" / "__init__.py").write_text("import httpx, opentelemetry\n")
    result = lint(tree)
    assert result.returncode == 0, result.stdout
