"""The whole tree of settings: one TOML file, then WAKELINE_<SECTION>__<FIELD>, read once."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from api.config import ApiConfig
from collector.config import CollectorConfig
from domain.errors import InvalidInput
from governance.config import AuthConfig
from storage.config import RetentionConfig, StorageConfig

PREFIX = "WAKELINE_"
CONFIG_VARIABLE = "WAKELINE_CONFIG"
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
    storage: StorageConfig = StorageConfig()
    retention: RetentionConfig = RetentionConfig()

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
    _refuse_unknown_variables()
    try:
        return Settings(**dict(flags or {}))
    except ValidationError as error:
        raise InvalidInput(_explain(error)) from error
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{file} is no TOML: {error}") from error


def _refuse_unknown_variables() -> None:
    """pydantic-settings ignores a misspelt section, and any name without the delimiter."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {CONFIG_VARIABLE}
    for name in os.environ:
        if name.startswith(PREFIX) and name.partition("__")[0] not in known:
            raise InvalidInput(f"{name} is no setting; sections: {', '.join(sorted(known))}")


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        path = ".".join(str(part) for part in problem["loc"])
        lines.append(f"{path}: {problem['msg']}")
    return "; ".join(lines)
