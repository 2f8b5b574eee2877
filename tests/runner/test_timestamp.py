"""Timestamps and their arithmetic: mediapipe/framework/timestamp.h."""

import pytest

import pyweb_ml as pw
from pyweb_ml.graph import timestamp

SPECIALS = [
    timestamp.UNSET,
    timestamp.UNSTARTED,
    timestamp.PRE_STREAM,
    timestamp.MIN,
    timestamp.MAX,
    timestamp.POST_STREAM,
    timestamp.ONE_OVER_POST_STREAM,
    timestamp.DONE,
]


def test_the_special_values_rise_from_the_least_to_the_greatest_integer_of_64_bits() -> None:
    assert sorted(SPECIALS) == SPECIALS
    assert (SPECIALS[0], SPECIALS[-1]) == (-(2**63), 2**63 - 1)
    assert [SPECIALS[3] - one for one in SPECIALS[:4]] == [3, 2, 1, 0]


def test_packets_may_have_ordinary_timestamps_and_those_before_and_after_the_stream() -> None:
    allowed = [one for one in SPECIALS if timestamp.is_allowed_in_stream(one)]
    assert allowed == [timestamp.PRE_STREAM, timestamp.MIN, timestamp.MAX, timestamp.POST_STREAM]
    assert [one for one in SPECIALS if timestamp.is_range_value(one)] == [timestamp.MIN, timestamp.MAX]


@pytest.mark.parametrize(
    ("at", "after"),
    [
        (timestamp.UNSTARTED, timestamp.MIN),
        (timestamp.PRE_STREAM, timestamp.ONE_OVER_POST_STREAM),
        (timestamp.MIN, timestamp.MIN + 1),
        (5, 6),
        (timestamp.MAX - 1, timestamp.MAX),
        (timestamp.MAX, timestamp.ONE_OVER_POST_STREAM),
        (timestamp.POST_STREAM, timestamp.ONE_OVER_POST_STREAM),
    ],
)
def test_the_next_allowed_timestamp(at: int, after: int) -> None:
    assert timestamp.next_allowed_in_stream(at) == after


@pytest.mark.parametrize(
    ("at", "before"),
    [
        (timestamp.PRE_STREAM, timestamp.UNSTARTED),
        (timestamp.MIN, timestamp.UNSTARTED),
        (6, 5),
        (timestamp.MAX, timestamp.MAX - 1),
        (timestamp.POST_STREAM, timestamp.UNSTARTED),
        (timestamp.ONE_OVER_POST_STREAM, timestamp.MAX),
        (timestamp.DONE, timestamp.MAX),
    ],
)
def test_the_previous_allowed_timestamp(at: int, before: int) -> None:
    assert timestamp.previous_allowed_in_stream(at) == before


def test_sums_stay_in_range() -> None:
    assert timestamp.add(5, -7) == -2
    assert timestamp.add(timestamp.MAX, 1) == timestamp.MAX
    assert timestamp.add(timestamp.MIN, -1) == timestamp.MIN
    assert timestamp.subtract(7, 5) == 2


def test_special_values_take_part_in_no_arithmetic() -> None:
    with pytest.raises(ValueError, match=r"Timestamp::Done\(\) is no ordinary timestamp"):
        timestamp.add(timestamp.DONE, 1)
    with pytest.raises(ValueError, match=r"Timestamp::PreStream\(\) is no ordinary timestamp"):
        timestamp.subtract(1, timestamp.PRE_STREAM)


def test_the_class_for_scripts_says_its_names_and_counts_in_microseconds() -> None:
    assert f"{pw.Timestamp.DONE}, {pw.Timestamp(12)}" == "Timestamp::Done(), 12"
    assert pw.Timestamp.from_seconds(1.5) == 1_500_000
    assert pw.Timestamp(2_500_000).seconds() == 2.5
    assert pw.Timestamp(4) > pw.Timestamp(3) == 3
    assert pw.Timestamp.MAX.is_range_value()
    assert not pw.Timestamp.MAX.is_special_value()
    assert pw.Timestamp.PRESTREAM.is_special_value()
    assert pw.Timestamp.MAX.next_allowed_in_stream() == pw.Timestamp.ONE_OVER_POSTSTREAM
