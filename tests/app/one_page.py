"""A page of a browser that tests take in turn: to open one takes as long as a short test."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

DESK = {"width": 1280, "height": 720}


class OnePage:
    """Opened once; each test gets it blank, and nothing may go wrong in its console."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._problems: list[str] = []
        page.on("console", lambda said: self._tell(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self._tell(str(error)))

    @contextmanager
    def blank(self) -> Iterator[Page]:
        """For one test."""
        self._page.goto("about:blank")
        self._page.set_viewport_size(DESK)  # type: ignore[arg-type]
        self._page.emulate_media(media="screen")
        self._problems.clear()
        yield self._page
        assert self._problems == []

    def _tell(self, problem: str) -> None:
        self._problems.append(problem)


@contextmanager
def one_page(browser: Browser, url: str) -> Iterator[OnePage]:
    """Of the site at `url`."""
    page = browser.new_page(base_url=url)
    yield OnePage(page)
    page.close()
