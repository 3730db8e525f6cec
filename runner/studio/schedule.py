"""Which item of the film plays at a frame, at which second of the recording, and what stands around it then.

Takes a cast and a timeline; pure. Used by reel (drawing) and audit (glyphs).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from runner.cast import Cast
from runner.studio.timeline import Card, Clip, CloseUp, Timeline

FPS = 30
_CLOSE = 1e-6  # seconds


class FilmError(Exception):
    """A film that cannot be made; the message is one line: what, where, what to do."""


@dataclass(frozen=True)
class Around:
    """What stands around the terminal: the caption's lines, the present step (-1: none yet), a ramp's label.

    `close_up`: the part of the terminal that is shown, None for all of it.
    """

    caption: tuple[str, ...] = ()
    step: int = -1
    label: str = ""
    close_up: CloseUp | None = None


class Schedule:
    """Frames 0 to `count` - 1. Raises FilmError for a timeline that does not fit the recording."""

    def __init__(self, cast: Cast, timeline: Timeline, fps: int = FPS) -> None:
        _check(cast, timeline)
        self._fps = fps
        self._items = list(timeline.starts())
        self._starts = [start for start, _ in self._items]
        steps = steps_of(timeline)
        self.steps = tuple(title for _, title in steps)
        self._step_starts = [start for start, _ in steps]
        self._captions = sorted(timeline.captions, key=lambda caption: caption.start_s)
        self._caption_starts = [caption.start_s for caption in self._captions]
        self.count = max(1, round(timeline.duration_s * fps))

    def card(self, number: int) -> Card | None:
        """The card shown at this frame, if it is one."""
        item = self._item(number)[1]
        return item if isinstance(item, Card) else None

    def clip(self, number: int) -> tuple[float, Around] | None:
        """(second of the recording, what stands around the terminal) at this frame, if no card is shown."""
        start, item = self._item(number)
        if isinstance(item, Card):
            return None
        now = number / self._fps
        time_s = min(item.start_s + (now - start) * item.speed, item.end_s)
        step = bisect_right(self._step_starts, now + _CLOSE) - 1
        return time_s, Around(self._caption(now), step, item.label, item.close_up)

    def frame_of(self, time_s: float) -> int:
        """The frame that is shown at this second of the film."""
        return min(self.count - 1, max(0, int(time_s * self._fps + _CLOSE)))

    def _item(self, number: int) -> tuple[float, Clip | Card]:
        return self._items[max(0, bisect_right(self._starts, number / self._fps + _CLOSE) - 1)]

    def _caption(self, now: float) -> tuple[str, ...]:
        at = bisect_right(self._caption_starts, now + _CLOSE) - 1
        if at < 0 or now >= self._captions[at].end_s - _CLOSE:
            return ()
        return self._captions[at].lines


def chapter_spans(timeline: Timeline) -> list[tuple[float, float, str]]:
    """(start, end, title) of every chapter, in seconds of the film."""
    starts = [chapter.start_s for chapter in timeline.chapters]
    return [
        (chapter.start_s, end, chapter.title)
        for chapter, end in zip(timeline.chapters, [*starts[1:], timeline.duration_s], strict=False)
    ]


def steps_of(timeline: Timeline) -> list[tuple[float, str]]:
    """(start, title) of the chapters from the first in which the terminal is seen."""
    begins = next((start for start, item in timeline.starts() if isinstance(item, Clip)), None)
    spans = chapter_spans(timeline)
    return [(start, title) for start, end, title in spans if begins is not None and end > begins + _CLOSE]


def _check(cast: Cast, timeline: Timeline) -> None:
    for number, item in enumerate(timeline.items, start=1):
        if not isinstance(item, Clip):
            continue
        if item.end_s <= item.start_s:
            raise FilmError(
                f"item {number} of the film plays {item.start_s:g} to {item.end_s:g} s, which is nothing; "
                "give a clip an end after its start"
            )
        if item.start_s > cast.duration_s + _CLOSE:
            raise FilmError(
                f"item {number} of the film plays from {item.start_s:g} s of a recording that ends at "
                f"{cast.duration_s:g} s; correct the clip or choose another recording"
            )
