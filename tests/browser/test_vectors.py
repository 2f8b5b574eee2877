"""Every conformance vector, through the `runtime.js` that we ship, in Chromium."""

import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.serving import serve
from tests.vectors.run import load

ROOT = Path(__file__).parents[2]
RUNTIME = "../../src/runtime"
PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module">
import { problems, run } from "./run.js";
window.check = async (cases) => {
  const wrong = {};
  for (const one of cases) {
    const found = problems(one, await run(one));
    if (found.length) wrong[one.name] = found;
  }
  return wrong;
};
</script>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The runner of the vectors, which imports the runtime as it is shipped."""
    runner = str(ROOT / "static/tests/vectors/run.ts")
    command = [str(ROOT / "static/node_modules/.bin/esbuild"), runner, "--bundle", "--format=esm"]
    made = subprocess.run(
        [*command, f"--external:{RUNTIME}", "--log-level=error"], check=True, capture_output=True, text=True
    ).stdout
    assert f'"{RUNTIME}"' in made
    (tmp_path / "run.js").write_text(made.replace(f'"{RUNTIME}"', '"./runtime.js"'))
    (tmp_path / "runtime.js").write_bytes((ROOT / "pyweb_ml/web/runtime.js").read_bytes())
    (tmp_path / "index.html").write_text(PAGE)
    return tmp_path


def test_the_runtime_that_we_ship_gives_what_every_vector_says(browser: Browser, folder: Path) -> None:
    cases = load(ROOT / "tests" / "vectors")
    assert len(cases) >= 250
    with serve(folder) as address:
        page = browser.new_page()
        page.goto(address)
        page.wait_for_function("!!window.check")
        assert page.evaluate("cases => window.check(cases)", cases) == {}
        page.close()
