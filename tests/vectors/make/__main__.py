"""Writes every family of cases to its JSON file, beside ../README.md."""

import importlib
import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
NOT_FAMILIES = {"__main__", "building"}


def families() -> dict[str, list[dict[str, Any]]]:
    """The cases of each family, by the name of its file."""
    names = sorted(path.stem for path in HERE.glob("*.py") if path.stem not in NOT_FAMILIES)
    return {name: importlib.import_module(f"tests.vectors.make.{name}").CASES for name in names}


def text_of(cases: list[dict[str, Any]]) -> str:
    """The file's text: one case a line, so that a change of one case is a change of one line."""
    return "[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]\n"


def main() -> None:
    for name, cases in families().items():
        (HERE.parent / f"{name}.json").write_text(text_of(cases), encoding="utf-8")
        print(f"{name}.json: {len(cases)} cases")


if __name__ == "__main__":
    main()
