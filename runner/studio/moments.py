"""What happens when in a recording: when the screen really changed, when a text came to it.

Replays a cast once through the emulated terminal; gives a `TakeTimes` of plain times. Used by the editor, so that
the plan itself needs no terminal. Spinners, counters and blinking bullets are no change.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from runner.cast import OUTPUT, RESIZE, Cast
from runner.studio.captions import units
from runner.studio.replay import feed
from runner.terminal import Terminal

STILL_S = 0.04  # the most of the recording that a standstill is taken from
_SPINNER_ROW = re.compile(r"^\s*[✻✶✳✢✽✺·*◐◓◑◒⠀-⣿]\s.*[…(]")  # "* a list's row" is none
_BULLET = re.compile(r"^(\s*)[●○⏺•](?=\s)")  # it blinks; the blanks before it are the text's own
_BLANKS = re.compile(r"[\s\u2500-\u257f]+")


@dataclass(frozen=True)
class TakeTimes:
    """Times in seconds of the recording, ascending."""

    duration_s: float
    events: tuple[float, ...]  # output of any kind
    changes: tuple[float, ...]  # the screen says something else than before
    appearances: Mapping[str, tuple[float, ...]]  # by text asked for: when it came to the screen
    markers: tuple[tuple[float, str], ...]
    written: tuple[
        tuple[float, float], ...
    ] = ()  # (when, width of the text that was not on the screen before)

    def new_text(self, start_s: float, end_s: float) -> float:
        """How much comes to the screen in a span, in full-width characters; what moves within it counts once."""
        return sum(width for time, width in self.written if start_s <= time <= end_s)

    def still_after(self, time_s: float) -> float:
        """How long the picture of this instant stands at least: less than until the next output, STILL_S at most."""
        nearest = bisect_right(self.events, time_s)
        end = self.events[nearest] if nearest < len(self.events) else self.duration_s
        return min(STILL_S, (end - time_s) / 2) if end > time_s else 0.0


def take_times(cast: Cast, texts: Collection[str] = ()) -> TakeTimes:
    """Play the cast; `texts` are looked for on the screen, whatever blanks or line wraps stand between."""
    terminal = Terminal(*cast.size)
    wanted = {text: squeezed(text) for text in texts}
    counts = dict.fromkeys(wanted, 0)
    appearances: dict[str, list[float]] = {text: [] for text in wanted}
    events: list[float] = []
    changes: list[float] = []
    written: list[tuple[float, float]] = []
    shown: list[str] = []
    for event in cast.events:
        if event.kind not in (OUTPUT, RESIZE):
            continue
        feed(terminal, event)
        if not events or event.time_s > events[-1]:
            events.append(event.time_s)
        if terminal.redrawing:
            continue
        now = [_said(row) for row in terminal.rows()]
        if now == shown:
            continue
        if width := _new(shown, now):
            written.append((event.time_s, width))
        shown = now
        changes.append(event.time_s)
        whole = squeezed("".join(now))
        for text, needle in wanted.items():
            count = whole.count(needle)
            if count > counts[text]:
                appearances[text].append(event.time_s)
            counts[text] = count
    return TakeTimes(
        duration_s=cast.duration_s,
        events=tuple(events),
        changes=tuple(changes),
        appearances={text: tuple(times) for text, times in appearances.items()},
        markers=tuple(cast.markers),
        written=tuple(written),
    )


def squeezed(text: str) -> str:
    """Text without blanks and box lines, so that a wrapped line is found."""
    return _BLANKS.sub("", text)


def _new(shown: list[str], now: list[str]) -> float:
    """Width of what the rows say beyond those before; a row that grew counts for what was added."""
    known = set(shown)
    fresh = [row for row in now if row not in known and _BLANKS.sub("", row)]
    grown = (max((units(old) for old in known if row.startswith(old)), default=0.0) for row in fresh)
    return sum(units(row) for row in fresh) - sum(grown)


def _said(row: str) -> str:
    """What a row tells, without what only moves to show that something is alive."""
    return "" if _SPINNER_ROW.match(row) else _BULLET.sub(r"\1 ", row).rstrip()
