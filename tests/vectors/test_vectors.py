"""Every conformance vector, through the desktop runtime; and the files are what `tests.vectors.make` writes."""

from pathlib import Path

import pytest

from tests.vectors.make.__main__ import families, text_of
from tests.vectors.run import Json, load, problems, run

HERE = Path(__file__).parent
CASES = load(HERE)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_desktop_runtime_gives_what_the_vector_says(case: Json) -> None:
    assert list(problems(case, run(case))) == []


def test_no_two_cases_have_the_same_name() -> None:
    names = [case["name"] for case in CASES]
    assert sorted(names) == sorted(set(names))


def test_every_case_expects_something() -> None:
    assert [case["name"] for case in CASES if not case["expect"]] == []


def test_the_files_are_what_the_makers_write() -> None:
    assert {name: (HERE / f"{name}.json").read_text() for name in families()} == {
        name: text_of(cases) for name, cases in families().items()
    }
