"""Damaged graphs: real ones, as text and as JSON, changed by their structure or by their letters."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pyweb_ml  # noqa: F401 - registers the standard calculators, whose options the texts name
import tests.vectors.calculators  # noqa: F401
from pyweb_ml.errors import ConfigError
from pyweb_ml.graph.config import from_json, parse_json, to_json
from pyweb_ml.graph.pbtxt import from_text, to_text
from tests.vectors.run import load

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = [*sorted(ROOT.glob("examples/*/*.pbtxt")), *sorted(ROOT.glob("pyweb_ml/subgraphs/*.pbtxt"))]
PIECES = ["{", "}", "<", ">", "[", "]", ":", ",", ";", '"', "'", "\\", "#", "-", "0", "9" * 30, "1e999", "nan",
          "é", "\0", "node", "options", "node {", "name: 1", "[a.b.ext] {}", "true", '""', "\n"]  # fmt: skip
VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    2**31,
    1.5,
    1e300,
    "",
    "node",
    "A:0:b",
    [],
    [[]],
    {},
    {"a": 1},
    [None],
    ["a", 1],
]
_WORD = re.compile(r"""\s+|"[^"\n]*"|\[[\w./-]*\]|[\w.+-]+|.""", re.S)


def texts() -> list[str]:
    """The shipped graphs and the examples', and those of the vectors that text can hold."""
    return [path.read_text(encoding="utf-8") for path in SHIPPED] + [
        to_text(from_json(one)) for one in plain_graphs()
    ]


def graphs() -> list[Any]:
    """The graphs of all vectors, as JSON values."""
    return [case["graph"] for case in load(ROOT / "tests" / "vectors")]


def plain_graphs() -> list[Any]:
    """The graphs of the vectors that are configs, and whose options both runtimes have shapes for."""
    return [one for one in graphs() if "pywebml." not in json.dumps(one) and _is_text(one)]


def _is_text(graph: Any) -> bool:
    try:
        return bool(to_text(from_json(graph)))
    except ConfigError:
        return False


def damaged_text(random: Random, text: str) -> str:
    """The text with words left out, doubled, exchanged, or replaced by others."""
    words = _WORD.findall(text)
    for _ in range(random.randint(1, 3)):
        at, other = random.randrange(len(words)), random.randrange(len(words))
        change = random.randrange(5)
        if change == 0:
            words[at] = ""
        elif change == 1:
            words[at] += words[at]
        elif change == 2:
            words[at], words[other] = words[other], words[at]
        elif change == 3:
            words[at] = random.choice(PIECES)
        else:
            words[at : at + random.randrange(30)] = words[other : other + random.randrange(30)] or [""]
    return "".join(words) or " "


def damaged_value(random: Random, graph: Any) -> Any:
    """The JSON value with parts left out, renamed, doubled, or replaced by values of other types."""
    made = copy.deepcopy(graph)
    for _ in range(random.randint(1, 3)):
        places = list(_places(made))
        if not places:
            break
        holder, key = random.choice(places)
        change = random.randrange(4)
        if change == 0:
            del holder[key]
        elif change == 1:
            holder[key] = copy.deepcopy(random.choice(VALUES))
        elif change == 2 and isinstance(holder, dict):
            holder[random.choice(["x", key + "s", key.upper(), ""])] = holder.pop(key)
        elif isinstance(holder, list):
            holder.append(copy.deepcopy(holder[key]))
    return made


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in list(inside):
        yield value, key
        yield from _places(one)


def read(text: str | bytes) -> tuple[Any, str]:
    """What the desktop reads: the config as JSON, or else the error's message; anything else is raised."""
    is_json = text.lstrip()[:1] in ("{", b"{")
    try:
        return to_json(parse_json(text) if is_json else from_text(text)), ""
    except ConfigError as error:
        return None, str(error)
