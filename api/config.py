"""What an operator may set about the API port."""

from pydantic import BaseModel, ConfigDict, Field


class ApiConfig(BaseModel):
    """The port of API, metrics, health and /ch."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field("127.0.0.1", description="Address that the API binds to.")
    port: int = Field(8080, ge=0, le=65535, description="API port; 0 = any free port.")
    ch_writable_for_tests: bool = Field(
        False, description="Let /ch write to the embedded store. For test suites only."
    )
