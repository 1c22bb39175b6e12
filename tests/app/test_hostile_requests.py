"""Is any form of a foreign site obeyed, any hostile name taken for a path or for SQL?"""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi.routing import APIRoute
from playwright.sync_api import Browser, expect

from api import application
from api.ports import Parts
from domain.access import Scope
from tests.app.governed import QUIET, Governed
from tests.app.reviewed import WEEK, runs, store_runs
from tests.app.some_findings import HOSTILE
from tests.app.test_governance_pages import Person

# Of a path that leaves its folder, of statements, of headers and of terminals.
NAMES = (
    "../../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "' OR 1=1 --",
    "\\'); DROP TABLE decisions; --", "{tenant:String}", "$range", "a\r\nset-cookie: b=c", "\x00",
    "x" * 3000,
)  # fmt: skip


def routes() -> list[APIRoute]:
    """All of the application, also those that the OpenAPI document leaves out."""
    nothing: Any = object()
    built = application.build(Parts(*[nothing] * len(fields(Parts))))
    # FastAPI keeps what was included as routers of their own.
    parts = [getattr(route, "original_router", built).routes for route in built.routes]
    every = [route for part in parts for route in part if isinstance(route, APIRoute)]
    return list({id(route): route for route in every}.values())


def reads(route: APIRoute) -> bool:
    """Whether it is asked, and answers at once: streams go on as long as somebody listens."""
    return "GET" in (route.methods or ()) and "stream" not in route.path


def filled(path: str, text: str = "1") -> str:
    """With the text for each name in it but weeks, which are read first."""
    return re.sub(r"\{\w+(:path)?\}", lambda _: text, path.replace("{week}", str(WEEK)))


ROUTES = routes()
FORMS = sorted(
    route.path
    for route in ROUTES
    if "POST" in (route.methods or ()) and not route.include_in_schema
)
NAMED = sorted(route.path for route in ROUTES if "{" in route.path and reads(route))
ASKED = sorted(
    (route.path, field.alias)
    for route in ROUTES
    if reads(route)
    for field in route.dependant.query_params
    if field.field_info.annotation is str
)


@pytest.fixture(scope="module")
def live(module_data: Path) -> Iterator[Governed]:
    with Governed(module_data, QUIET) as running:
        store_runs(running.process.store, *runs(3, agent=HOSTILE))
        running.keys["all"] = running.key("acme", "all", list(Scope))
        yield running


def test_every_page_with_a_form_is_looked_at() -> None:
    assert {"/login", "/logout", "/kills/confirm", "/thresholds/settle"} <= set(FORMS)
    assert len(FORMS) > 10


@pytest.mark.parametrize("path", FORMS)
def test_a_form_that_another_site_sends_is_refused(live: Governed, path: str) -> None:
    address = live.process.api_url + filled(path)
    cookies = {"wakeline_key": live.keys["all"]}
    own = {"origin": live.process.api_url}
    for foreign in ({}, {"origin": "null"}, {"origin": f"{live.process.api_url}.example"}):
        said = httpx.post(address, headers=foreign, cookies=cookies, data={"why": "x"})
        assert said.status_code == 403, foreign
        assert "not sent from a page of this site" in said.text
    assert httpx.post(address, headers=own, cookies=cookies, data={"why": "x"}).status_code != 403


@pytest.mark.parametrize("path", NAMED)
def test_a_hostile_name_in_a_path_is_only_a_name(live: Governed, path: str) -> None:
    for name in NAMES:
        said = live.get("all", re.sub(r"\{\w+(:path)?\}", quote(name, safe=""), path))
        assert said.status_code < 500, (name, said.text)
        assert "root:" not in said.text
        assert "b" not in said.cookies


@pytest.mark.parametrize(("path", "field"), ASKED, ids=lambda one: one.replace("/", "-"))
def test_a_hostile_text_in_a_query_is_only_a_text(live: Governed, path: str, field: str) -> None:
    for name in NAMES[2:7]:
        said = live.get("all", f"{filled(path)}?{field}={quote(name, safe='')}")
        assert said.status_code < 500, (name, said.text)


def test_hostile_names_that_spans_bring_are_shown_and_not_obeyed(
    live: Governed, browser: Browser
) -> None:
    live.post("all", f"/v1/reviews/{WEEK}/draw")
    person = Person(browser, live, "all")
    person.page.goto("/?minutes=43200")
    for path in ("/", f"/review/{WEEK}", f"/review/{WEEK}/report"):
        person.page.goto(path)
        assert person.page.title() != "owned"
        expect(person.page.locator("main img")).to_have_count(0)
    expect(person.page.locator("main")).to_contain_text(HOSTILE[:10])
    person.leaves()
