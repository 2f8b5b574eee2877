"""Random graphs in both runtimes, damaged ones in both readers, or vectors for the oracle: see README.md."""

import argparse
import json
import sys
from pathlib import Path

from tests.fuzz.differential import as_vector, told
from tests.fuzz.graphs import stepped_case, timeless_case
from tests.fuzz.readers import damaged, disagreements


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--cases", type=int, default=2000, help="how many seeds")
    parser.add_argument(
        "--write", type=Path, metavar="DIR", help="write cases that MediaPipe's wheel can run, as vectors"
    )
    parser.add_argument("--texts", type=int, metavar="N", help="read N damaged graphs on both sides instead")
    given = parser.parse_args()
    if given.texts:
        found = disagreements(damaged(given.first, given.texts))
        print("\n".join(found) or f"{given.texts} damaged texts, and as many in JSON, are read alike")
        return 1 if found else 0
    seeds = range(given.first, given.first + given.cases)
    if given.write:
        cases = [as_vector(stepped_case(seed, registered=True)) for seed in seeds]
        given.write.mkdir(parents=True, exist_ok=True)
        (given.write / "fuzz.json").write_text(json.dumps(cases), encoding="utf-8")
        return 0
    problem = told([make(seed) for seed in seeds for make in (stepped_case, timeless_case)])
    print(problem or f"{2 * given.cases} cases are the same on the desktop and in the page")
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main())
