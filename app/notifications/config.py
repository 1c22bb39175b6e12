"""Settings of notifications."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Level(StrEnum):
    """Severities by name."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class NotificationsConfig(BaseModel):
    """Who is told of findings, and how often. Nobody is, until a URL is set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    webhook_url: str = Field(
        "", pattern="^(https?://.+)?$", description="Where findings are posted as JSON."
    )
    webhook_secret: SecretStr | None = Field(
        None, description="Key of the HMAC-SHA256 that signs what is posted there."
    )
    slack_url: str = Field(
        "", pattern="^(https?://.+)?$", description="An incoming webhook of Slack, or alike."
    )
    alertmanager_url: str = Field(
        "",
        pattern="^(https?://.+)?$",
        description="Base of an Alertmanager: /api/v2/alerts follows.",
    )
    page_url: str = Field(
        "",
        pattern="^(https?://.+)?$",
        description="Base of this API as people reach it, for links.",
    )
    severity_min: Level = Field(Level.MEDIUM, description="The least severe that is told.")
    cool_down_seconds: float = Field(
        3600.0, ge=0, description="How long others with the same mute key are not told."
    )
    queue_requests_max: int = Field(
        1000, ge=1, le=100_000, description="Most messages that wait; more are dead letters."
    )
    attempts_max: int = Field(6, ge=1, le=20, description="Then a message is a dead letter.")
    backoff_seconds: float = Field(
        1.0, gt=0, le=60, description="Before the second attempt; doubled each time, with jitter."
    )
    request_seconds_max: float = Field(10.0, gt=0, description="Longest time for one attempt.")
    dead_letter_bytes_max: int = Field(
        16 * 1024**2, ge=1024, description="Most bytes of dead letters that are kept."
    )
