"""Is a wrong rule refused at the start with its path, and is the key kept to its owner?"""

import stat
from pathlib import Path
from typing import Any

import pytest

from app.settings import load
from collector.config import RedactionConfig
from collector.redaction import KEY_FILE, Redactor
from domain.errors import InvalidInput


@pytest.fixture(autouse=True)
def _clean(no_settings: Path) -> None:
    """No settings of this machine."""


def config(**settings: Any) -> RedactionConfig:
    return RedactionConfig.model_validate(settings)


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"keys": {"user.id": "burn"}}, "keys.user.id: Input should be 'drop', 'mask'"),
        ({"keys": {"a*b": "drop"}}, "keys.a*b.[key]: Value error, names an attribute, or ends in"),
        ({"keys": {"": "drop"}}, "keys..[key]: Value error, names an attribute"),
        ({"own_patterns": {"staff": "("}}, "own_patterns.staff: Value error, is no RE2 expression"),
        ({"own_patterns": {"staff": "(a+)+\\1"}}, "own_patterns.staff: Value error, is no RE2"),
        ({"own_patterns": {"staff": "\\Qa"}}, "own_patterns.staff: Value error, is no RE2"),
        ({"own_patterns": {"staff": "a*"}}, "own_patterns.staff: Value error, matches the empty"),
        ({"patterns": ["postcode"]}, "patterns.0: Input should be 'email'"),
        ({"content": "some"}, "content: Input should be 'full', 'hash' or 'none'"),
        ({"identity_keys": ["*.id"]}, "identity_keys.0: Value error, names an attribute"),
        ({"patern": []}, "patern: Extra inputs are not permitted"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_path(settings: Any, complaint: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load({"collector": {"redaction": settings}})
    assert f"collector.redaction.{complaint}" in str(caught.value)


def test_rules_can_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAKELINE_COLLECTOR__REDACTION__KEYS", '{"user.id": "hash"}')
    monkeypatch.setenv("WAKELINE_COLLECTOR__REDACTION__PATTERNS", '["email"]')
    redaction = load().collector.redaction
    assert redaction == config(keys={"user.id": "hash"}, patterns=["email"])


def test_without_a_rule_there_is_no_redactor_and_no_key(tmp_path: Path) -> None:
    assert Redactor.from_config(config(), tmp_path) is None
    assert Redactor.from_config(config(content="hash", enabled=False), tmp_path) is None
    assert not (tmp_path / KEY_FILE).exists()


def test_no_key_is_made_where_nothing_is_hashed(tmp_path: Path) -> None:
    settings = config(content="none", patterns=["email"], keys={"a": "mask", "b": "drop"})
    assert Redactor.from_config(settings, tmp_path)
    assert not (tmp_path / KEY_FILE).exists()


@pytest.mark.parametrize(
    "settings",
    [{"content": "hash"}, {"log_bodies": "hash"}, {"pseudonymise": True}, {"keys": {"a": "hash"}}],
)
def test_the_key_is_made_once_and_only_its_owner_may_read_it(
    tmp_path: Path, settings: dict[str, Any]
) -> None:
    Redactor.from_config(config(**settings), tmp_path)
    path = tmp_path / KEY_FILE
    key = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    Redactor.from_config(config(**settings), tmp_path)
    assert path.read_bytes() == key


def test_two_folders_have_two_keys(tmp_path: Path) -> None:
    keys = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        Redactor.from_config(config(content="hash"), tmp_path / name)
        keys.add((tmp_path / name / KEY_FILE).read_bytes())
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("path", "complaint"),
    [("nowhere/key", "nowhere/key can not be used"), ("short", "holds less than 32 characters")],
)
def test_a_key_that_can_not_be_used_is_refused(path: str, complaint: str) -> None:
    Path("short").write_text("sesame")
    settings = config(content="hash", key_file=path)
    with pytest.raises(InvalidInput, match=complaint) as caught:
        Redactor.from_config(settings, Path())
    assert str(caught.value).startswith("collector.redaction.key_file: ")
    assert "sesame" not in str(caught.value)
