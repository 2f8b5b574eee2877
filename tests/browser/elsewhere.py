"""Somebody's page on another origin than the site's, and the site as such pages may read it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import Site
from tests.serving import serve

FOR_OTHERS = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""What a built site's `_headers` has its host send."""


@dataclass
class Elsewhere:
    """A page of another origin.

    Attributes:
        headers: what its server sends; may be changed before a visit.
        requests: every address that was asked for.
        complaints: errors and warnings in the console, and what nothing caught.
        allowed: parts of complaints that are expected.
    """

    page: Page
    folder: Path
    url: str
    headers: dict[str, str]
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    allowed: tuple[str, ...] = ()

    def open(self, html: str) -> Page:
        """Shows a page with this body."""
        head = '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">'
        (self.folder / "index.html").write_text(head + html)
        self.page.goto(self.url)
        return self.page

    def unexpected(self) -> list[str]:
        return [line for line in self.complaints if not any(part in line for part in self.allowed)]


@contextmanager
def elsewhere(browser: Browser, folder: Path) -> Iterator[Elsewhere]:
    """Serves the folder, and opens a page that asks nobody but this machine and must not complain."""
    folder.mkdir()
    headers: dict[str, str] = {}
    with serve(folder, headers=headers) as url:
        context = browser.new_context(viewport={"width": 1000, "height": 900}, permissions=["camera"])
        made = Elsewhere(context.new_page(), folder, url, headers)
        _watch(context, made)
        yield made
        context.close()
    assert not made.unexpected(), made.unexpected()


def _watch(context: BrowserContext, made: Elsewhere) -> None:
    context.on("request", lambda request: made.requests.append(request.url))
    complain = made.complaints.append
    made.page.on("console", lambda line: complain(line.text) if line.type in {"error", "warning"} else None)
    made.page.on("pageerror", lambda error: complain(str(error)))


def script(site: Site) -> str:
    """The tag that loads a site's widget."""
    return f'<script type="module" src="{site.url}widget.js"></script>'
