"""Settings of the analyzers."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator


class JudgeConfig(BaseModel):
    """Who gives a second opinion on findings of middling confidence; nobody until one is set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    import_path: str = Field(
        "",
        pattern=r"^(\w+(\.\w+)*:\w+)?$",
        description="A Python function that judges: package.module:name.",
    )
    url: str = Field(
        "", pattern="^(https?://.+)?$", description="Or where each question is posted as JSON."
    )
    key: SecretStr | None = Field(None, description="Sent there as a bearer token.")
    seconds_max: float = Field(
        10.0, gt=0, le=300, description="Longest time for one question; then there is a pause."
    )
    questions_max: int = Field(20, ge=1, le=1000, description="Most questions in one pass.")
    evidence_characters_max: int = Field(
        4000, ge=100, le=100_000, description="Most that is sent of each span."
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> "JudgeConfig":
        if self.import_path and self.url:
            raise ValueError("set import_path or url, not both")
        return self

    @property
    def is_set(self) -> bool:
        """Whether anybody is to be asked."""
        return bool(self.import_path or self.url)


class AnalyzersConfig(BaseModel):
    """When analyzers run, and which part of the work is theirs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = Field(True, description="Whether `wakeline up` analyzes what it stores.")
    tick_seconds: float = Field(5.0, gt=0, le=3600, description="Time between two passes.")
    overlap_seconds: float = Field(
        5.0, ge=0, description="How far each pass looks back behind the one before, by receipt."
    )
    shard: int = Field(0, ge=0, description="Which part of the lanes this process analyzes.")
    shards: int = Field(1, ge=1, le=1024, description="Among how many processes lanes are shared.")
    mining_seconds: float = Field(
        3600.0, gt=0, description="Time between two minings of orders of tools."
    )
    mining_days: int = Field(
        30, ge=0, le=3650, description="How far back runs are mined; 0 = only by command."
    )
    judge: JudgeConfig = JudgeConfig()
