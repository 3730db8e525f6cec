"""Edits of a recording: pure functions from `Cast` to `Cast`, in absolute seconds.

Where something is left out, the terminal is reset and brought to the state it had there, so that the screen after
any edit is the screen of the original at that instant. Used by the command line and by the film's page.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from runner.cast import (
    MARKER,
    OUTPUT,
    RESIZE,
    TIME_DIGITS,
    Cast,
    CastError,
    Event,
    Header,
    add_markers,
    size_of,
)
from runner.studio.card_screen import card_screen
from runner.studio.replay import Replay
from runner.studio.timeline import Card, Clip, Timeline
from runner.terminal import Terminal
from runner.terminal_dump import RESET, dump


def seam(terminal: Terminal) -> str:
    """What brings a terminal of the same size, whatever it showed, to the state of this one."""
    return RESET + dump(terminal.state())


def keep(cast: Cast, start_s: float, end_s: float) -> Cast:
    """What happened from `start_s` until before `end_s`; at or behind the end of the cast all that follows.

    It lasts `end_s - start_s` seconds (less when the cast ends before) and begins with the screen as it stood.
    Raises CastError for a span that is empty, backward or behind the end.
    """
    return _kept(cast, Replay(cast), start_s, end_s)


def _kept(cast: Cast, replay: Replay, start_s: float, end_s: float) -> Cast:
    _check_span(cast, start_s, end_s)
    end_s = min(end_s, cast.duration_s)
    opening: list[Event] = []
    header = cast.header
    if start_s > 0:
        terminal = replay.before(start_s)
        columns, rows = terminal.size
        header = header.model_copy(update={"width": columns, "height": rows})
        opening = [Event(0.0, OUTPUT, seam(terminal))]
    inner = (_moved(event, event.time_s - start_s) for event in _within(cast, start_s, end_s))
    return replace(
        cast, header=header, events=tuple(_lasting([*opening, *inner], end_s - start_s)), truncated=None
    )


def cut(cast: Cast, start_s: float, end_s: float) -> Cast:
    """The cast without what happened from `start_s` until before `end_s`. Raises CastError as `keep`."""
    _check_span(cast, start_s, end_s)
    before = [keep(cast, 0.0, start_s)] if start_s > 0 else []
    after = [keep(cast, end_s, cast.duration_s)] if end_s < cast.duration_s else []
    if not before and not after:
        raise CastError(f"cutting {start_s:g} s to {end_s:g} s leaves nothing of {cast.duration_s:g} s")
    return concat([*before, *after])


def concat(casts: Sequence[Cast]) -> Cast:
    """One after the other under the first one's header; every one begins with a terminal that has been reset."""
    if not casts:
        raise CastError("no recording to join was given")
    events: list[Event] = list(casts[0].events)
    size = _last_size(casts[0])
    now_s = casts[0].duration_s
    for cast in casts[1:]:
        if cast.size != size:
            events.append(Event(now_s, RESIZE, "{}x{}".format(*cast.size)))
        if not (cast.events and cast.events[0].kind == OUTPUT and cast.events[0].data.startswith(RESET)):
            events.append(Event(now_s, OUTPUT, RESET))
        events += [_moved(event, now_s + event.time_s) for event in cast.events]
        size = _last_size(cast)
        now_s = events[-1].time_s
    return replace(casts[0], events=tuple(events), truncated=None)


def limit_idle(cast: Cast, limit_s: float) -> Cast:
    """No pause longer than `limit_s`; markers in a shortened pause stay in it."""
    if not (math.isfinite(limit_s) and limit_s >= 0):
        raise CastError(f"an idle limit of {limit_s} s is not possible; give 0 or more")
    events: list[Event] = []
    active_s = 0.0  # of the original
    now_s = 0.0  # the same instant of the result
    for event in cast.events:
        time_s = now_s + min(event.time_s - active_s, limit_s)
        events.append(_moved(event, time_s))
        if event.kind != MARKER:
            active_s, now_s = event.time_s, time_s
    header = cast.header.model_copy(update={"idle_time_limit": None})
    return replace(cast, header=header, events=tuple(events))


def retime(cast: Cast, anchors: Sequence[tuple[float, float]]) -> Cast:
    """Each (second of the cast, second of the result), even speed between them, as recorded behind the last.

    Before the first the cast is fitted from 0. Raises CastError when the anchors run backward.
    """
    points = [(0.0, 0.0), *anchors]
    for before, after in pairwise(points):
        if not (after[0] >= before[0] and after[1] >= before[1] and all(map(math.isfinite, after))):
            raise CastError(f"times must run forward: {before[0]:g} s to {before[1]:g} s, then {after}")
    events: list[Event] = []
    reached = 0
    for event in cast.events:
        while reached + 1 < len(points) and points[reached + 1][0] <= event.time_s:
            reached += 1
        source_s, result_s = points[reached]
        speed = 1.0
        if reached + 1 < len(points):
            following = points[reached + 1]
            speed = (following[1] - result_s) / (following[0] - source_s)
        events.append(_moved(event, result_s + (event.time_s - source_s) * speed))
    return replace(cast, events=tuple(events))


def edited(cast: Cast, timeline: Timeline) -> Cast:
    """The film as one recording (asciicast v2): clips at their speed, cards as screens of text, chapters as markers.

    Second by second it shows what the film shows of the terminal. The recording's own markers and keys are left out.
    Raises CastError for a clip that the recording does not have.
    """
    replay = Replay(cast)
    parts: list[Cast] = []
    size = cast.size
    for items in _without_seam(timeline):
        first = items[0]
        if isinstance(first, Card):
            screen = Event(0.0, OUTPUT, RESET + card_screen(first, timeline.badge, size))
            part = Cast(Header(version=2, width=size[0], height=size[1]), (screen,))
        else:
            part = _sped(cast, replay, [item for item in items if isinstance(item, Clip)])
        length_s = sum(item.duration_s for item in items)
        parts.append(replace(part, events=tuple(_lasting(list(part.events), length_s))))
        size = _last_size(part)
    film = concat(parts)
    nothing = {"idle_time_limit": None, "command": None, "env": None, "term": None}
    size_first = {"width": film.header.width, "height": film.header.height}
    header = cast.header.model_copy(update={"version": 2, "title": timeline.title, **nothing, **size_first})
    return add_markers(
        replace(film, header=header), [(chapter.start_s, chapter.title) for chapter in timeline.chapters]
    )


def _without_seam(timeline: Timeline) -> Iterator[list[Clip | Card]]:
    """The items of the film: clips that go on where the one before ends together, cards alone."""
    run: list[Clip | Card] = []
    for item in timeline.items:
        last = run[-1] if run else None
        if not (isinstance(last, Clip) and isinstance(item, Clip) and last.end_s == item.start_s):
            yield from [run] if run else []
            run = []
        run.append(item)
    yield run


def _sped(cast: Cast, replay: Replay, clips: Sequence[Clip]) -> Cast:
    """Clips that follow one another in the recording, each at its speed; output and sizes only."""
    for clip in clips:
        _check_span(cast, clip.start_s, clip.end_s)
    start_s = clips[0].start_s
    part = _kept(cast, replay, start_s, clips[-1].end_s)
    shown = replace(part, events=tuple(event for event in part.events if event.kind in (OUTPUT, RESIZE)))
    passed = accumulate(clip.duration_s for clip in clips)
    return retime(shown, [(clip.end_s - start_s, to_s) for clip, to_s in zip(clips, passed, strict=True)])


def _within(cast: Cast, start_s: float, end_s: float) -> Iterator[Event]:
    whole = end_s >= cast.duration_s
    return (e for e in cast.events if start_s <= e.time_s and (e.time_s < end_s or whole))


def _moved(event: Event, time_s: float) -> Event:
    return replace(event, time_s=round(time_s, TIME_DIGITS))


def _lasting(events: list[Event], duration_s: float) -> Iterator[Event]:
    """The events, and one of no text at the end where they do not last long enough."""
    yield from events
    end_s = round(duration_s, TIME_DIGITS)
    if not events or events[-1].time_s < end_s:
        yield Event(end_s, OUTPUT, "")


def _last_size(cast: Cast) -> tuple[int, int]:
    return next((size_of(event) for event in reversed(cast.events) if event.kind == RESIZE), cast.size)


def _check_span(cast: Cast, start_s: float, end_s: float) -> None:
    if math.isfinite(start_s) and start_s > cast.duration_s:
        raise CastError(f"the span begins at {start_s:g} s, but the recording ends at {cast.duration_s:g} s")
    if not (math.isfinite(start_s) and not math.isnan(end_s) and 0 <= start_s < end_s):
        raise CastError(
            f"the span {start_s} s to {end_s} s is not one; give a start of 0 or more and a later end"
        )
