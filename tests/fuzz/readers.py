"""Texts through the desktop's readers and the page's: a config or one error, and the same on both sides."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from random import Random
from typing import Any

from pyweb_ml.graph.config import from_json
from pyweb_ml.graph.pbtxt import to_text
from tests.fuzz.texts import damaged_text, damaged_value, plain_graphs, read

STATIC = Path(__file__).resolve().parents[2] / "static"
ONLY_PAGE = ("options have one type", "there must be a type here")
"""Where the page refuses what protobuf's own reader of Python lets pass."""
ONLY_DESKTOP = "are not known; name those of a calculator that PyWebML has"
"""The page reads options of types that it has no shape for as they look: a script may bring their calculators."""
LIMIT = 300
"""Seconds for one run of the page's readers under Node.js."""


def page_reads(texts: list[str]) -> list[dict[str, Any]]:
    """What the page's readers give for each text: `{"same": …}` or `{"error": …, "kind": …}`.

    "same" says whether its config is that of the JSON which the desktop makes of the text.
    """
    given = [{"text": text, "json": read(text)[0]} for text in texts]
    with tempfile.TemporaryDirectory() as folder:
        cases, results = Path(folder) / "cases", Path(folder) / "results"
        cases.write_text(json.dumps(given), encoding="utf-8")
        command = [
            shutil.which("node") or "node",
            "run.mjs",
            "tests/graph/read_texts.ts",
            str(cases),
            str(results),
        ]
        done = subprocess.run(command, cwd=STATIC, capture_output=True, text=True, timeout=LIMIT, check=False)
        if not results.exists():
            raise RuntimeError(f"the page's readers did not end well: {done.stdout[:2000]}{done.stderr[:2000]}")
        found: list[dict[str, Any]] = json.loads(results.read_text(encoding="utf-8"))
        return found


def damaged(seed: int, count: int) -> list[str]:
    """Texts and JSON texts of the vectors' graphs, each damaged in its own way."""
    random, plain = Random(seed), plain_graphs()
    whole = [to_text(from_json(one)) for one in plain]
    changed = [damaged_text(random, random.choice(whole)) for _ in range(count)]
    values = [damaged_value(random, random.choice(plain)) for _ in range(count)]
    return changed + [json.dumps(one) for one in values if isinstance(one, dict)]


def disagreements(texts: list[str]) -> list[str]:
    """Each text that the two sides read otherwise, with what each one says of it."""
    told = []
    for text, page in zip(texts, page_reads(texts), strict=True):
        config, error = read(text)
        if ONLY_DESKTOP in error or any(one in page.get("error", "") for one in ONLY_PAGE):
            continue
        if (
            (config is None) != ("error" in page)
            or page.get("same") is False
            or page.get("kind", "") != ("ConfigError" if "error" in page else "")
        ):
            told.append(f"{text!r}\n  desktop: {error or 'a config'}\n  page: {page}")
    return told
