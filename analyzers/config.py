"""Settings of the analyzers."""

from pydantic import BaseModel, ConfigDict, Field


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
