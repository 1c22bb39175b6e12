"""Settings of drift."""

from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator


class DriftConfig(BaseModel):
    """When windows are closed and read, and how many false pages a week are put up with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = Field(True, description="Whether `wakeline up` watches agents for drift.")
    by_hour: bool = Field(
        True, description="Whether errors, decisions and cost are watched hourly."
    )
    look_seconds: float = Field(
        600.0, gt=0, le=86_400, description="Time between two looks for windows to close."
    )
    zone: str = Field("UTC", description="Time zone whose days are windows, such as Europe/Paris.")
    zones: dict[str, str] = Field(
        default_factory=dict,
        description="Time zones of single tenants, e.g. {acme = 'Asia/Tokyo'}.",
    )
    false_pages_a_week: float = Field(
        1.0, gt=0, le=1000, description="False pages that a tenant puts up with, a week on average."
    )
    hourly_part: float = Field(
        0.2, gt=0, lt=1, description="Part of these that is for streams by the hour."
    )
    baseline_days: int = Field(
        28, ge=14, le=365, description="Windows from which it is learned what is usual."
    )
    baseline_hours: int = Field(
        672, ge=168, le=1344, description="The same of streams by the hour."
    )
    month_end_days: int = Field(
        0, ge=0, le=7, description="Last days of a month that are compared with each other alone."
    )
    traces_min: int = Field(
        50, ge=10, le=100_000, description="Fewer runs than this are put together, up to a week."
    )
    hour_traces_min: int = Field(
        20, ge=5, le=100_000, description="An hour with fewer runs than this does not count."
    )
    history_days: int = Field(
        400, ge=30, le=800, description="How far back windows are closed when there are none yet."
    )
    names_max: int = Field(
        200, ge=20, le=2000, description="Most names of a metric that are kept of an agent."
    )
    streams_max: int = Field(
        20_000, ge=1, le=200_000, description="Most streams of a tenant that are read."
    )

    @field_validator("zone", "zones")
    @classmethod
    def _known(cls, value: str | dict[str, str]) -> str | dict[str, str]:
        for name in [value] if isinstance(value, str) else value.values():
            if name not in available_timezones():
                raise ValueError(f"'{name}' is no time zone; one is Europe/Paris")
        return value

    def zone_of(self, tenant: str) -> str:
        """The time zone of a tenant's days."""
        return self.zones.get(tenant, self.zone)
