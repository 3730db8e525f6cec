"""The kit's two sets of terminal colours, dark and light: calm, and all text colours at 4.5 : 1 or better.

Gives 24-bit RGB triples. Used by the emulator (ANSI colours, answers to queries) and by the studio (drawing).
"""

from __future__ import annotations

from typing import NamedTuple

Rgb = tuple[int, int, int]


class Palette(NamedTuple):
    """What a terminal's colours mean. `ansi`: the 16 that programs name by number."""

    background: Rgb
    foreground: Rgb
    cursor: Rgb
    ansi: tuple[Rgb, ...]


DARK = Palette(
    background=(20, 23, 28),
    foreground=(226, 228, 233),
    cursor=(200, 204, 212),
    ansi=(
        (42, 47, 56),  # black
        (240, 113, 120),  # red
        (151, 201, 111),  # green
        (229, 192, 104),  # yellow
        (108, 168, 243),  # blue
        (205, 147, 232),  # magenta
        (102, 203, 205),  # cyan
        (200, 204, 212),  # white
        (136, 144, 158),  # bright black: the grey of hints and comments
        (255, 143, 148),  # bright red
        (178, 224, 140),  # bright green
        (245, 214, 138),  # bright yellow
        (146, 192, 255),  # bright blue
        (225, 176, 250),  # bright magenta
        (140, 226, 227),  # bright cyan
        (248, 249, 251),  # bright white
    ),
)
LIGHT = Palette(
    background=(251, 251, 249),
    foreground=(32, 36, 43),
    cursor=(70, 78, 92),
    ansi=(
        (221, 224, 229),  # black: the surface that stands back, as on the dark side
        (182, 32, 48),  # red
        (40, 110, 48),  # green
        (132, 90, 0),  # yellow
        (24, 88, 176),  # blue
        (138, 48, 160),  # magenta
        (0, 106, 116),  # cyan
        (70, 78, 92),  # white
        (98, 106, 120),  # bright black: the grey of hints and comments
        (160, 16, 36),  # bright red
        (24, 92, 34),  # bright green
        (110, 74, 0),  # bright yellow
        (10, 68, 150),  # bright blue
        (116, 30, 138),  # bright magenta
        (0, 88, 98),  # bright cyan
        (14, 16, 20),  # bright white: the strongest text
    ),
)

BACKGROUND, FOREGROUND, CURSOR, ANSI = DARK

_CUBE_LEVELS = (0, 95, 135, 175, 215, 255)  # xterm's 6 x 6 x 6 colour cube
_GREY_FIRST, _GREY_STEP, _GREY_COUNT = 8, 10, 24  # and its grey ramp


def palette_256(ansi: tuple[Rgb, ...] = ANSI) -> tuple[Rgb, ...]:
    """The 256 indexed colours: the 16 given, then xterm's cube and grey ramp unchanged."""
    cube = tuple((r, g, b) for r in _CUBE_LEVELS for g in _CUBE_LEVELS for b in _CUBE_LEVELS)
    levels = (_GREY_FIRST + _GREY_STEP * step for step in range(_GREY_COUNT))
    return (*ansi, *cube, *((level, level, level) for level in levels))


def contrast(one: Rgb, other: Rgb) -> float:
    """WCAG 2 contrast ratio of two colours, 1 (equal) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Rgb) -> float:
    """Relative luminance of an sRGB colour, 0 to 1 (WCAG 2)."""
    levels = (level / 255 for level in colour)
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in levels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
