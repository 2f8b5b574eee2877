"""What MediaPipe itself gave, as oracle/verdicts.json keeps it, is what the vectors expect to this day."""

import json
from pathlib import Path

from tests.vectors.oracle.run import verdict
from tests.vectors.run import load

HERE = Path(__file__).parent
CASES = {case["name"]: case for case in load(HERE)}
VERDICTS = json.loads((HERE / "oracle" / "verdicts.json").read_text())


def test_no_vector_expects_other_than_mediapipe_gave() -> None:
    judged = {name: verdict(CASES[name], each["mediapipe"]) for name, each in VERDICTS.items()}
    assert [name for name, each in judged.items() if each not in ("agrees", "aborts")] == []


def test_where_mediapipe_aborts_the_vector_expects_an_error() -> None:
    aborting = [name for name, each in VERDICTS.items() if each["verdict"] == "aborts"]
    assert [name for name in aborting if "error" not in CASES[name]["expect"]] == []


def test_a_vector_that_expects_something_else_is_found() -> None:
    name = "Packets pass in order"
    other = {**CASES[name], "expect": {"packets": {"out": [[1, 1]]}}}
    assert verdict(other, VERDICTS[name]["mediapipe"]) == "differs"
