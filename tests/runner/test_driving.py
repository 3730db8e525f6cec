"""Markers stand by output: after what the driver had shown, before what came next."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runner.cast import Cast, Event, Header
from runner.driving import Mark, place_markers

OUTPUTS = (("連結", 1.0), ("決算 $ ", 2.0), ("ls\r\n", 5.0))


def cast(*outputs: tuple[str, float]) -> Cast:
    events = tuple(Event(time_s, "o", data) for data, time_s in outputs)
    return Cast(Header(version=2, width=100, height=30), events)


def size(count: int) -> int:
    return sum(len(data.encode()) for data, _ in OUTPUTS[:count])


def test_a_marker_stands_where_the_drivers_clock_says_between_two_outputs() -> None:
    assert place_markers(cast(*OUTPUTS), [Mark(3.0, size(2), "依頼")]) == [(4.0, "依頼")]


def test_a_clock_that_is_off_does_not_move_it_over_an_output() -> None:
    assert place_markers(cast(*OUTPUTS), [Mark(0.0, size(2), "早い")]) == [(2.0, "早い")]
    assert place_markers(cast(*OUTPUTS), [Mark(99.0, size(2), "遅い")]) == [(5.0, "遅い")]


def test_a_marker_after_the_last_output_stands_at_it() -> None:
    assert place_markers(cast(*OUTPUTS), [Mark(99.0, size(3), "終")]) == [(5.0, "終")]


def test_a_recording_without_output_takes_no_marker() -> None:
    assert place_markers(cast(), [Mark(0.0, 0, "x")]) == []


@given(st.lists(st.tuples(st.floats(0, 10), st.integers(0, 40)), max_size=8))
def test_markers_never_leave_the_recording(marks: list[tuple[float, int]]) -> None:
    placed = place_markers(cast(*OUTPUTS), [Mark(at_s, after, "m") for at_s, after in marks])
    assert all(1.0 <= time_s <= 5.0 for time_s, _ in placed)
