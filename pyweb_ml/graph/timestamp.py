"""Timestamps: integers in microseconds, with MediaPipe's special values (mediapipe/framework/timestamp.h)."""

from typing import Final

UNSTARTED: Final = -(2**63) + 1
PRE_STREAM: Final = -(2**63) + 2
MIN: Final = -(2**63) + 3
MAX: Final = 2**63 - 4
POST_STREAM: Final = 2**63 - 3
ONE_OVER_POST_STREAM: Final = 2**63 - 2
DONE: Final = 2**63 - 1


def next_allowed_in_stream(timestamp: int) -> int:
    """The least timestamp that a packet after one at `timestamp` may have."""
    if timestamp >= MAX or timestamp == PRE_STREAM:
        return ONE_OVER_POST_STREAM
    return MIN if timestamp < MIN else timestamp + 1
