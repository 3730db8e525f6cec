"""Markers stand by output: after what the driver had shown, before what came next."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from runner.cast import Cast, Event, Header
from runner.driving import Mark, place_markers, step_spans

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


def spans(*marks: Mark) -> list[tuple[float, float]]:
    return step_spans(marks, place_markers(cast(*OUTPUTS), marks), 9.0)


def test_steps_are_the_whole_recording_each_up_to_the_next() -> None:
    marks = [Mark(0.2, size(1), "a", True), Mark(1.5, size(2), "a"), Mark(3.0, size(2), "b", True)]
    assert spans(*marks) == [(0.0, 4.0), (4.0, 9.0)]


def test_a_marker_set_at_the_instant_in_which_the_next_step_begins_stays_with_its_own() -> None:
    marks = [Mark(0.0, 0, "a", True), Mark(3.0, size(2), "a：結果"), Mark(3.0, size(2), "b", True)]
    ((_, end_s), (start_s, _)) = spans(*marks)
    (marker_s, _) = place_markers(cast(*OUTPUTS), marks)[1]
    assert end_s == start_s > marker_s


def test_a_recording_that_no_step_began_in_has_none() -> None:
    assert spans() == []


@given(st.lists(st.tuples(st.floats(0, 10), st.integers(0, 40), st.booleans()), max_size=8))
def test_steps_follow_each_other_without_a_gap(given_marks: list[tuple[float, int, bool]]) -> None:
    ordered = sorted(given_marks, key=lambda mark: mark[:2])
    found = spans(*(Mark(at_s, after, "m", begins) for at_s, after, begins in ordered))
    assert len(found) == sum(begins for _, _, begins in ordered)
    assert all(before[1] == after[0] for before, after in pairwise(found))
    assert all(start_s <= end_s for start_s, end_s in found)
    assert not found or (found[0][0], found[-1][1]) == (0.0, 9.0)
