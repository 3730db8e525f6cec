"""The badge: where a take comes from, in the upper right corner of every frame and of every card.

Takes the badge's text and a theme, gives a picture and draws it in its place. Used by cards and frame.
"""

from __future__ import annotations

import re

from PIL import Image, ImageDraw

from runner.studio import fonts
from runner.studio.layout import BADGE_TOP, EDGE, PANEL_ROOM, WIDTH
from runner.studio.themes import Theme
from runner.studio.typeset import draw_line, fitting, width, wrapped

_PARTS = re.compile(r"[（）\s]+")  # 「リハーサル（台本による応答）」: the word, then its explanation
_SIZES = (36, 32, 28, 24)
_DETAIL_SIZES = (22, 20)
_PAD_X, _PAD_Y = 16, 12
_RADIUS = 8


def draw_badge(image: Image.Image, text: str, theme: Theme, left: int = 0) -> frozenset[str]:
    """Draw into the corner of the frame, `left` pixels of which lie outside the picture."""
    main, *details = [part for part in _PARTS.split(text) if part]
    room = PANEL_ROOM - 2 * _PAD_X
    size, lines = fitting(main, _SIZES, room, 1, fonts.BOLD)
    detail_size = _DETAIL_SIZES[0] if len(details) < 2 else _DETAIL_SIZES[1]
    rows = [(line, size, fonts.BOLD) for line in lines]
    rows += [
        (line, detail_size, fonts.REGULAR) for part in details for line in wrapped(part, detail_size, room)
    ]
    height = sum(row_size * 5 // 4 for _, row_size, _ in rows) + 2 * _PAD_Y
    right = WIDTH - EDGE - left
    box = (right - PANEL_ROOM, BADGE_TOP, right - 1, BADGE_TOP + height - 1)
    ImageDraw.Draw(image).rounded_rectangle(box, _RADIUS, fill=theme.badge)
    missing: set[str] = set()
    y = BADGE_TOP + _PAD_Y
    for line, row_size, weight in rows:
        x = right - PANEL_ROOM // 2 - width(line, row_size, weight) // 2
        missing |= draw_line(image, (x, y + row_size), line, row_size, theme.on_badge, weight)
        y += row_size * 5 // 4
    return frozenset(missing)
