"""Do people log in with an OpenID provider, as who they are there, and nobody as somebody else?"""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from playwright.sync_api import Browser, expect

from app import moments
from app.open_id import OpenId
from domain.errors import InvalidInput, PermissionDenied, Unavailable
from governance.login_config import LoginConfig
from tests.app.governed import LIMITS, QUIET, Governed
from tests.app.open_id_provider import CLIENT, SECRET, Provider

ROLES = {"risk": "governor", "reviewers": "reviewer", "globex": "viewer"}
TENANTS = {"risk": "acme", "reviewers": "acme", "globex": "globex"}
STRANGER = generate_private_key(SECP256R1())


class Clock:
    """That of the process, which a test sets ahead."""

    ahead = timedelta()

    def __call__(self) -> Any:
        return moments.now() + self.ahead


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with Provider() as running:
        yield running


@pytest.fixture(autouse=True)
def as_it_is(provider: Provider) -> Iterator[None]:
    yield
    provider.told, provider.signs_with = {}, provider.key


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def live(
    module_data: Path, provider: Provider, clock: Clock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Governed]:
    secret = tmp_path_factory.mktemp("client") / "secret"
    secret.write_text(f"{SECRET}\n")
    login = {"issuer": provider.issuer, "client_id": CLIENT, "client_secret_file": secret,
             "roles": ROLES, "tenants": TENANTS}  # fmt: skip
    with Governed(module_data, {**QUIET, "login": login}, clock=clock) as running:
        yield running


class Visit:
    """A browser without scripts, which keeps its cookies."""

    def __init__(self, live: Governed) -> None:
        self.http = httpx.Client(
            base_url=live.process.api_url, headers={"origin": live.process.api_url}
        )

    def begins(self, back: str = "/autonomy") -> str:
        """What the provider shows: where each of its people would go."""
        there = self.http.get("/login/provider", params={"back": back})
        assert there.status_code == 303, there.text
        return httpx.get(there.headers["location"]).text

    def chooses(self, shown: str, person: str) -> httpx.Response:
        found = re.search(f'href="([^"]*)">{person}<', shown)
        assert found
        return self.http.get(found[1])

    def logs_in(self, person: str) -> httpx.Response:
        return self.chooses(self.begins(), person)


@pytest.fixture
def visit(live: Governed) -> Iterator[Visit]:
    found = Visit(live)
    yield found
    found.http.close()


def test_a_person_logs_in_and_is_named_in_what_is_changed(live: Governed, browser: Browser) -> None:
    context = browser.new_context(base_url=live.process.api_url)
    page = context.new_page()
    page.goto("/login?back=/thresholds")
    page.get_by_role("link", name="Log in with 127.0.0.1").click()
    page.get_by_role("link", name="ann").click()
    expect(page).to_have_url(f"{live.process.api_url}/thresholds")
    proposal = live.propose("clerk")
    page.goto("/thresholds/agent?name=clerk")
    waiting = page.locator(".finding").filter(has_text="evidence")
    waiting.get_by_label("Why").fill("agreed")
    waiting.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", name="Version 1")).to_be_visible()
    kept = {one["name"]: one for one in context.cookies()}
    assert set(kept) == {"wakeline_key"}
    assert (kept["wakeline_key"]["httpOnly"], kept["wakeline_key"]["sameSite"]) == (True, "Strict")
    context.close()
    (made,) = live.get("reader", "/v1/proposals?agent=clerk").json()
    assert (made["proposal_id"], made["state"]) == (proposal, "approved")
    last = live.get("reader", "/v1/audit-log?limit=1").json()[0]
    assert last["who"] == "oidc:ann@acme.example"


def test_a_role_opens_its_own_doors_in_its_own_tenant(live: Governed, visit: Visit) -> None:
    assert visit.logs_in("rita").status_code == 200
    assert visit.http.get("/thresholds").status_code == 200
    order = {"scope": "agent", "agent": "x", "reason": "y"}
    assert visit.http.post("/kills/confirm", data=order).status_code == 403
    live.propose("of-acme", **LIMITS)
    assert "of-acme" in visit.http.get("/thresholds").text


@pytest.mark.parametrize("person", ["eve", "mallory", "both"])
def test_who_has_no_role_or_no_proven_name_or_two_tenants_is_refused(
    visit: Visit, person: str
) -> None:
    assert visit.logs_in(person).status_code == 403
    assert "wakeline_key" not in visit.http.cookies


UNPROVEN = [(None, "does not say whether"), (False, "has not verified"), ("true", "has not")]


@pytest.mark.parametrize(("said", "problem"), UNPROVEN, ids=str)
def test_an_email_counts_only_where_the_provider_says_that_it_is_verified(
    provider: Provider, visit: Visit, said: Any, problem: str
) -> None:
    provider.told = {"email_verified": said}
    answer = visit.logs_in("ann")
    assert answer.status_code == 403
    assert problem in answer.text
    assert "wakeline_key" not in visit.http.cookies
    provider.told = {}
    assert visit.logs_in("ann").status_code == 200


@pytest.mark.parametrize(
    ("settings", "said", "let_in"),
    [
        ({"emails_proven": True}, None, True), ({"emails_proven": True}, True, True),
        ({"emails_proven": True}, False, False), ({"person_claim": "sub"}, None, True),
    ],
    ids=str,
)  # fmt: skip
def test_silence_about_emails_counts_where_the_operator_says_so_or_nobody_is_named_by_one(
    provider: Provider, tmp_path: Path, settings: dict[str, Any], said: bool | None, let_in: bool
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    config = LoginConfig(issuer=provider.issuer, client_id=CLIENT, client_secret_file=secret,
                         roles={"risk": "governor"}, **settings)  # fmt: skip
    provider.told = {"email_verified": said}
    people = OpenId(config, bytes(32))
    place, sealed = people.begin("http://here.example/login/callback", "/")
    found = re.search('href="([^"]*)">ann<', httpx.get(place).text)
    assert found
    code = dict(httpx.URL(found[1]).params)
    if let_in:
        assert people.finish(sealed, code)[2] == "/"
    else:
        with pytest.raises(PermissionDenied, match="has not verified your email"):
            people.finish(sealed, code)


@pytest.mark.parametrize(
    "told",
    [
        {"nonce": "other"}, {"nonce": None}, {"aud": "another"}, {"iss": "https://other.example"},
        {"exp": 1_000_000_000}, {"sub": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_is_not_of_this_login_is_refused(
    provider: Provider, visit: Visit, told: dict[str, Any]
) -> None:
    provider.told = told
    assert visit.logs_in("ann").status_code == 401
    assert "wakeline_key" not in visit.http.cookies


def test_a_token_that_somebody_else_signed_is_refused(provider: Provider, visit: Visit) -> None:
    provider.signs_with = STRANGER
    assert visit.logs_in("ann").status_code == 401


def test_a_login_ends_in_the_browser_in_which_it_began_and_once(
    live: Governed, visit: Visit
) -> None:
    shown = visit.begins()
    other = Visit(live)
    assert other.chooses(shown, "ann").status_code == 401  # began nothing
    other.begins()
    assert other.chooses(shown, "ann").status_code == 401  # began another one
    kept = visit.http.cookies["wakeline_login"]
    assert visit.chooses(shown, "ann").status_code == 200
    visit.http.cookies.set("wakeline_login", kept, path="/login")
    assert visit.chooses(shown, "ann").status_code == 401  # the code was used
    refused = {"error": "access_denied", "state": "wrong"}
    assert visit.http.get("/login/callback", params=refused).status_code == 401
    other.http.close()


def test_the_provider_may_say_no(visit: Visit) -> None:
    there = visit.http.get("/login/provider").headers["location"]
    state = httpx.URL(there).params["state"]
    said = visit.http.get("/login/callback", params={"error": "access_denied", "state": state})
    assert said.status_code == 401
    assert "access_denied" in said.text


def test_a_session_ends_and_can_not_be_changed(live: Governed, clock: Clock, visit: Visit) -> None:
    assert visit.logs_in("ann").status_code == 200
    session = visit.http.cookies["wakeline_key"]
    payload, _, mark = session.removeprefix("ws_").partition(".")
    login = visit.http.get("/login/provider").cookies["wakeline_login"]
    for wrong in (f"ws_{payload[:-4]}AAAA.{mark}", f"ws_{payload}.", "ws_", "ws_§.§", login):
        answer = httpx.get(
            f"{live.process.api_url}/v1/thresholds", headers={b"x-api-key": wrong.encode()}
        )
        assert answer.status_code == 401
    assert visit.http.get("/thresholds").status_code == 200
    clock.ahead = timedelta(hours=9)
    assert visit.http.get("/thresholds").status_code == 303
    clock.ahead = timedelta()


def test_new_keys_of_the_provider_are_read(provider: Provider, visit: Visit) -> None:
    provider.key, provider.key_id = generate_private_key(SECP256R1()), "two"
    provider.signs_with = provider.key
    assert visit.logs_in("ann").status_code == 200


def test_it_goes_back_to_pages_of_this_site_alone(visit: Visit) -> None:
    shown = visit.begins("https://elsewhere.example/")
    assert 'href="/findings"' in visit.chooses(shown, "ann").text


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"issuer": "http://id.example", "client_id": "x"}, "login.issuer: an https address"),
        ({"issuer": "https://id.example"}, "login.client_id"),
        (
            {"issuer": "https://id.example", "client_id": "x", "client_secret_file": "missing"},
            "login.client_secret_file: missing can not be read",
        ),
    ],
    ids=["plain", "no client", "no secret"],
)
def test_settings_that_can_not_be_right_are_refused(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem):
        OpenId(LoginConfig(**settings), bytes(32))


def test_a_provider_that_does_not_answer_or_is_another_is_told(provider: Provider) -> None:
    gone = OpenId(LoginConfig(issuer="http://127.0.0.1:9", client_id="x"), bytes(32))
    with pytest.raises(Unavailable, match="can not be asked: ConnectError"):
        gone.begin("https://here.example/login/callback", "/")
    other = OpenId(LoginConfig(issuer=f"{provider.issuer}/other", client_id="x"), bytes(32))
    with pytest.raises(Unavailable, match="calls itself"):
        other.begin("https://here.example/login/callback", "/")
