"""Are the views that readers are promised there, as the page says, and replaced in place?"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from storage import engines, migrate, sql
from storage.sql import ReadingView
from storage.store import Store

PAGE = (Path(__file__).parents[2] / "docs" / "views.md").read_text()
VIEWS = sql.reading_views()
VALUES = engines.values("", 30)


@pytest.fixture(scope="module")
def migrated(schema_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("views") / "store"
    shutil.copytree(schema_folder, folder, symlinks=True)
    with Store(f"chdb://{folder}") as opened:
        yield opened


def test_the_page_names_every_view_with_its_question() -> None:
    told = dict(re.findall(r"^\| `(v\d+_\w+)` \| (.+) \|$", PAGE, flags=re.M))
    assert told == {
        view.name: " ".join(
            line.removeprefix("-- ") for line in view.text.splitlines() if line.startswith("--")
        )
        for view in VIEWS
    }


@pytest.mark.parametrize("statement", re.findall(r"```sql\n(.*?)```", PAGE, flags=re.S))
def test_every_statement_on_the_page_runs(migrated: Store, statement: str) -> None:
    assert migrated.selected(statement, "page") == []


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_a_view_has_a_time_to_bound_it_by(migrated: Store, view: ReadingView) -> None:
    columns = migrated.columns(f"DESCRIBE TABLE {view.view}")
    assert "ts" in columns
    assert ("tenant" in columns) == (view.name not in ("v1_platform", "v1_analysis", "v1_parts"))


def test_a_view_that_changed_is_replaced_in_place(
    migrated: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    longer = [
        replace(view, text=view.text.replace("SELECT ", "SELECT 1 AS added, ", 1))
        for view in VIEWS[:1]
    ]
    with monkeypatch.context() as another_version:
        another_version.setattr(sql, "reading_views", lambda: (*longer, *VIEWS[1:]))
        assert migrate.apply(migrated, 30) == [f"view {VIEWS[0].name}"]
        assert "added" in migrated.columns(f"DESCRIBE TABLE {VIEWS[0].name}")
    assert migrate.apply(migrated, 30) == [f"view {VIEWS[0].name}"]
    assert "added" not in migrated.columns(f"DESCRIBE TABLE {VIEWS[0].name}")
    assert migrate.waiting(migrated) == []


@pytest.mark.parametrize("cluster", ["", "c1"])
def test_a_view_is_complete_once_rendered(cluster: str) -> None:
    values = engines.values(cluster, 30)
    for view in VIEWS:
        assert "$" not in view.create(values)
        assert view.replace(values).startswith(f"CREATE OR REPLACE VIEW {view.name}")
        assert bool(cluster) == (f"ON CLUSTER '{cluster}'" in view.create(values))
