"""What a page posts, as static/src/bench/job.ts has it."""

from typing import Any

DEVICE = {
    "userAgent": "A browser",
    "cores": 2,
    "isolated": True,
    "secure": True,
    "gpu": "",
    "frameWidth": 480,
    "frameHeight": 512,
}


def row(name: str, times: list[float], **others: Any) -> dict[str, Any]:
    """A subject of which only these are known."""
    unknown: dict[str, Any] = {
        "error": None,
        "description": "",
        "firstResult": None,
        "firstPartial": False,
        "whole": None,
        "memory": None,
        "nodes": {},
        "throughput": None,
        "paced": None,
        "candidates": [],
        "events": [],
    }
    return {**unknown, "name": name, "times": times, **others}


def posted(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"device": DEVICE, "subjects": list(rows)}
