"""Runs every case that MediaPipe's wheel can run through MediaPipe, and keeps its verdicts: see README.md."""

import argparse
import json
import multiprocessing
import os
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.vectors.oracle.running import Json, Oracle, UnregisteredError

HERE = Path(__file__).resolve().parent
LIMIT = 20
"""Seconds for one case; MediaPipe waits for ever where a graph is stuck."""

REPEATS = 6
"""How often a case that differs is run again."""


def own_process(oracle: Oracle, case: Json) -> Json:
    """What MediaPipe gives for a case, run in a child; `{"crashed": …}` or `{"unregistered": …}` if nothing."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_child, args=(oracle, case, sender))
    child.start()
    sender.close()
    try:
        if not receiver.poll(LIMIT):
            return {"crashed": f"no end within {LIMIT} s"}
        found: Json = receiver.recv()
        return found
    except EOFError:
        return {"crashed": "MediaPipe aborted the process"}
    finally:
        child.kill()
        child.join()


def _child(oracle: Oracle, case: Json, sender: Connection) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    try:
        sender.send(oracle.run(case))
    except UnregisteredError as error:
        sender.send({"unregistered": str(error)})
    except Exception as error:
        sender.send({"crashed": repr(error)})


def verdict(case: Json, found: Json) -> str:
    """Whether MediaPipe gives what the case expects; of an error only that there is one.

    "aborts": MediaPipe ends the whole process, which no case can expect; those that do not abort expect an error.
    """
    expect = case["expect"]
    if "crashed" in found:
        return "aborts"
    if ("error" in expect) != ("error" in found):
        return "differs"
    keys = ("packets", "bounds", "side_packets")
    return "agrees" if all(found.get(key, {}) == expect[key] for key in keys if key in expect) else "differs"


def judge(oracle: Oracle, cases: list[Json]) -> Json:
    """Verdicts by the case's name, for the cases that MediaPipe's wheel can run."""
    verdicts: Json = {}
    for case in cases:
        own = (
            "subgraphs" in case or isinstance(case["graph"], str) or "TestCalculator" in json.dumps(case["graph"])
        )
        if own or any("clock" in step or "cancel" in step for step in case["steps"]):
            continue
        judged = judge_one(oracle, case)
        if "unregistered" not in judged["mediapipe"]:
            verdicts[case["name"]] = judged
    return verdicts


def judge_one(oracle: Oracle, case: Json) -> Json:
    """MediaPipe's verdict on one case; "varies" where its own threads decide, so that only some runs agree."""
    found = own_process(oracle, case)
    first = verdict(case, found)
    if first == "differs" and any(verdict(case, own_process(oracle, case)) == "agrees" for _ in range(REPEATS)):
        first = "varies"
    return {"verdict": first, "mediapipe": found}


def report(cases: list[Json], verdicts: Json) -> None:
    for case in cases:
        judged: Any = verdicts.get(case["name"])
        if judged and judged["verdict"] not in ("agrees", "varies"):
            print(f"{judged['verdict']}: {case['name']}")
            print(f"  expected  {case['expect']}\n  MediaPipe {judged['mediapipe']}")
    counted = Counter(judged["verdict"] for judged in verdicts.values())
    print(f"{len(cases)} cases, {len(verdicts)} run by MediaPipe: {dict(counted)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mediapipe", type=Path, help="the folder 'mediapipe' of the unpacked wheel")
    parser.add_argument("vectors", type=Path, nargs="?", default=HERE.parent, help="the folder of vectors")
    given = parser.parse_args()
    texts = [path.read_text(encoding="utf-8") for path in sorted(given.vectors.glob("*.json"))]
    cases = [case for text in texts for case in json.loads(text)]
    verdicts = judge(Oracle(given.mediapipe.resolve()), cases)
    report(cases, verdicts)
    if given.vectors.resolve() == HERE.parent:
        lines = [f"{json.dumps(name)}: {json.dumps(judged)}" for name, judged in sorted(verdicts.items())]
        (HERE / "verdicts.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
