"""Are settings read from flags, environment and file, and is everything unknown refused?"""

from pathlib import Path

import pytest

from app.settings import Settings, load
from domain.errors import InvalidInput


@pytest.fixture(autouse=True)
def folder(no_settings: Path) -> Path:
    return no_settings


def toml(folder: Path, text: str) -> None:
    (folder / "wakeline.toml").write_text(text)


def refusal() -> str:
    with pytest.raises(InvalidInput) as caught:
        load()
    return str(caught.value)


def test_without_any_setting_the_store_is_under_the_data_folder(folder: Path) -> None:
    assert load().dsn == f"chdb://{folder}/wakeline-data/store"


def test_flags_win_over_the_environment_and_the_environment_over_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toml(folder, "[collector]\nhttp_port = 1\ngrpc_port = 1\n[api]\nport = 1\n")
    monkeypatch.setenv("WAKELINE_COLLECTOR__HTTP_PORT", "2")
    monkeypatch.setenv("WAKELINE_API__PORT", "2")
    settings = load({"api": {"port": 3}})
    ports = (settings.collector.grpc_port, settings.collector.http_port, settings.api.port)
    assert ports == (1, 2, 3)


def test_the_file_can_be_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "other.toml").write_text("[collector.spool]\nwriters = 7\n")
    monkeypatch.setenv("WAKELINE_CONFIG", "other.toml")
    assert load().collector.spool.writers == 7


@pytest.mark.parametrize(
    ("name", "value", "setting", "expected"),
    [
        ("WAKELINE_DATA", "/somewhere", "data", Path("/somewhere")),
        ("WAKELINE_STORE", "clickhouse://host/db", "store", "clickhouse://host/db"),
        ("wakeline_data", "lower", "data", Path("lower")),
        ("WAKELINE_RETENTION__CLASSES", '{"long": 400}', "retention.classes", {"long": 400}),
        ("WAKELINE_RETENTION__CLASSES__LONG", "400", "retention.classes", {"long": 400}),
        ("WAKELINE_API", '{"port": 9}', "api.port", 9),
        (
            "WAKELINE_COLLECTOR__CORS__ALLOWED_ORIGINS", '["https://a.example"]',
            "collector.cors.allowed_origins", ("https://a.example",),
        ),
    ],
)  # fmt: skip
def test_a_variable_reaches_its_setting(
    name: str, value: str, setting: str, expected: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    found: object = load()
    for part in setting.split("."):
        found = getattr(found, part)
    assert found == expected


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("WAKELINE_COLECTOR__HTTP_PORT", "1", "no setting is called colector.http_port"),
        ("WAKELINE_COLLECTOR__HTP_PORT", "1", "no setting is called collector.htp_port; here are"),
        ("WAKELINE_COLLECTOR__SPOOL__WRITER", "1", "collector.spool.writer; here are bytes_max"),
        ("WAKELINE_DATA__X", "1", "no setting is called data.x"),
        ("WAKELINE_PORT", "1", "no setting is called port; here are data, store, collector"),
        ("WAKELINE_", "1", "no setting is called "),
        ("wakeline_prot", "1", "no setting is called prot"),
        ("WAKELINE_COLLECTOR__HTTP_PORT", "many", "collector.http_port: Input should be a valid"),
        ("WAKELINE_COLLECTOR__HTTP_PORT", "70000", "collector.http_port: Input should be less"),
        ("WAKELINE_COLLECTOR", "many", "collector: lists and tables are written as JSON"),
        ("WAKELINE_COLLECTOR__CORS__ALLOWED_ORIGINS", "a", "allowed_origins: lists and tables"),
        ("WAKELINE_API", '{"prot": 1}', "api.prot: Extra inputs are not permitted"),
        ("WAKELINE_AUTH__MODE", "perhaps", "auth.mode: Input should be"),
        ("WAKELINE_COLLECTOR__TLS__KEY", "k.pem", "certificate and key go together"),
        ("WAKELINE_RETENTION__TENANTS", '{"acme": "long"}', "names the class 'long'"),
        ("WAKELINE_CONFIG", "nowhere.toml", "WAKELINE_CONFIG: there is no file nowhere.toml"),
    ],
)
def test_a_wrong_variable_is_refused_with_its_path(
    name: str, value: str, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    assert complaint in refusal()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[colector]\nhttp_port = 1\n", "colector: Extra inputs are not permitted"),
        ("[collector]\nhtp_port = 1\n", "collector.htp_port: Extra inputs are not permitted"),
        ("[collector]\nhttp_port = 'many'\n", "collector.http_port: Input should be a valid"),
        ("[collector\n", "wakeline.toml is no TOML: "),
        ("a = '\udcff'\n", "wakeline.toml is no TOML: "),
    ],
)
def test_a_wrong_file_is_refused_with_its_path(folder: Path, text: str, complaint: str) -> None:
    (folder / "wakeline.toml").write_bytes(text.encode(errors="surrogateescape"))
    assert complaint in refusal()


def test_every_problem_is_told_at_once(folder: Path) -> None:
    toml(folder, "[collector]\nhttp_port = -1\n[api]\nport = -1\n")
    told = refusal()
    assert "collector.http_port: " in told
    assert "api.port: " in told


def test_the_key_of_replay_is_a_variable_and_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAKELINE_KEY", "wk_1_2")
    assert load() == Settings()
