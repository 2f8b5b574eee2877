"""What a site's `widget.js` has a page of another origin fetch before the site's manifest has come."""

import fnmatch
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.backends import Site, build
from tests.browser.conftest import until
from tests.browser.elsewhere import FOR_OTHERS, Elsewhere, elsewhere
from tests.hostile import Host, hostile_host

ENGINE = "engine/*/litert/*.wasm"
RESULT = """() => {
  const picture = new ImageData(64, 64);
  const given = document.querySelector("pywebml-app").process(picture);
  given.then(({tensors}) => { window.outputs = tensors.length; });
}"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return build(tmp_path_factory.mktemp("built"), "litert-wasm")


@pytest.fixture
def host(built: Site) -> Iterator[Host]:
    with hostile_host(built.folder) as made:
        made.headers |= FOR_OTHERS
        yield made


@pytest.fixture
def other(browser: Browser, tmp_path: Path) -> Iterator[Elsewhere]:
    with elsewhere(browser, tmp_path / "other") as made:
        yield made


def show(host: Host, other: Elsewhere) -> None:
    """A page of another origin with the site's widget."""
    other.open(f'<pywebml-app></pywebml-app><script type="module" src="{host.url}widget.js"></script>')


def requests(host: Host, pattern: str) -> list[str]:
    return [path for path in host.requests if fnmatch.fnmatch(path, pattern)]


def outdated(widget: bytes) -> bytes:
    """With hints that lead to no file."""
    return widget.replace(b'"engine/', b'"engine/gone-').replace(b'"models/', b'"models/gone-')


def test_the_engine_and_the_model_are_asked_for_before_the_manifest_has_come(host: Host, other: Elsewhere) -> None:
    host.stall.add("manifest.json")
    show(host, other)
    for _ in range(600):
        if requests(host, ENGINE) and requests(host, "models/*.tflite"):
            return
        other.page.wait_for_timeout(50)
    pytest.fail(f"within 30 s the page has asked for no more than {host.requests}")


def test_hints_of_a_former_build_that_a_cache_has_kept_do_no_harm(host: Host, other: Elsewhere) -> None:
    host.alter["widget.js"] = outdated
    # This host sends no headers for others with a 404.
    other.allowed = ("/gone-", "net::ERR_FAILED")
    show(host, other)
    other.page.evaluate(RESULT)
    until(other.page, "window.outputs === 2")
    assert requests(host, "engine/gone-*")
    assert requests(host, "models/gone-*")
