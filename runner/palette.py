"""The kit's one set of terminal colours: a dark, calm theme; all but black stand at 4.5 : 1 or better on it.

Gives 24-bit RGB triples. Used by the emulator (ANSI colours, answers to queries) and by the studio (drawing).
"""

from __future__ import annotations

Rgb = tuple[int, int, int]

BACKGROUND: Rgb = (20, 23, 28)
FOREGROUND: Rgb = (226, 228, 233)
CURSOR: Rgb = (200, 204, 212)

ANSI: tuple[Rgb, ...] = (
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
)

_CUBE_LEVELS = (0, 95, 135, 175, 215, 255)  # xterm's 6 x 6 x 6 colour cube
_GREY_FIRST, _GREY_STEP, _GREY_COUNT = 8, 10, 24  # and its grey ramp


def palette_256() -> tuple[Rgb, ...]:
    """The 256 indexed colours: the 16 above, then xterm's cube and grey ramp unchanged."""
    cube = tuple((r, g, b) for r in _CUBE_LEVELS for g in _CUBE_LEVELS for b in _CUBE_LEVELS)
    levels = (_GREY_FIRST + _GREY_STEP * step for step in range(_GREY_COUNT))
    return (*ANSI, *cube, *((level, level, level) for level in levels))


def contrast(one: Rgb, other: Rgb) -> float:
    """WCAG 2 contrast ratio of two colours, 1 (equal) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Rgb) -> float:
    """Relative luminance of an sRGB colour, 0 to 1 (WCAG 2)."""
    levels = (level / 255 for level in colour)
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in levels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
