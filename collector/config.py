"""What an operator may set about the collector."""

import ssl
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SpoolConfig(_Section):
    """The write-ahead log between acknowledge and store."""

    bytes_max: int = Field(
        8 * 1024**3, ge=1024**2, description="Most bytes waiting on disk, dead letters included."
    )
    disk_free_bytes_min: int = Field(
        512 * 1024**2, ge=0, description="Refuse requests when the disk has less than this free."
    )
    segment_bytes_max: int = Field(
        16 * 1024**2, ge=1024, description="A segment is sealed at this size."
    )
    segment_age_ms: int = Field(
        300, ge=10, le=60_000, description="A segment is sealed at this age."
    )
    remembered_requests_max: int = Field(
        500_000, ge=2, description="Requests remembered to drop what clients send again."
    )
    writers: int = Field(2, ge=1, le=16, description="Segments stored at once.")
    drain_seconds: float = Field(
        15.0, ge=0, description="How long a graceful stop waits for the store."
    )


class CorsConfig(_Section):
    """Which browser pages may send telemetry; off when no origin is allowed."""

    allowed_origins: tuple[str, ...] = Field((), description="Origins, or '*' for all.")
    allowed_headers: tuple[str, ...] = Field((), description="Headers besides the usual ones.")
    max_age_seconds: int = Field(7200, ge=0, description="How long browsers keep the answer.")


class TlsConfig(_Section):
    """Certificates for both OTLP ports; plain text when no certificate is named."""

    certificate: Path | None = Field(None, description="PEM file of the server's certificate.")
    key: Path | None = Field(None, description="PEM file of its key.")
    client_ca: Path | None = Field(None, description="PEM file: clients need a certificate of it.")

    @model_validator(mode="after")
    def _complete(self) -> "TlsConfig":
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate and key go together")
        if self.client_ca is not None and self.certificate is None:
            raise ValueError("client_ca needs certificate and key")
        self._load()
        return self

    def _load(self) -> None:
        """A file that is missing or wrong is told at the start, not as a port that is taken."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            if self.certificate:
                context.load_cert_chain(self.certificate, self.key, password="")
            if self.client_ca:
                context.load_verify_locations(self.client_ca)
        except OSError as error:  # of the file, or of what is in it
            raise ValueError(f"cannot be used: {error}") from error


class CollectorConfig(_Section):
    """Addresses and limits of the OTLP receiver."""

    host: str = Field("127.0.0.1", description="Address that both OTLP ports bind to.")
    grpc_port: int = Field(4317, ge=0, le=65535, description="OTLP over gRPC; 0 = any free port.")
    http_port: int = Field(4318, ge=0, le=65535, description="OTLP over HTTP; 0 = any free port.")
    request_bytes_max: int = Field(
        64 * 1024**2, ge=1024, description="Largest request, before and after decompression."
    )
    json_request_bytes_max: int = Field(
        16 * 1024**2, ge=1024,
        description="Largest JSON request; decoding takes up to 45 times its size in memory.",
    )  # fmt: skip
    in_flight_bytes_max: int = Field(
        256 * 1024**2, ge=2048, description="Bytes of requests held in memory at once."
    )
    connections_max: int = Field(1024, ge=1, description="Open connections on each port.")
    receive_seconds_max: float = Field(
        30.0, gt=0, description="Longest time for a head, and again for its body, to arrive."
    )
    idle_seconds_max: float = Field(120.0, gt=0, description="Idle connections are closed then.")
    spool: SpoolConfig = SpoolConfig()
    cors: CorsConfig = CorsConfig()
    tls: TlsConfig = TlsConfig()

    @model_validator(mode="after")
    def _one_request_fits(self) -> "CollectorConfig":
        if self.in_flight_bytes_max < 2 * self.request_bytes_max:
            raise ValueError(
                "in_flight_bytes_max must hold a request of request_bytes_max twice: as it came,"
                " and decompressed"
            )
        return self
