"""What follows from a case's steps alone."""

from typing import Any


def still_open(case: dict[str, Any]) -> list[str]:
    """The graph input streams that no step has closed, in the config's order."""
    closed = {step["close"] for step in case["steps"] if "close" in step}
    if any("close_all" in step for step in case["steps"]):
        return []
    if isinstance(case["graph"], str):
        return []
    names = [entry.rpartition(":")[2] for entry in case["graph"].get("input_stream", [])]
    return [name for name in names if name not in closed]
