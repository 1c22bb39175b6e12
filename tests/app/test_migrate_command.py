"""Does `wakeline migrate` list, apply and render?"""

from pathlib import Path

from storage import migrate
from storage.store import Store
from tests.app.commands import FREE_PORTS, invoke

NAMES = migrate.every_name()


def test_what_is_pending_is_listed_and_applied_once(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    pending = invoke("migrate", "--pending", "--data", folder)
    assert pending.out.splitlines() == NAMES
    assert not folder.exists()
    applied = invoke("migrate", "--data", folder)
    assert applied.out.splitlines() == [f"applied {name}" for name in NAMES]
    assert invoke("migrate", "--pending", "--data", folder).out == "nothing is pending\n"
    assert invoke("migrate", "--data", folder).out == "nothing was pending\n"


def test_pending_of_an_empty_store_is_everything_and_applies_nothing(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    for _ in range(2):
        assert invoke("migrate", "--pending", "--data", tmp_path).out.splitlines() == NAMES


def test_rendering_touches_nothing_and_names_the_cluster(no_settings: Path) -> None:
    plain = invoke("migrate", "--render").out
    assert "ON CLUSTER" not in plain
    assert "ENGINE = MergeTree" in plain
    clustered = invoke("migrate", "--render", "--cluster", "c1").out
    assert "ON CLUSTER 'c1'" in clustered
    assert "ReplicatedMergeTree" in clustered
    assert not list(no_settings.iterdir())


def test_a_cluster_that_is_no_name_is_refused() -> None:
    refusal = invoke("migrate", "--render", "--cluster", "c1'; DROP").refused()
    assert refusal.startswith("storage.cluster: ")


def test_a_store_of_a_later_version_is_refused_by_every_command(data: Path) -> None:
    with Store(f"chdb://{data / 'store'}") as store:
        later = {"number": 9999, "name": "9999_later", "checksum": ""}
        store.insert("wakeline_migrations", [later])
    for command in (["migrate"], ["sql", "SELECT 1"], ["up", *FREE_PORTS], ["keys", "list"]):
        refusal = invoke(*command, "--data", data).refused()
        assert refusal == "the store has migration 9999_later, unknown here: upgrade wakeline"
