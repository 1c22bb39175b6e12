"""The whole tree of settings: one TOML file, then WAKELINE_<SECTION>__<FIELD>, read once."""

import json
import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_origin

from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from analyzers.config import AnalyzersConfig
from analyzers.drift_config import DriftConfig
from api.config import ApiConfig
from app.notifications.config import NotificationsConfig
from collector.config import CollectorConfig
from domain.errors import InvalidInput
from governance.config import AuthConfig, GovernanceConfig, ReviewConfig
from governance.login_config import LoginConfig
from governance.tuning_config import TuningConfig
from storage.config import RetentionConfig, StorageConfig
from storage.prices import PricesConfig

PREFIX = "WAKELINE_"
CONFIG_VARIABLE = "WAKELINE_CONFIG"
KEY_VARIABLE = "WAKELINE_KEY"
OTHER_VARIABLES = frozenset({CONFIG_VARIABLE, KEY_VARIABLE})
DEFAULT_FILE = Path("wakeline.toml")


class Settings(BaseSettings):
    """Every setting of every package; each package is given its own part."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    data: Path = Field(
        Path("wakeline-data"), description="Folder of the embedded store, spool and dead letters."
    )
    store: str = Field(
        "", description="DSN: chdb:///path or clickhouse://user@host:8123/db; empty = under data."
    )
    collector: CollectorConfig = CollectorConfig()
    api: ApiConfig = ApiConfig()
    auth: AuthConfig = AuthConfig()
    login: LoginConfig = LoginConfig()
    storage: StorageConfig = StorageConfig()
    retention: RetentionConfig = RetentionConfig()
    prices: PricesConfig = PricesConfig()
    analyzers: AnalyzersConfig = AnalyzersConfig()
    drift: DriftConfig = DriftConfig()
    notifications: NotificationsConfig = NotificationsConfig()
    governance: GovernanceConfig = GovernanceConfig()
    review: ReviewConfig = ReviewConfig()
    tuning: TuningConfig = TuningConfig()

    @property
    def dsn(self) -> str:
        """Of the store, the default filled in."""
        return self.store or f"chdb://{(self.data / 'store').resolve()}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags win over the environment, the environment over the file."""
        file = config_file()
        toml = (TomlConfigSettingsSource(settings_cls, file),) if file else ()
        return (init_settings, env_settings, *toml)


def config_file() -> Path | None:
    """The file named by WAKELINE_CONFIG, else ./wakeline.toml if there is one."""
    named = os.environ.get(CONFIG_VARIABLE)
    if named:
        return Path(named)
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


def load(flags: Mapping[str, Any] | None = None) -> Settings:
    """Settings from flags, environment and file.

    Raises InvalidInput that names the path of each field that is wrong or unknown.
    """
    file = config_file()
    if file is not None and not file.is_file():
        raise InvalidInput(f"{CONFIG_VARIABLE}: there is no file {file}")
    _check_variables()
    try:
        return Settings(**dict(flags or {}))
    except ValidationError as error:
        raise InvalidInput(_explain(error)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file} is no TOML: {error}") from error


def _check_variables() -> None:
    """pydantic-settings ignores misspelt sections and names that go on below a plain value."""
    for name, value in os.environ.items():
        if name.upper().startswith(PREFIX) and name.upper() not in OTHER_VARIABLES:
            _check_variable(name, name.upper().removeprefix(PREFIX).lower().split("__"), value)


def _check_variable(name: str, path: Sequence[str], value: str) -> None:
    kind: Any = Settings
    for segment in path:
        if get_origin(kind) is dict:
            return
        fields = kind.model_fields if _is_section(kind) else {}
        if segment not in fields:
            known = f"; here are {', '.join(fields)}" if fields else ""
            raise InvalidInput(f"{name}: no setting is called {'.'.join(path)}{known}")
        kind = fields[segment].annotation
    if _is_section(kind) or get_origin(kind) in {dict, tuple}:
        _check_json(".".join(path), value)


def _check_json(path: str, value: str) -> None:
    try:
        json.loads(value)
    except ValueError as error:
        raise InvalidInput(f"{path}: lists and tables are written as JSON: {error}") from error


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        path = ".".join(str(part) for part in problem["loc"])
        lines.append(f"{path}: {problem['msg']}")
    return "; ".join(lines)
