"""What an operator may set about the collector."""

import ssl
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from collector import redaction_rules
from collector.redaction_rules import Action, Content, Pattern


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
        32 * 1024**2, ge=1024,
        description="A segment is sealed at this size; storing it takes ten times as much memory.",
    )  # fmt: skip
    segment_age_ms: int = Field(
        1000, ge=10, le=60_000,
        description="A segment is sealed at this age; to store even a small one takes .2 s of CPU.",
    )  # fmt: skip
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


def _name_or_prefix(key: str) -> str:
    if not key or "*" in key[:-1]:
        raise ValueError("names an attribute, or ends in * and names a prefix")
    return key


def _regex(text: str) -> str:
    if redaction_rules.compiled(text).search(""):
        raise ValueError("matches the empty text")
    redaction_rules.compiled(f"(?:{text})")  # as it stands among others
    return text


Key = Annotated[str, AfterValidator(_name_or_prefix)]
Regex = Annotated[str, AfterValidator(_regex)]


class RedactionConfig(_Section):
    """What is taken out of spans and log records before anything is written; nothing by default."""

    enabled: bool = Field(True, description="false = the rest of this section is not applied.")
    keys: dict[Key, Action] = Field(
        {}, description="drop, mask, hash or keep by key or prefix: {'http.request.*' = 'drop'}."
    )
    patterns: tuple[Pattern, ...] = Field(
        (), description=f"Masked inside text: any of {', '.join(Pattern)}."
    )
    own_patterns: dict[str, Regex] = Field(
        {}, description="More to mask inside text: RE2 expressions by a name of your choice."
    )
    content: Content = Field(
        Content.FULL, description="What is kept of prompts, answers, arguments and results."
    )
    log_bodies: Content = Field(Content.FULL, description="What is kept of the bodies of logs.")
    pseudonymise: bool = Field(
        False, description="Replace the values of identity_keys and reference_keys."
    )
    identity_keys: tuple[Key, ...] = Field(
        redaction_rules.IDENTITY_KEYS, description="Attributes that say who a person is."
    )
    reference_keys: tuple[Key, ...] = Field(
        redaction_rules.REFERENCE_KEYS, description="Attributes like invoice:501; the type stays."
    )
    key_file: Path | None = Field(
        None,
        description="Secret that hashes are made with; made if absent. Empty = redaction.key under"
        " data.",
    )

    @property
    def needs_key(self) -> bool:
        """Whether anything is hashed."""
        hashes = Action.HASH in self.keys.values() or self.pseudonymise
        return self.enabled and (hashes or Content.HASH in (self.content, self.log_bodies))

    @property
    def is_on(self) -> bool:
        """Whether anything is redacted at all."""
        modes = {self.content, self.log_bodies} != {Content.FULL}
        texts = self.patterns or self.own_patterns
        return self.enabled and bool(self.keys or texts or modes or self.pseudonymise)


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
    redaction: RedactionConfig = RedactionConfig()

    @model_validator(mode="after")
    def _one_request_fits(self) -> "CollectorConfig":
        if self.in_flight_bytes_max < 2 * self.request_bytes_max:
            raise ValueError(
                "in_flight_bytes_max must hold a request of request_bytes_max twice: as it came,"
                " and decompressed"
            )
        return self
