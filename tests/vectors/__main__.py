"""Runs a folder of vectors through the desktop runtime; see README.md."""

import argparse
import sys
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.vectors", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path(__file__).parent)
    folder: Path = parser.parse_args().folder
    from tests.vectors.run import load, problems, run

    cases = load(folder)
    if not cases:
        print(f"no vectors in '{folder}': no *.json there", file=sys.stderr)
        return 2
    failed = 0
    for case in cases:
        found = list(problems(case, run(case)))
        failed += bool(found)
        for problem in found:
            print(f"{case['name']}: {problem}")
    print(f"{len(cases)} cases, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
