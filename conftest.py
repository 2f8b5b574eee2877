"""What the tests in Chromium share: the browser, and examples built, served and visited as a visitor would."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.chromium import DRAWN_BY_CPU, find, launch
from tests.serving import serve
from tests.visiting import AppPage, build_example, open_app

SUB_PATH = "below/a path"
"""Where sites lie below their server's root, so that an address that is not relative fails."""

OpenExample = Callable[..., AppPage]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: drives Chromium")
    # A slow machine is no failure: what is waited for comes, or never.
    expect.set_options(timeout=60_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if find() is None:
        pytest.fail("no Chromium was found: run 'python tests/chromium.py --install', or set PYWEBML_CHROMIUM")
    with sync_playwright() as playwright:
        running = launch(playwright.chromium, DRAWN_BY_CPU)
        yield running
        running.close()


@pytest.fixture
def open_example(browser: Browser, tmp_path: Path) -> Iterator[OpenExample]:
    """Builds an app, serves it below a sub-path and opens its page; strangers asked fail the test at its end.

    Call it with the app's path and, if need be, isolated=False for a host without COOP and COEP, visited
    by a browser without service workers. `change` does something to the site before anybody visits it.
    """
    opened: list[AppPage] = []
    with ExitStack() as stack:

        def open_it(app: Path, *, isolated: bool = True, change: Callable[[Path], None] | None = None) -> AppPage:
            build_example(app, tmp_path / SUB_PATH)
            if change is not None:
                change(tmp_path / SUB_PATH)
            address = stack.enter_context(serve(tmp_path, isolated=isolated))
            # The site's service worker would isolate it.
            workers: Literal["allow", "block"] = "allow" if isolated else "block"
            context = browser.new_context(viewport={"width": 1000, "height": 900}, service_workers=workers)
            stack.callback(context.close)
            opened.append(open_app(context, f"{address}{SUB_PATH.replace(' ', '%20')}/"))
            return opened[-1]

        yield open_it
        for page in opened:
            assert page.strangers == []
