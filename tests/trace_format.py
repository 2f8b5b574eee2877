"""What Perfetto's importer and chrome://tracing need of a trace in Chrome's Trace Event Format.

Source: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU; what is required and
missing costs an entry in Perfetto, and so do slices of one track that overlap.
"""

import math
from collections.abc import Iterator
from types import UnionType
from typing import Any

Entry = dict[str, Any]

_Kinds = dict[str, type | UnionType]

_FIELDS: dict[str, _Kinds] = {
    "X": {"dur": int | float, "cat": str, "args": dict},
    "C": {"args": dict},
    "s": {"id": int, "cat": str},
    "f": {"id": int, "cat": str, "bp": str},
    "i": {"s": str},
    "M": {"args": dict},
}
"""By the entry's `ph`, what it needs beside the fields of all."""
_ALL: _Kinds = {"ph": str, "name": str, "pid": int, "tid": int, "ts": int | float}


def problems(trace: Any) -> list[str]:
    """What is wrong with a trace, as sentences; none if it is right."""
    if not isinstance(trace, dict) or not isinstance(trace.get("traceEvents"), list):
        return ["the trace is no object with a list 'traceEvents'"]
    entries: list[Entry] = trace["traceEvents"]
    found = [one for at, entry in enumerate(entries) for one in _of_entry(at, entry)]
    return found or [*_of_order(entries), *_of_slices(entries), *_of_arrows(entries), *_of_names(entries)]


def _of_entry(at: int, entry: Any) -> Iterator[str]:
    if not isinstance(entry, dict) or entry.get("ph") not in _FIELDS:
        yield f"entry {at} has no 'ph' that is known"
        return
    for field, kind in {**_ALL, **_FIELDS[entry["ph"]]}.items():
        value: Any = entry.get(field)
        is_in_range = not isinstance(value, float | int) or 0 <= value < math.inf
        if not is_in_range or not isinstance(value, kind):
            yield f"entry {at}, {entry['ph']}: '{field}' is {value!r}"
    if entry["ph"] == "C" and not all(isinstance(one, int) for one in entry.get("args", {}).values()):
        yield f"entry {at}: a counter counts {entry['args']}"


def _of_order(entries: list[Entry]) -> Iterator[str]:
    times = [entry["ts"] for entry in entries if entry["ph"] != "M"]
    if times != sorted(times):
        yield "the entries are not in the order of their times"


def _of_slices(entries: list[Entry]) -> Iterator[str]:
    last: dict[int, tuple[str, int]] = {}
    for entry in (one for one in entries if one["ph"] == "X"):
        start, end = _ns(entry["ts"]), _ns(entry["ts"]) + _ns(entry["dur"])
        name, free = last.get(entry["tid"], ("", 0))
        if start < free:
            yield f"the slice '{entry['name']}' at {entry['ts']} overlaps '{name}' on the track {entry['tid']}"
        last[entry["tid"]] = entry["name"], end


def _of_arrows(entries: list[Entry]) -> Iterator[str]:
    begun: set[int] = set()
    open_slice: Entry = {}
    for entry in entries:
        if entry["ph"] == "X":
            open_slice = entry
        elif entry["ph"] in "sf":
            if (entry["tid"], entry["ts"]) != (open_slice.get("tid"), open_slice.get("ts")):
                yield f"the arrow {entry['id']} meets no slice at {entry['ts']}"
            if entry["ph"] == "f" and entry["id"] not in begun:
                yield f"the arrow {entry['id']} ends without having begun"
            begun ^= {entry["id"]}
    yield from (f"the arrow {id} does not end" for id in sorted(begun))


def _of_names(entries: list[Entry]) -> Iterator[str]:
    named = {entry["tid"] for entry in entries if entry["name"] == "thread_name"}
    used = {entry["tid"] for entry in entries if entry["ph"] in "Xi"}
    yield from (f"the track {tid} has no name" for tid in sorted(used - named))


def _ns(time: float) -> int:
    return round(time * 1000)


def tracks(trace: dict[str, Any]) -> list[str]:
    """The names of the tracks, in their order."""
    named = [entry for entry in trace["traceEvents"] if entry["name"] == "thread_name"]
    return [entry["args"]["name"] for entry in sorted(named, key=lambda entry: int(entry["tid"]))]
