"""Edits of a recording: whatever is left out, the screen at any instant is the original's; times add up."""

from __future__ import annotations

import math
import tracemalloc
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from runner.cast import MARKER, Cast, CastError, Event, Header, format_cast, parse_cast, read_cast
from runner.studio.editing import concat, cut, edited, keep, limit_idle, retime
from runner.studio.replay import Replay, screen_at
from runner.studio.timeline import Card, Chapter, Clip, Timeline
from runner.terminal import Terminal
from tests.runner.streams import casts

CURATED = Path(__file__).resolve().parents[3] / "recordings" / "pkg_batch" / "curated" / "session.cast"
shares = st.floats(0, 1, allow_nan=False)
few = settings(max_examples=25, deadline=None, derandomize=True)


def cast(*events: tuple[float, str, str], version: int = 2) -> Cast:
    header = Header.model_validate({"version": version, "width": 20, "height": 4, "env": {"HOME": "/home/x"}})
    return Cast(header, tuple(Event(*event) for event in events))


SHORT = cast(
    (0.0, "o", "one"),
    (1.0, "m", "first"),
    (2.0, "o", "\r\ntwo"),
    (3.0, "m", "second"),
    (4.0, "o", "\r\nthree"),
)


def shown(terminal: Terminal) -> tuple[object, ...]:
    """What a person sees, as cells, and the cursor."""
    return terminal.cells(), terminal.size, terminal.cursor if terminal.cursor_visible else None


def span(whole: Cast, share: float, other: float) -> tuple[float, float]:
    start_s, end_s = sorted(round(whole.duration_s * s, 6) for s in (share, other))
    assume(start_s < end_s)
    return start_s, end_s


def instants(whole: Cast) -> list[float]:
    return sorted({event.time_s for event in whole.events})


@few
@given(casts(), shares, shares)
def test_a_kept_part_shows_what_the_recording_shows(whole: Cast, share: float, other: float) -> None:
    start_s, end_s = span(whole, share, other)
    part = keep(whole, start_s, end_s)
    assert part.duration_s == pytest.approx(end_s - start_s, abs=2e-6)
    source, result = Replay(whole), Replay(part)
    for time_s in [start_s, *(t for t in instants(whole) if start_s <= t < end_s)]:
        assert shown(result.at(time_s - start_s + 1e-6)) == shown(source.at(time_s + 1e-6))


@few
@given(casts(), shares, shares)
def test_a_recording_without_a_part_shows_the_rest_as_it_was(whole: Cast, share: float, other: float) -> None:
    start_s, end_s = span(whole, share, other)
    assume((start_s, end_s) != (0.0, whole.duration_s))
    rest = cut(whole, start_s, end_s)
    assert rest.duration_s == pytest.approx(whole.duration_s - (end_s - start_s), abs=3e-6)
    source, result = Replay(whole), Replay(rest)
    for time_s in instants(whole):
        if time_s < start_s:
            assert shown(result.at(time_s)) == shown(source.at(time_s))
        elif time_s > end_s:
            moved_s = time_s - (end_s - start_s) + 2e-6
            assert shown(result.at(moved_s)) == shown(source.at(time_s + 2e-6))


@few
@given(casts(), st.lists(shares, min_size=1, max_size=4))
def test_the_parts_one_after_the_other_are_the_whole(whole: Cast, at: list[float]) -> None:
    seams = sorted({0.0, whole.duration_s, *(round(whole.duration_s * share, 6) for share in at)})
    assume(len(seams) > 1)
    parts = [keep(whole, a, b) for a, b in pairwise(seams)]
    joined = concat(parts)
    assert joined.duration_s == pytest.approx(sum(part.duration_s for part in parts), abs=1e-5)
    assert joined.duration_s == pytest.approx(whole.duration_s, abs=1e-5)
    assert [label for _, label in joined.markers] == [label for _, label in whole.markers]
    assert [time_s for time_s, _ in joined.markers] == pytest.approx(
        [time_s for time_s, _ in whole.markers], abs=1e-5
    )
    source, result = Replay(whole), Replay(joined)
    for time_s in instants(whole):
        assert shown(result.at(time_s + 1e-5)) == shown(source.at(time_s + 1e-5))


@few
@given(casts(), st.floats(0.1, 3))
def test_an_idle_limit_changes_nothing_but_times(whole: Cast, limit_s: float) -> None:
    limited = limit_idle(whole, limit_s)
    assert [(e.kind, e.data) for e in limited.events] == [(e.kind, e.data) for e in whole.events]
    times = [0.0, *(event.time_s for event in limited.events)]
    assert all(0 <= b - a <= limit_s + 1e-5 for a, b in pairwise(times))
    assert limit_idle(limited, limit_s + 1e-5) == replace(limited, header=limited.header)
    assert limit_idle(whole, whole.duration_s + 1).events == whole.events


@few
@given(casts(), st.sampled_from((2, 3)), shares, shares)
def test_an_edited_recording_is_read_as_it_was_written(
    whole: Cast, version: int, share: float, other: float
) -> None:
    header = whole.header.model_copy(update={"version": version})
    part = keep(replace(whole, header=header), *span(whole, share, other))
    assert parse_cast(format_cast(part).encode(), "a.cast") == part


@few
@given(casts(), st.lists(st.tuples(shares, shares, st.sampled_from((0.5, 1.0, 4.0))), min_size=1, max_size=4))
def test_the_film_shows_at_every_second_what_its_clip_shows(
    whole: Cast, at: list[tuple[float, float, float]]
) -> None:
    clips = []
    for share, other, speed in at:
        start_s, end_s = span(whole, share, other)
        clips.append(Clip(start_s=start_s, end_s=end_s, speed=speed))
    card = Card(kind="title", heading="子会社90社", lines=("集計",), duration_s=2.0)
    timeline = Timeline(title="t", badge="リハーサル", items=(card, *clips, clips[0]))
    film = edited(whole, timeline)
    assert film.duration_s == pytest.approx(timeline.duration_s, abs=1e-5)
    source = Replay(whole)
    for at_s, item in timeline.starts():
        if isinstance(item, Card):
            assert "子会社90社" in screen_at(film, at_s + 1).text()
            continue
        middle_s = item.start_s + (item.end_s - item.start_s) * 0.4321
        expected = shown(source.at(middle_s))
        if not any(abs(event.time_s - middle_s) < 1e-4 for event in whole.events):
            assert shown(screen_at(film, at_s + (middle_s - item.start_s) / item.speed)) == expected


def test_the_curated_recording_is_right_behind_a_cut() -> None:
    whole = read_cast(CURATED)
    start_s, end_s = (round(whole.duration_s * share, 3) for share in (0.15, 0.5))
    rest = cut(whole, start_s, end_s)
    assert rest.duration_s == pytest.approx(whole.duration_s - (end_s - start_s))
    for time_s in (
        *(pause_after(whole, whole.duration_s * share) for share in (0.5, 0.6, 0.8)),
        whole.duration_s + 1,
    ):
        assert screen_at(rest, time_s - end_s + start_s).state() == screen_at(whole, time_s).state()


def pause_after(cast: Cast, time_s: float) -> float:
    """The middle of the first millisecond or more behind `time_s` in which nothing is written: no rounding matters."""
    times = [event.time_s for event in cast.events if event.time_s > time_s]
    return next((a + b) / 2 for a, b in pairwise(times) if b - a > 0.001)


def test_half_an_hour_is_edited_without_growing_memory() -> None:
    short = read_cast(CURATED)
    long = concat([short] * math.ceil(1801 / short.duration_s))
    assert long.duration_s > 1800
    clips = tuple(Clip(start_s=start_s, end_s=start_s + 20, speed=4) for start_s in range(0, 1800, 40))
    tracemalloc.start()
    try:
        film = edited(long, Timeline(title="t", badge="b", items=clips))
        rest = cut(long, 300, 1500)
        limited = limit_idle(rest, 1.0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert film.duration_s == pytest.approx(225)
    assert rest.duration_s == pytest.approx(long.duration_s - 1200)
    times = [0.0, *(event.time_s for event in rest.events if event.kind != MARKER)]
    pauses = [after - before for before, after in pairwise(times)]
    assert limited.duration_s == pytest.approx(sum(min(pause, 1.0) for pause in pauses), abs=1e-2)
    written = sum(len(event.data.encode()) for event in long.events)
    assert peak < 10 * written, "lists of events and a few screens; a list of screens would be far more"


def test_markers_keep_their_place() -> None:
    assert keep(SHORT, 0.5, 3.5).markers == [(0.5, "first"), (2.5, "second")]
    assert cut(SHORT, 0.5, 1.5).markers == [(2.0, "second")]
    assert concat([SHORT, SHORT]).markers[2:] == [(5.0, "first"), (7.0, "second")]
    assert limit_idle(SHORT, 0.5).markers == [(0.5, "first"), (1.0, "second")]
    assert retime(SHORT, [(1.0, 3.0), (3.0, 4.0)]).markers == [(3.0, "first"), (4.0, "second")]


def test_a_marker_in_a_shortened_pause_stays_within_it() -> None:
    paused = cast((1.0, "o", "a"), (1.2, "m", "early"), (9.0, "m", "late"), (10.0, "o", "b"))
    assert limit_idle(paused, 1.0).markers == [(1.2, "early"), (2.0, "late")]
    assert limit_idle(paused, 1.0).duration_s == 2.0


def test_a_part_begins_in_the_size_it_had() -> None:
    resized = cast((0.0, "o", "連結決算"), (1.0, "r", "8x2"), (2.0, "o", "!"))
    part = keep(resized, 1.5, 2.0)
    assert part.size == (8, 2)
    joined = concat([part, keep(resized, 0.0, 1.0)])
    assert (1.5 - 1.0, "r", "20x4") in [(e.time_s, e.kind, e.data) for e in joined.events]


def test_recordings_that_begin_anywhere_can_be_joined() -> None:
    joined = concat([cast((0.0, "o", "\x1b[31mred\x1b]2;unfinished")), cast((1.0, "o", "plain"))])
    terminal = screen_at(joined, 2.0)
    assert terminal.text() == "plain"
    assert terminal.cells()[0][0].fg is None


def test_the_film_has_its_chapters_as_markers_and_tells_nothing_of_the_machine() -> None:
    timeline = Timeline(
        title="連結PKGの集計", badge="リハーサル",
        items=(Clip(start_s=0, end_s=2, speed=4), Clip(start_s=2, end_s=4),
               Card(kind="closing", heading="判定：合格", lines=("台本による操作見本です。",), duration_s=3)),
        chapters=(Chapter(start_s=0.0, title="指示"), Chapter(start_s=2.5, title="判定")),
    )  # fmt: skip
    film = edited(cast(*((e.time_s, e.kind, e.data) for e in SHORT.events), version=3), timeline)
    assert film.markers == [(0.0, "指示"), (2.5, "判定")]
    assert film.duration_s == timeline.duration_s == 5.5
    assert (film.header.version, film.header.title, film.header.env) == (2, "連結PKGの集計", None)
    closing = screen_at(film, 4.0).rows()
    assert closing[0].endswith("リハーサル")
    assert "判定：合格" in "".join(closing)
    assert not screen_at(film, 4.0).cursor_visible


def test_clips_that_follow_each_other_have_no_seam() -> None:
    together = Timeline(
        title="t", badge="b", items=(Clip(start_s=0, end_s=2), Clip(start_s=2, end_s=4, speed=2))
    )
    apart = Timeline(
        title="t", badge="b", items=(Clip(start_s=0, end_s=2), Clip(start_s=2.5, end_s=4, speed=2))
    )
    assert not any("\x1bc" in event.data for event in edited(SHORT, together).events)
    assert sum("\x1bc" in event.data for event in edited(SHORT, apart).events) == 1


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        pytest.param(lambda: keep(SHORT, 2, 2), "the span 2 s to 2 s is not one", id="empty"),
        pytest.param(lambda: keep(SHORT, 3, 2), "the span 3 s to 2 s is not one", id="backward"),
        pytest.param(lambda: keep(SHORT, -1, 2), "a start of 0 or more", id="before the start"),
        pytest.param(
            lambda: keep(SHORT, 9, 12), "begins at 9 s, but the recording ends at 4 s", id="behind the end"
        ),
        pytest.param(lambda: cut(SHORT, 0, 4), "leaves nothing of 4 s", id="all"),
        pytest.param(lambda: concat([]), "no recording to join", id="nothing"),
        pytest.param(lambda: limit_idle(SHORT, -1), "an idle limit of -1 s", id="limit"),
        pytest.param(lambda: retime(SHORT, [(2, 2), (1, 3)]), "times must run forward", id="anchors"),
    ],
)
def test_an_edit_that_is_not_possible_is_refused(edit: object, message: str) -> None:
    with pytest.raises(CastError, match=message):
        edit()  # type: ignore[operator]
