"""Finds a story's scenes in a take: from when to when, what is said when, what must be read. Pure.

`found_shots` gives a `Shot` for each scene and notes (Japanese) on what did not come up. Used by the editor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from runner.cast import Cast
from runner.studio.captions import READING_LIMIT, broken
from runner.studio.close_up import passage
from runner.studio.facts import Facts, fill
from runner.studio.moments import STILL_S, TakeTimes
from runner.studio.pace import Shot, standstill, waits, windows
from runner.studio.replay import Replay
from runner.studio.storyboard import LookAt, Moment, MustRead, Story, StoryScene
from runner.studio.timeline import CloseUp

JUST_BEFORE_S = 0.5  # what came to the screen so shortly before a moment is still new
LONGEST_S = 60.0  # no longer is a passage looked for
_CLOSE = 1e-6  # seconds


class EditError(Exception):
    """The story cannot be told from this take within this budget; one line: what, where, what to do."""


def screen_texts(story: Story) -> set[str]:
    """The texts that the story waits for on the screen."""
    found = [moment for scene in story.scenes for moment in (scene.start, scene.end)]
    found += [caption.at for scene in story.scenes for caption in scene.captions]
    found += [
        moment
        for scene in story.scenes
        for span in (*scene.must_read, *scene.look_at)
        for moment in (span.at, span.until)
    ]
    return {moment.screen for moment in found if moment is not None and moment.screen is not None}


@dataclass(frozen=True)
class _Take:
    """What is the same for all scenes of a film; `notes` grow."""

    played: TakeTimes
    replay: Replay
    facts: Facts
    notes: list[str]


def found_shots(story: Story, cast: Cast, played: TakeTimes, facts: Facts) -> tuple[list[Shot], list[str]]:
    """(the story's scenes as spans of this take, notes on what did not come up in it). Raises EditError."""
    shots: list[Shot] = []
    take = _Take(played, Replay(cast), facts, [])
    now = 0.0
    for number, scene in enumerate(story.scenes):
        name = f"story.scenes.{number}" + (f" 「{scene.chapter}」" if scene.chapter else "")
        start = now if scene.start is None else _instant(scene.start, played, now, name, "from")
        end = played.duration_s if scene.end is None else _instant(scene.end, played, start, name, "to")
        still, stop = standstill(played, end)
        if still <= start:
            raise EditError(f"{name}: ends at {end:.1f} s, where it begins; correct `from` or `to`")
        shots.append(_shot(scene, name, take, story.idle_s, (start, still, stop)))
        now = stop
    return shots, take.notes


@dataclass(frozen=True)
class _Span:
    """To be shown from `start_s` for `seconds`, at most until `gone_s`, and the close-ups of it by their begin."""

    start_s: float
    seconds: float
    gone_s: float
    close_ups: tuple[tuple[float, CloseUp], ...] = ()

    @property
    def end_s(self) -> float:
        return min(self.start_s + self.seconds, self.gone_s)


def _shot(scene: StoryScene, name: str, take: _Take, idle_s: float, span: tuple[float, float, float]) -> Shot:
    start, still, stop = span
    captions: list[tuple[float, str]] = []
    for caption in scene.captions:
        text = fill(caption.text, take.facts.values)
        broken(text)  # a caption that does not fit is refused, also when its moment is not in this take
        at = start if caption.at is None else _within(caption.at, take.played, start, stop)
        if at is None:
            take.notes.append(f"字幕「{text}」は、対応する画面（{caption.at}）がないため省略")
        else:
            captions.append((at, text))
    found = [_span(asked, name, take, span) for asked in (*scene.must_read, *scene.look_at)]
    spans = sorted((each for each in found if each is not None), key=lambda each: each.start_s)
    return Shot(
        start_s=start,
        still_s=still,
        end_s=stop,
        max_ramp=scene.max_ramp,
        windows=windows([(each.start_s, each.seconds, each.gone_s) for each in spans], take.played, still),
        waits=waits(take.played, start, still, idle_s),
        captions=tuple(sorted(captions, key=lambda caption: caption[0])),
        idle_s=idle_s,
        close_ups=_close_ups(spans, take.notes),
        chapter=None if scene.chapter is None else fill(scene.chapter, take.facts.values),
    )


def _span(asked: LookAt, name: str, take: _Take, scene: tuple[float, float, float]) -> _Span | None:
    """When it is to be seen in a scene of (begin, standstill, end); None, and a note, when it is not in it."""
    start, still, stop = scene
    played = take.played
    at = _within(asked.at, played, start, stop)
    if at is None:
        take.notes.append(f"読ませる画面（{asked.at}）が記録にないため省略")
        return None
    until = None if asked.until is None else _within(asked.until, played, at + STILL_S, stop)
    gone = stop if until is None else until
    if not isinstance(asked, MustRead):
        return _Span(min(at, still), asked.seconds, gone)
    if asked.read is None:
        new = played.new_text(at - JUST_BEFORE_S, min(at + asked.seconds, gone - _CLOSE))
        if new > asked.seconds * READING_LIMIT:
            raise EditError(
                f"{name}: `must_read` at {asked.at}: {new:.0f} characters are new on the screen, {asked.seconds:g} s "
                f"are enough for {asked.seconds * READING_LIMIT:.0f}; name in `read` the rows that matter, or make it "
                "a `look_at`"
            )
        return _Span(min(at, still), asked.seconds, gone)
    read = asked.read
    last = min(gone, at + LONGEST_S)
    found = passage(take.replay, played.events, read, at, asked.seconds, last)
    if found is None:
        take.notes.append(f"読ませる行「{read.text}」が画面（{asked.at}）にないため省略")
        return None
    seconds = max(asked.seconds, round(found.width / READING_LIMIT, 3))
    begin = min(found.start_s, still)
    close_ups = tuple((min(since, still), shown) for since, shown in found.close_ups)
    return _Span(begin, seconds, gone if found.gone_s >= last else found.gone_s, close_ups)


def _close_ups(spans: Sequence[_Span], notes: list[str]) -> tuple[tuple[float, float, CloseUp], ...]:
    """(from, to, which) of every close-up; none of spans that run into each other: both stand on one picture."""
    alone = [True] * len(spans)
    for number, (one, other) in enumerate(pairwise(spans)):
        if other.start_s <= one.end_s:
            alone[number] = alone[number + 1] = False
    if any(span.close_ups and not apart for span, apart in zip(spans, alone, strict=True)):
        notes.append("読ませる行が重なって出るため、拡大せずに表示")
    found = []
    for span, apart in zip(spans, alone, strict=True):
        ends = [*(since for since, _ in span.close_ups[1:]), span.end_s]
        for (since, shown), end in zip(span.close_ups, ends, strict=False):
            if apart and since < span.end_s + _CLOSE:
                found.append((since, min(end, span.end_s), shown))
    return tuple(found)


def _times(moment: Moment, played: TakeTimes) -> list[float]:
    """Every time at which the moment comes, in order."""
    if moment.marker is not None:
        times = [time for time, label in played.markers if label == moment.marker]
    else:
        times = list(played.appearances.get(moment.screen or "", ()))
    return [max(0.0, time + moment.after_s) for time in times]


def _within(moment: Moment, played: TakeTimes, start: float, stop: float) -> float | None:
    """When the moment comes in a scene. Its first instant may stand in the blink with which the last scene ended."""
    times = (max(time, start) for time in _times(moment, played) if start - STILL_S <= time <= stop)
    return next(times, None)


def _instant(moment: Moment, played: TakeTimes, not_before: float, scene: str, field: str) -> float:
    times = _times(moment, played)
    found = next((max(time, not_before) for time in times if time >= not_before - STILL_S), None)
    if found is not None and found <= played.duration_s:
        return found
    if times:
        raise EditError(
            f"{scene}: `{field}`: {moment} comes at {times[-1]:.1f} s of the take, not between {not_before:.1f} s and "
            f"its end at {played.duration_s:.1f} s; put the scenes in the order of the take"
        )
    known = "、".join(f"「{label}」" for _, label in played.markers)
    raise EditError(f"{scene}: `{field}`: the take has no {moment}; its markers: {known}")
