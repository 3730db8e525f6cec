"""The frames of a film one after another, drawn on a surface: an encoder's buffer or a picture.

Takes a cast and a timeline, brings the surface to any frame (going forward is cheap). Used by film.
"""

from __future__ import annotations

from typing import Generic

from runner.cast import Cast
from runner.studio.frame import Frame
from runner.studio.playback import Playback
from runner.studio.schedule import FPS, Schedule
from runner.studio.surfaces import Prepared, Surface
from runner.studio.themes import THEMES
from runner.studio.timeline import Timeline


class Reel(Generic[Prepared]):
    """`schedule.count` frames at `fps`. Raises FilmError for a timeline that does not fit the recording."""

    def __init__(self, cast: Cast, timeline: Timeline, surface: Surface[Prepared], fps: int = FPS) -> None:
        self.schedule = Schedule(cast, timeline, fps)
        theme = THEMES[timeline.theme]
        self._playback = Playback(cast, theme.palette)
        self.frame = Frame(surface, theme, timeline.badge, self.schedule.steps)

    def show(self, number: int) -> bool:
        """Bring the surface to this frame; True when it differs from what was shown before."""
        card, clip = self.schedule.card(number), self.schedule.clip(number)
        if card is not None:
            return self.frame.show_card(card)
        assert clip is not None
        time_s, around = clip
        self._playback.seek(time_s)
        return self.frame.show_terminal(self._playback.look(), around)
