"""The film's two looks, dark and light: the terminal's palette and the colours of all that stands around it.

Used by cards and frame. Every text stands at 4.5 : 1 or better on its ground (WCAG AA); a test holds it.
"""

from __future__ import annotations

from dataclasses import dataclass

from runner.palette import DARK, LIGHT, Palette, Rgb


@dataclass(frozen=True)
class Theme:
    """Colours by what they are for."""

    palette: Palette
    panel: Rgb  # beside the terminal: badge, chapters, speed
    text: Rgb  # on the panel and on cards
    muted: Rgb  # what is read second
    line: Rgb  # rules and rings; not text
    accent: Rgb  # the present chapter, the bar beside a heading
    on_accent: Rgb
    caption: Rgb  # the bar under the terminal
    on_caption: Rgb
    card: Rgb
    good: Rgb
    bad: Rgb
    badge: Rgb
    on_badge: Rgb


THEMES: dict[str, Theme] = {
    "dark": Theme(
        palette=DARK,
        panel=(28, 33, 41),
        text=(236, 239, 244),
        muted=(158, 168, 184),
        line=(74, 84, 100),
        accent=(56, 112, 190),
        on_accent=(255, 255, 255),
        caption=(20, 50, 92),
        on_caption=(255, 255, 255),
        card=(18, 26, 40),
        good=(134, 204, 120),
        bad=(255, 138, 138),
        badge=(246, 190, 74),
        on_badge=(36, 28, 8),
    ),
    "light": Theme(
        palette=LIGHT,
        panel=(234, 238, 243),
        text=(28, 36, 48),
        muted=(82, 92, 108),
        line=(176, 184, 196),
        accent=(30, 84, 160),
        on_accent=(255, 255, 255),
        caption=(24, 56, 104),
        on_caption=(255, 255, 255),
        card=(250, 251, 252),
        good=(28, 108, 44),
        bad=(176, 28, 40),
        badge=(246, 190, 74),
        on_badge=(36, 28, 8),
    ),
}
