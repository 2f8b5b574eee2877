"""The README: its first screen, and every program in it and in docs/, run."""

import json
import re
import wave
from pathlib import Path

import mypy.api
import numpy as np
import pytest

from pyweb_ml.cli import main
from tests.visiting import on_desktop, photograph, rgba

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCKS = [
    block
    for page in PAGES
    for block in re.findall(r"^```python\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
]
PROGRAMS = [block for block in BLOCKS if "@pw.app" in block]
OF_SOUND = [program for program in PROGRAMS if "pw.audio(" in program]
OF_PICTURES = [program for program in PROGRAMS if program not in OF_SOUND]
SCRIPTS = [block for block in BLOCKS if "@pw.app" not in block]


def test_the_first_25_lines_hold_a_picture_the_program_and_the_two_commands() -> None:
    first = "\n".join(README.splitlines()[:25])
    picture = re.search(r"!\[.+\]\((.+)\)", first)
    assert picture
    assert (ROOT / picture[1]).is_file()
    assert "@pw.app" in first
    assert "make serve" in first
    assert "make test" in first


def test_the_program_blurs_the_background_as_the_example_does(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(PROGRAMS[0])
    photo = rgba(photograph())
    (ours,), (example,) = (on_desktop(app, photo) for app in (tmp_path, ROOT / "examples/background_blur"))
    np.testing.assert_array_equal(ours["output"], example["output"])


def name_of(program: str) -> str:
    return program.split("def ")[-1].split("(")[0]


@pytest.mark.parametrize("program", OF_SOUND, ids=name_of)
def test_every_program_of_sound_runs(program: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(program)
    with wave.open(str(tmp_path / "tone.wav"), "wb") as file:
        file.setparams((1, 2, 16000, 16000, "NONE", ""))
        file.writeframes((np.sin(np.arange(16000) / 5) * 16384).astype("<i2").tobytes())
    status = main(
        ["run", str(tmp_path), "--input", str(tmp_path / "tone.wav"), "--output", str(tmp_path / "o.jsonl")]
    )
    assert status == 0
    first = json.loads((tmp_path / "o.jsonl").read_text().splitlines()[0])
    assert first["value"] == pytest.approx(0.5 / 2**0.5, abs=0.01)


@pytest.mark.parametrize("program", OF_PICTURES, ids=name_of)
def test_every_program_runs(program: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(program)
    photo = rgba(photograph())
    (_, result) = on_desktop(tmp_path, photo, photo)
    assert result["output"].shape[:2] == photo.shape[:2]
    assert not np.array_equal(result["output"][..., :3], photo[..., :3])


@pytest.mark.parametrize("program", PROGRAMS, ids=name_of)
def test_every_program_passes_mypy_strict_as_written(program: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(program)
    cache = str(ROOT / ".mypy_cache")
    output, _, status = mypy.api.run(["--strict", "--cache-dir", cache, str(tmp_path / "app.py")])
    assert status == 0, output


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_prints_what_its_last_comments_say(script: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(script, {})
    said = [line.removeprefix("# ") for line in script.splitlines() if line.startswith("# ")]
    assert capsys.readouterr().out.splitlines() == said


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_linked_exists(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_commands_of_all_pages_exist(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    named = {name for page in PAGES for name in re.findall(r"^pywebml (\w+)", page.read_text(), re.MULTILINE)}
    assert named >= {"new", "serve", "run", "build"}
    assert [command for command in named if command not in text] == []
