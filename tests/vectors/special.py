"""Timestamps as the vectors write them: integers, and the special values by name."""

from pyweb_ml.graph import timestamp

SPECIAL = {
    "Unset": timestamp.UNSET,
    "Unstarted": timestamp.UNSTARTED,
    "PreStream": timestamp.PRE_STREAM,
    "Min": timestamp.MIN,
    "Max": timestamp.MAX,
    "PostStream": timestamp.POST_STREAM,
    "OneOverPostStream": timestamp.ONE_OVER_POST_STREAM,
    "Done": timestamp.DONE,
}
NAMES = {value: name for name, value in SPECIAL.items()}


def from_json(at: int | str) -> int:
    """The timestamp that a vector names."""
    return SPECIAL[at] if isinstance(at, str) else at


def to_json(at: int) -> int | str:
    """The timestamp as a vector names it."""
    return NAMES.get(at, int(at))
