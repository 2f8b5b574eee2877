"""Whatever is done to a real graph, its reader gives a config or one error that names the line, on both sides."""

import json
import re
from random import Random
from typing import Any

import pytest

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph.config import SIZE_LIMIT, from_json, to_json
from tests.fuzz.readers import damaged, disagreements, page_reads
from tests.fuzz.texts import SHIPPED, damaged_text, damaged_value, graphs, read, texts

CASES = 600
_PLACED = re.compile(r"line \d+|the graph is \d+ characters long")


def require_one_error(text: str) -> None:
    """Reads it; an error has one line and names the place, anything but a ConfigError is raised."""
    _, error = read(text)
    assert "\n" not in error
    assert not error or _PLACED.match(error), (error, text)


@pytest.mark.parametrize("seed", range(4))
def test_a_real_text_whose_words_are_damaged_is_a_config_or_one_error_with_its_line(seed: int) -> None:
    random, whole = Random(seed), texts()
    for _ in range(CASES // 4):
        require_one_error(damaged_text(random, random.choice(whole)))


def test_a_real_text_cut_short_at_any_letter_is_a_config_or_one_error_with_its_line() -> None:
    text = SHIPPED[0].read_text(encoding="utf-8")
    for end in range(len(text)):
        require_one_error(text[:end])


def test_random_letters_are_a_config_or_one_error_with_its_line() -> None:
    random = Random(7)
    for _ in range(CASES):
        require_one_error("".join(map(chr, random.choices(range(1, 128), k=random.randrange(1, 80)))))


def test_random_bytes_are_a_config_or_one_error() -> None:
    random = Random(8)
    for _ in range(CASES):
        read(random.randbytes(random.randrange(1, 80)))


@pytest.mark.parametrize("seed", range(4))
def test_a_real_json_value_that_is_damaged_is_a_config_or_one_error_that_tells_all(seed: int) -> None:
    random, whole = Random(seed), graphs()
    for _ in range(CASES // 4):
        value = damaged_value(random, random.choice(whole))
        told = problems_of(value)
        assert [line for line in told if not re.match(r"the graph|node \d+|executor \d+", line)] == [], value


def problems_of(value: Any) -> list[str]:
    """What is wrong with a JSON value, or else nothing, when the config survives JSON."""
    try:
        config = from_json(value)
    except ConfigError as error:
        return str(error).split("\n")
    assert from_json(to_json(config)) == config
    return []


def test_a_real_json_text_cut_short_is_one_error_with_its_line() -> None:
    *others, longest = sorted((json.dumps(graph, indent=1) for graph in graphs()), key=len)
    # At any letter, but for one of 30,000.
    cut = [others[-1][:end] for end in range(1, len(others[-1]))]
    cut += [longest[:end] for end in range(1, len(longest), 29)]
    for text in cut:
        assert read(text)[1].startswith("line "), text


def test_both_sides_read_damaged_graphs_alike() -> None:
    assert disagreements(damaged(3, CASES)) == []


def test_the_page_reads_cut_short_and_random_texts_to_a_config_or_one_error() -> None:
    random, text = Random(9), SHIPPED[0].read_text(encoding="utf-8")
    given = [text[:end] for end in range(len(text))]
    given += ["".join(map(chr, random.choices(range(1, 0x300), k=40))) for _ in range(CASES)]
    for text, found in zip(given, page_reads(given), strict=True):
        assert found.get("kind", "ConfigError") == "ConfigError", (text, found)
        assert _PLACED.match(found.get("error", "line 1")), (text, found)


def test_the_page_refuses_what_is_nested_or_long_beyond_all_measure() -> None:
    deep, wide = "node { options { [a.b.ext] {" + "a {" * 10_000, " " * (SIZE_LIMIT + 1)
    listed = '{"node": [' * 10_000
    found = page_reads([deep, wide, listed, listed + "]}" * 10_000, "{" + wide, '{"a": "' + "x" * SIZE_LIMIT])
    assert [one["kind"] for one in found] == ["ConfigError"] * 6
    assert "nested more than 64 levels" in found[0]["error"]
    assert all(f"the limit is {SIZE_LIMIT}" in found[place]["error"] for place in (1, 4, 5))
    assert all(len(one["error"]) < 2000 for one in found)
