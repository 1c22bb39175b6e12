"""Does the command say whether two groups of stored runs behave alike?"""

from pathlib import Path

import pytest

from storage.store import Store
from tests.analyzers.signatures.spans import send
from tests.app.commands import invoke
from tests.app.compared_runs import EACH, NEW, OLD, cases
from tests.contracts.segments import TENANT


@pytest.fixture(scope="module")
def folder(module_store: Store, module_data: Path) -> Path:
    """A data folder with the runs of both versions, and a file of the ids of each."""
    ids = send(module_store, cases())
    (module_data / "old.txt").write_text("\n".join(ids[:EACH]))
    (module_data / "new.txt").write_text("\n".join(ids[EACH:]) + "\n")
    return module_data


def compared(folder: Path, baseline: str, candidate: str, *more: str) -> list[object]:
    return [
        "compare", "--baseline", baseline, "--candidate", candidate, "--tenant", TENANT,
        "--data", folder, *more,
    ]  # fmt: skip


def test_the_command_says_that_a_version_drifted_and_by_how_much(folder: Path) -> None:
    found = invoke(*compared(folder, OLD, NEW, "--format", "json")).json
    assert (found["verdict"], found["baseline"], found["candidate"]) == ("drift", EACH, EACH)
    assert found["e_value"] >= 20
    assert found["miss"] == 0.05
    check = next(one for one in found["channels"] if one["channel"] == "check")
    assert check["named"]
    assert 0 < check["low"] < check["shift"] < check["high"] <= 1


def test_the_text_is_one_sentence_and_a_table(folder: Path) -> None:
    first, heads, *rows = invoke(*compared(folder, OLD, NEW)).out.splitlines()
    assert first.startswith("drift: they differ most in ")
    assert f"({EACH} against {EACH} runs; e-value " in first
    assert heads.split("\t")[0] == "family"
    assert any("%\t+" in row and row.endswith(" *") for row in rows)
    assert any("\tx " in row for row in rows)
    assert len(rows) == 12


def test_like_runs_are_no_drift_and_none_are_too_few(folder: Path, tmp_path: Path) -> None:
    lines = (folder / "old.txt").read_text().split()
    lines += (folder / "new.txt").read_text().split()
    for name, some in (("even", lines[::2]), ("odd", lines[1::2])):
        (tmp_path / name).write_text("\n".join(some))
    halves = f"@{tmp_path / 'even'}", f"@{tmp_path / 'odd'}"
    assert invoke(*compared(folder, *halves)).out.startswith("no_drift: no difference is sure; ")
    said = invoke(*compared(folder, OLD, "gen_ai.agent.version=3")).out
    assert said.startswith(f"too_few: {EACH} and 0 runs: at least 10 of either group are needed")
    assert len(said.splitlines()) == 1


def test_of_more_runs_than_are_compared_it_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.compare.RUNS_MAX", 12)
    said = invoke(*compared(folder, OLD, NEW)).out.splitlines()[0]
    assert said.endswith(
        "; only the latest 12 of 15 baseline runs; only the latest 12 of 15 candidate runs)"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [("0af7", "line 1 is no trace id"), ("ä".encode("latin-1"), "can't decode byte")],
)
def test_a_file_that_holds_no_ids_is_refused(
    folder: Path, tmp_path: Path, text: str | bytes, said: str
) -> None:
    path = tmp_path / "ids.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    refused = invoke(*compared(folder, OLD, f"@{path}")).refused()
    assert refused.startswith(f"{path}: ")
    assert said in refused


def test_what_names_no_group_is_refused(folder: Path, tmp_path: Path) -> None:
    assert "KEY=VALUE" in invoke(*compared(folder, "version", NEW)).refused()
    assert "No such file" in invoke(*compared(folder, OLD, "@nowhere.txt")).refused()
    (tmp_path / "long").write_bytes(b"0" * 1_000_001)
    assert "one id a line" in invoke(*compared(folder, OLD, f"@{tmp_path / 'long'}")).refused()
