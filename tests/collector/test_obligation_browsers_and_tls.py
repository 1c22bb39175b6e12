"""Can browser pages send where they may, and does nobody else read what is sent under TLS?"""

import ssl
from collections.abc import Iterator
from pathlib import Path

import grpc
import httpx
import pytest
import trustme

from collector.config import CollectorConfig
from storage.store import Store
from tests.collector.conftest import Launch
from tests.collector.otlp_requests import as_json, json_bytes, traces
from tests.collector.peers import JSON, SERVICES, TIMEOUT_S, Code
from tests.collector.running import Running

PAGE = "https://shop.example"
TYPED = {"content-type": JSON}


# Obligation 17: CORS.


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=TIMEOUT_S, trust_env=False, verify=False) as opened:
        yield opened


def url(running: Running, scheme: str = "http") -> str:
    return f"{scheme}://127.0.0.1:{running.http_port}/v1/traces"


def ask(client: httpx.Client, running: Running, origin: str, headers: str) -> httpx.Response:
    """The preflight request of a browser."""
    asked = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": headers,
    }
    return client.options(url(running), headers=asked)


def send(client: httpx.Client, running: Running, origin: str, body: bytes = b"") -> httpx.Response:
    body = body or json_bytes(as_json(traces()))
    return client.post(url(running), content=body, headers=TYPED | {"origin": origin})


def test_a_page_of_an_allowed_origin_may_send(launch: Launch, client: httpx.Client) -> None:
    cors = {
        "allowed_origins": [PAGE], "allowed_headers": ["x-team"], "max_age_seconds": 60,
    }  # fmt: skip
    running = launch(cors=cors)
    for header in ("content-type", "authorization", "x-api-key", "x-team"):
        preflight = ask(client, running, PAGE, header)
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == PAGE
        assert "POST" in preflight.headers["access-control-allow-methods"]
        assert preflight.headers["access-control-max-age"] == "60"
    response = send(client, running, PAGE)
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == PAGE
    assert response.headers["vary"] == "Origin"
    # A page must be able to read why it was refused, and when to come back.
    refused = send(client, running, PAGE, b"{")
    assert refused.status_code == 400
    assert refused.headers["access-control-allow-origin"] == PAGE
    assert "retry-after" in refused.headers["access-control-expose-headers"].lower()


def test_a_page_of_another_origin_may_not(launch: Launch, client: httpx.Client) -> None:
    running = launch(cors={"allowed_origins": [PAGE]})
    for origin, header in (("https://evil.example", "content-type"), (PAGE, "x-unknown")):
        assert ask(client, running, origin, header).status_code == 400
    response = send(client, running, "https://evil.example")
    assert "access-control-allow-origin" not in response.headers


def test_every_page_may_send_when_all_origins_are_allowed(
    launch: Launch, client: httpx.Client
) -> None:
    running = launch(cors={"allowed_origins": ["*"]})
    assert ask(client, running, PAGE, "content-type").headers["access-control-allow-origin"] == "*"
    assert send(client, running, PAGE).headers["access-control-allow-origin"] == "*"


def test_no_page_may_send_by_default(launch: Launch, client: httpx.Client) -> None:
    running = launch()
    assert ask(client, running, PAGE, "content-type").status_code == 405
    assert "access-control-allow-origin" not in send(client, running, PAGE).headers
    # What a page may send without asking is no OTLP.
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        response = client.post(url(running), content=b"", headers={"content-type": media_type})
        assert response.status_code == 415


# Obligation 18: TLS, and client certificates.


class Certificates:
    """A server's certificate, a client's, and one of an authority that nobody trusts."""

    def __init__(self, folder: Path) -> None:
        self.authority = trustme.CA()
        self.client = self.authority.issue_cert("agent@fleet.example")
        self.stranger = trustme.CA().issue_cert("agent@fleet.example")
        server = self.authority.issue_cert("127.0.0.1")
        self.files = {
            "certificate": folder / "server.pem",
            "key": folder / "server.key",
            "client_ca": folder / "authority.pem",
        }
        server.cert_chain_pems[0].write_to_path(self.files["certificate"])
        server.private_key_pem.write_to_path(self.files["key"])
        self.authority.cert_pem.write_to_path(self.files["client_ca"])

    def context(self, of: trustme.LeafCert | None) -> ssl.SSLContext:
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        if of:
            of.configure_cert(context)
        return context

    def credentials(self, of: trustme.LeafCert | None) -> grpc.ChannelCredentials:
        return grpc.ssl_channel_credentials(
            self.authority.cert_pem.bytes(),
            of.private_key_pem.bytes() if of else None,
            of.cert_chain_pems[0].bytes() if of else None,
        )


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module", params=["tls", "mutual"])
def collector(
    request: pytest.FixtureRequest,
    certificates: Certificates,
    engine: Store,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Running]:
    files = dict(certificates.files)
    if request.param == "tls":
        del files["client_ca"]
    config = CollectorConfig.model_validate({"tls": files})
    with Running(tmp_path_factory.mktemp("collector") / "spool", engine, config) as running:
        yield running


def over_http(collector: Running, context: ssl.SSLContext) -> bool:
    """Whether a request was taken."""
    with httpx.Client(timeout=TIMEOUT_S, trust_env=False, verify=context) as client:
        try:
            body = json_bytes(as_json(traces()))
            response = client.post(url(collector, "https"), content=body, headers=TYPED)
        except httpx.TransportError:
            return False
        return response.status_code == 200


def over_grpc(collector: Running, credentials: grpc.ChannelCredentials) -> bool:
    """Whether a request was taken."""
    with grpc.secure_channel(f"127.0.0.1:{collector.grpc_port}", credentials) as channel:
        export = channel.unary_unary(
            f"/{SERVICES['traces']}/Export", request_serializer=bytes, response_deserializer=bytes
        )
        try:
            export(traces().SerializeToString(), timeout=TIMEOUT_S)
        except grpc.RpcError as error:
            code: Code = error.code()
            assert code is Code.UNAVAILABLE
            return False
        return True


@pytest.mark.parametrize("of", ["client", "stranger", ""])
def test_both_ports_speak_tls_and_want_the_certificates_that_they_are_told_to_want(
    collector: Running, certificates: Certificates, of: str
) -> None:
    certificate: trustme.LeafCert | None = getattr(certificates, of) if of else None
    welcome = collector.config.tls.client_ca is None or of == "client"
    assert over_http(collector, certificates.context(certificate)) is welcome
    assert over_grpc(collector, certificates.credentials(certificate)) is welcome


def test_plain_text_is_not_answered_on_a_tls_port(collector: Running, client: httpx.Client) -> None:
    with pytest.raises(httpx.TransportError):
        client.post(url(collector), content=b"", headers=TYPED)


@pytest.mark.parametrize(
    "tls", [{"certificate": "a.pem"}, {"key": "a.key"}, {"client_ca": "ca.pem"}]
)
def test_half_a_tls_setting_is_refused_at_start(tls: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="certificate and key"):
        CollectorConfig.model_validate({"tls": tls})


@pytest.mark.parametrize("wrong", ["certificate", "key", "client_ca"])
def test_a_tls_file_that_is_missing_or_wrong_is_refused_at_start(
    certificates: Certificates, wrong: str, tmp_path: Path
) -> None:
    for content in (None, b"no certificate", certificates.stranger.private_key_pem.bytes()):
        file = tmp_path / "wrong.pem"
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(ValueError, match=r"tls\n.*cannot be used"):
            CollectorConfig.model_validate({"tls": certificates.files | {wrong: file}})
