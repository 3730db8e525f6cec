"""One scene of a film at a given speed: clips, standstills and when its captions stand. Pure arithmetic.

Takes a `Shot` (a scene found in a take) and a ramp; gives a `Laid` of the timeline's clips. Used by the editor.
Seconds named `_s` are of the recording unless they say film.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from runner.studio.captions import broken, reading_s
from runner.studio.moments import STILL_S, TakeTimes
from runner.studio.timeline import Caption, Clip, CloseUp

# What a person can read off: whole numbers, and halves while they are small.
SPEEDS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 16.0, 20.0, 24.0, 32.0)
NOT_WORTH_A_RAMP_S = 2.0  # a label that flashes up says nothing
TOLD_S = 4.0  # a wait cut by more than this says so on the screen
WAIT_LABEL = "時間短縮"
FAST_LABEL = "早送り"  # a wait cut by less, in a scene that is not ramped
OR_MORE = "～"  # behind a ramp's speed: short waits within it go faster still
FAST = 1.05  # a higher speed is told on the screen


@dataclass(frozen=True)
class Window:
    """To be read: from start to end at the recorded speed, then still (until `still_s`) for `hold_s` of film."""

    start_s: float
    end_s: float
    still_s: float
    hold_s: float


@dataclass(frozen=True)
class Shot:
    """A scene found in a take. The picture stands still from `still_s` to `end_s`."""

    start_s: float
    still_s: float
    end_s: float
    max_ramp: float
    windows: tuple[Window, ...]  # ascending, apart
    waits: tuple[tuple[float, float], ...]  # nothing but spinners moves
    captions: tuple[tuple[float, str], ...]  # (from when, text), ascending
    idle_s: float
    chapter: str | None = None
    close_ups: tuple[
        tuple[float, float, CloseUp | None], ...
    ] = ()  # (from, to, which): ascending, apart, within the windows

    @property
    def ramps(self) -> tuple[float, ...]:
        """The speeds that this scene may have, from the slowest."""
        return tuple(speed for speed in SPEEDS if speed <= self.max_ramp)


@dataclass(frozen=True)
class Laid:
    """A scene in the film: its clips, and its captions in seconds of film from the scene's begin."""

    clips: tuple[Clip, ...]
    captions: tuple[Caption, ...]
    waited_s: float  # seconds of film that limiting idle times has saved, before any ramp
    held_s: float  # seconds of film that stand still beyond what was recorded

    @property
    def duration_s(self) -> float:
        return sum(clip.duration_s for clip in self.clips)


def standstill(times: TakeTimes, time_s: float) -> tuple[float, float]:
    """A short span around an instant in which the picture does not change: after it, or before the take's end."""
    after = times.still_after(time_s)
    if after > 0:
        return time_s, min(time_s + after, times.duration_s)
    earlier = max((event for event in times.events if event < time_s), default=0.0)
    return time_s - min(STILL_S, (time_s - earlier) / 2), time_s


def windows(spans: list[tuple[float, float, float]], times: TakeTimes, last_s: float) -> tuple[Window, ...]:
    """(from when, seconds to be read, gone when) as windows that end at `last_s` at the latest; the rest is held.

    Spans that run into each other become one window that holds both their seconds.
    """
    merged: list[tuple[float, float, float]] = []  # start, end, seconds asked for
    for start, seconds, gone in sorted(spans):
        end = min(start + seconds, _just_before(times, gone, start), last_s)
        if merged and start <= merged[-1][1]:
            before = merged.pop()
            merged.append((before[0], max(before[1], end), before[2] + seconds))
        else:
            merged.append((start, end, seconds))
    found = []
    for start, end, seconds in merged:
        missing = seconds - (end - start)
        still = min(end + times.still_after(end), last_s)
        found.append(Window(start, end, still, missing if missing > 1e-9 else 0.0))
    return tuple(found)


def _just_before(times: TakeTimes, time_s: float, start_s: float) -> float:
    """An instant at which the picture is still the one before `time_s`."""
    earlier = max((event for event in times.events if start_s <= event < time_s), default=start_s)
    return time_s - min(STILL_S, (time_s - earlier) / 2)


def waits(times: TakeTimes, start_s: float, end_s: float, idle_s: float) -> tuple[tuple[float, float], ...]:
    """Spans in which the screen says nothing new for longer than `idle_s`."""
    changes = [start_s, *(t for t in times.changes if start_s < t < end_s), end_s]
    return tuple((a, b) for a, b in pairwise(changes) if b - a > idle_s)


def lay(shot: Shot, ramp: float, reading_speed: float) -> Laid:
    """The scene with its free parts at `ramp`; captions stand as long as `reading_speed` asks for."""
    clips: list[Clip] = []
    saved = held = 0.0
    now = shot.start_s
    for window in shot.windows:
        saved += _free(clips, shot, now, window.start_s, ramp)
        now = window.end_s
        _read(clips, shot, window)
        if window.hold_s and window.end_s < shot.still_s:
            speed = (window.still_s - window.end_s) / window.hold_s
            _add(clips, window.end_s, window.still_s, speed, close_up=_shown(shot, window.end_s))
            held += window.hold_s
            now = window.still_s
    saved += _free(clips, shot, now, shot.still_s, ramp)
    final = sum(window.hold_s for window in shot.windows if window.end_s >= shot.still_s)
    body = sum(clip.duration_s for clip in clips)
    still = shot.end_s - shot.still_s
    captions, needed = _captions(shot, clips, body + still + final, reading_speed)
    final += max(0.0, needed - (body + still + final))
    _add(clips, shot.still_s, shot.end_s, still / (still + final), close_up=_shown(shot, shot.still_s))
    return Laid(tuple(clips), captions, saved, held + final)


def film_time(clips: list[Clip], time_s: float) -> float:
    """Seconds of film from the first clip's begin to an instant of the recording."""
    passed = 0.0
    for clip in clips:
        if time_s < clip.end_s:
            return passed + max(0.0, time_s - clip.start_s) / clip.speed
        passed += clip.duration_s
    return passed


def _free(clips: list[Clip], shot: Shot, start: float, end: float, ramp: float) -> float:
    """Add what need not be read, waits shortened; gives the seconds saved by that."""
    if end - start < NOT_WORTH_A_RAMP_S:
        ramp = 1.0
    within = [(max(first, start), min(last, end)) for first, last in shot.waits]
    within = [(first, last) for first, last in within if last - first > shot.idle_s]
    faster = any(last - first - shot.idle_s <= TOLD_S for first, last in within)
    label = f"×{ramp:g}{OR_MORE if faster else ''}" if ramp > 1 else ""
    saved, now = 0.0, start
    for first, last in within:
        _add(clips, now, first, ramp, label)
        cut = last - first - shot.idle_s
        speed = ramp * (last - first) / shot.idle_s
        told = WAIT_LABEL if cut > TOLD_S else label or (FAST_LABEL if speed > FAST else "")
        _add(clips, first, last, speed, told)
        saved, now = saved + cut, last
    _add(clips, now, end, ramp, label)
    return saved


def _read(clips: list[Clip], shot: Shot, window: Window) -> None:
    """Add a window as recorded, cut where a close-up begins or ends."""
    edges = {edge for first, last, _ in shot.close_ups for edge in (first, last)}
    within = sorted(edge for edge in edges if window.start_s < edge < window.end_s)
    for start, end in pairwise((window.start_s, *within, window.end_s)):
        _add(clips, start, end, 1.0, close_up=_shown(shot, start))


def _shown(shot: Shot, time_s: float) -> CloseUp | None:
    """The close-up of an instant; one that has just ended stands on where the picture stands still."""
    return next((shown for first, last, shown in reversed(shot.close_ups) if first <= time_s <= last), None)


def _add(
    clips: list[Clip],
    start: float,
    end: float,
    speed: float,
    label: str = "",
    close_up: CloseUp | None = None,
) -> None:
    if end > start:
        clips.append(Clip(start_s=start, end_s=end, speed=speed, label=label, close_up=close_up))


def _captions(
    shot: Shot, clips: list[Clip], length: float, reading_speed: float
) -> tuple[tuple[Caption, ...], float]:
    """(captions, seconds of film that they need): each begins at its moment, later if the one before is being read."""
    starts: list[float] = []
    free_from = 0.0
    for at, text in shot.captions:
        starts.append(max(film_time(clips, at) if starts or at > shot.start_s else 0.0, free_from))
        free_from = starts[-1] + reading_s(text, reading_speed)
    ends = [*starts[1:], max(length, free_from)]
    captions = tuple(
        Caption(start_s=start, end_s=end, lines=broken(text))
        for start, end, (_, text) in zip(starts, ends, shot.captions, strict=False)
    )
    return captions, free_from
