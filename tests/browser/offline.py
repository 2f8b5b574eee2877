"""What the tests of kept sites share: a site that changes, on a host that misbehaves, and its visitors."""

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import BrowserContext, Error, Page

from pyweb_ml.bundle.asset_file import write_asset
from pyweb_ml.bundle.sealing import seal
from pyweb_ml.cache import sha256_of

PICTURE = "await createImageBitmap(new ImageData(64, 64))"

RESULT = """async () => {
  await customElements.whenDefined("pywebml-app");
  const app = document.querySelector("pywebml-app");
  app.setAttribute("source", "");
  const values = await app.process(PICTURE);
  // Only what is shown counts as a result for the page.
  app.dispatchEvent(new CustomEvent("result", {detail: {values}}));
  return Object.keys(values);
}""".replace("PICTURE", PICTURE)

BUILD = "document.documentElement.dataset.build"


def build_anew(site: Path, words: str) -> str:
    """Changes the site, as another build would; gives the build's name."""
    page = site / "index.html"
    before, _, rest = page.read_text().partition("<h1>")
    page.write_text(f"{before}<h1>{words}</h1>{rest.partition('</h1>')[2]}")
    graph = site / "graph.json"
    graph.write_text(graph.read_text().rstrip() + "\n" * (len(words) % 7 + 1))
    seal(site)
    return name_of(site)


def falsify(site: Path) -> None:
    """Gives the site a reference that its model does not reproduce on any backend."""
    file = site / "manifest.json"
    manifest = json.loads(file.read_text())
    (reference,) = manifest["engines"]["references"].values()
    data = np.full(reference["bytes"] // 4, 1e6, np.float32).tobytes()
    (site / reference["path"]).unlink()
    reference |= asdict(write_asset(site, f"models/{sha256_of(data)[:16]}.reference", data))
    file.write_text(json.dumps(manifest))


def name_of(site: Path) -> str:
    """The name of the build that lies in a folder."""
    text = (site / "index.html").read_text()
    return text.partition('data-build="')[2].partition('"')[0]


@dataclass
class Tab:
    """A page of a site.

    Attributes:
        complaints: errors in the console, and those that nothing caught.
    """

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def evaluate(self, script: str) -> Any:
        """As Page.evaluate, once more if the page has just reloaded itself."""
        for _ in range(20):
            try:
                return self.page.evaluate(script)
            except Error as error:
                if "context was destroyed" not in str(error) and "navigation" not in str(error):
                    raise
                time.sleep(0.1)
        raise AssertionError("the page does not stop reloading")

    def until(self, script: str, seconds: float = 60) -> Any:
        """Waits until the script gives something true; gives it."""
        deadline = time.monotonic() + seconds
        while not (value := self.evaluate(script)):
            assert time.monotonic() < deadline, (
                f"'{script}' is still not true after {seconds} s: {self.complaints}"
            )
            self.page.wait_for_timeout(50)
        return value

    def visit(self, query: str = "") -> None:
        self.page.goto(self.url + query)
        self.until("!!customElements.get('pywebml-app')")

    def result(self, given: str = PICTURE) -> Any:
        """The names of the outputs for what the script makes."""
        return self.evaluate(RESULT.replace(PICTURE, given))

    def kept(self, build: str) -> None:
        """Waits until a build is kept whole."""
        self.until(f"document.documentElement.dataset.offline === '{build}'")

    def not_kept(self) -> str:
        """Waits until the page is told that the newest build could not be kept; gives the reason."""
        reason: str = self.until("document.documentElement.dataset.notKept")
        return reason


def open_tab(context: BrowserContext, url: str) -> Tab:
    tab = Tab(context.new_page(), url)
    tab.page.on("console", lambda line: tab.complaints.append(line.text) if line.type == "error" else None)
    tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
    return tab
