"""What an operator may set about the store."""

from pydantic import BaseModel, ConfigDict, Field, model_validator


class StorageConfig(BaseModel):
    """Limits of one query, and how a cluster is named."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    query_seconds_max: float = Field(30.0, gt=0, description="Longest time one query may run.")
    query_memory_bytes_max: int = Field(
        2 * 1024**3, ge=1024**2, description="Most memory one query may take."
    )
    insert_memory_bytes_max: int = Field(
        2 * 1024**3,
        ge=64 * 1024**2,
        description="Most memory the insert of one segment may take; one request that needs more "
        "becomes a dead letter.",
    )
    result_rows_max: int = Field(1_000_000, ge=1, description="Most rows one query may return.")
    derive_seconds_max: float = Field(
        600.0, gt=0, description="Longest time one step of a derivation may run."
    )
    server_seconds_max: int = Field(
        60, ge=1, description="Longest silence of a ClickHouse server before a request has failed."
    )
    cluster: str = Field(
        "", pattern=r"^[A-Za-z0-9_-]*$", description="ClickHouse cluster name; empty = one server."
    )
    migrate_on_start: bool = Field(
        True, description="Apply pending migrations when a process starts."
    )


class RetentionConfig(BaseModel):
    """How long spans and logs are kept, by tenant class; counted from receipt.

    A change holds for what is received from then on: each row carries its own days.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    default_days: int = Field(30, ge=1, le=3650, description="Days for tenants without a class.")
    classes: dict[str, int] = Field(
        default_factory=dict, description="Days of each retention class, e.g. {long = 400}."
    )
    tenants: dict[str, str] = Field(
        default_factory=dict, description="Retention class of a tenant, e.g. {acme = 'long'}."
    )

    @model_validator(mode="after")
    def _classes_exist(self) -> "RetentionConfig":
        for tenant, name in self.tenants.items():
            if name not in self.classes:
                raise ValueError(f"tenants.{tenant} names the class '{name}', not in classes")
        for name, days in self.classes.items():
            if not 1 <= days <= 3650:
                raise ValueError(f"classes.{name} must lie in 1..3650 days")
        return self

    def days(self, tenant: str) -> int:
        """Days that rows of `tenant` are kept."""
        name = self.tenants.get(tenant)
        return self.classes[name] if name else self.default_days
