"""How the page's Python starts: from a snapshot, and without one where that cannot be."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Error

from conftest import SUB_PATH, OpenExample
from tests.visiting import AppPage

pytestmark = pytest.mark.network

APP = """
import math
import random
import numpy as np
import pyweb_ml as pw

@pw.calculator
def facts(frame: pw.Image) -> pw.Text:
    import json
    import numpy.fft
    solved = np.linalg.solve(np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([3.0, 5.0]))
    spectrum = np.abs(numpy.fft.fft([1.0, 2.0, 3.0]))
    drawn = [random.random(), float(np.random.default_rng().random()), math.pi]
    return json.dumps({"solved": solved.tolist(), "spectrum": spectrum.tolist(), "drawn": drawn})

@pw.app(title="Facts")
def app(frame: pw.Image):
    return facts(frame)
"""

BLACK = np.zeros((8, 8, 3), np.uint8)


@pytest.fixture
def facts_app(tmp_path: Path) -> Path:
    path = tmp_path / "app" / "app.py"
    path.parent.mkdir()
    path.write_text(APP)
    return path


def values(opened: AppPage) -> dict[str, list[float]]:
    found: dict[str, list[float]] = json.loads(opened.process(BLACK)["output"])
    assert found["solved"] == pytest.approx([0.8, 1.4])
    assert found["spectrum"] == pytest.approx([6, 3**0.5, 3**0.5])
    return found


def test_python_starts_from_a_snapshot_in_which_numpy_works_and_random_numbers_are_of_the_visit(
    facts_app: Path, open_example: OpenExample
) -> None:
    opened = open_example(facts_app)
    first = values(opened)["drawn"]
    assert opened.stats()["python"] == "from a snapshot"
    opened.page.reload()
    second = values(opened)["drawn"]
    assert opened.stats()["python"] == "from a snapshot"
    assert first[0] != second[0]
    assert first[1] != second[1]


@pytest.mark.parametrize(
    ("file", "break_it", "reason"),
    [
        ("python/snapshot-*.bin", "alter", "is damaged"),
        ("python/snapshot-*.bin", "remove", "the server answers 404"),
        ("page/*/unpacking.js", "remove", "is missing or damaged"),
    ],
)
def test_without_its_snapshot_python_starts_all_the_same_and_the_stats_say_why(
    facts_app: Path, open_example: OpenExample, tmp_path: Path, file: str, break_it: str, reason: str
) -> None:
    opened = open_example(facts_app)
    opened.page.goto("about:blank")
    (broken,) = (tmp_path / SUB_PATH).glob(file)
    if break_it == "alter":
        broken.write_bytes(bytes(broken.stat().st_size))
    else:
        broken.unlink()
    opened.page.go_back()
    values(opened)
    said = opened.stats()["python"]
    assert said.startswith("without a snapshot: ")
    assert reason in said
    assert broken.name in said


def test_a_module_that_is_not_in_the_snapshot_and_cannot_be_fetched_is_an_error_that_names_its_file(
    facts_app: Path, open_example: OpenExample, tmp_path: Path
) -> None:
    opened = open_example(facts_app)
    opened.page.goto("about:blank")
    (wheel,) = (tmp_path / SUB_PATH).glob("python/packages/*/numpy-*.whl")
    wheel.unlink()
    opened.page.go_back()
    with pytest.raises(Error, match=rf"no module 'numpy\.fft': .*{re.escape(wheel.name)}' could not be fetched"):
        opened.process(BLACK)
    assert opened.stats()["python"] == "from a snapshot"
