"""A card of the film as a screen of text, for players of the recording. Pure; used by the cast editing."""

from __future__ import annotations

import unicodedata

from runner.studio.timeline import Card

MARGIN = 4  # cells free at either side


def card_screen(card: Card, badge: str, size: tuple[int, int]) -> str:
    """Heading and lines in the middle of a cleared screen of (columns, rows), the badge in the top right corner."""
    columns, rows = size
    width = max(columns - 2 * MARGIN, 2)
    heading = [(line, "\x1b[1m") for line in wrapped(card.heading, width)]
    lines = [(line, "") for text in card.lines for line in (wrapped(text, width) or [""])]
    block = [*heading, ("", ""), *lines] if lines else heading
    top = max((rows - len(block)) // 2, 2)
    parts = ["\x1b[?25l"]
    for y, (text, style) in enumerate(block[: max(rows - top, 1)], start=top + 1):
        x = (columns - cells(text)) // 2 + 1
        parts.append(f"\x1b[{y};{x}H{style}{text}\x1b[0m" if text else "")
    label = (wrapped(badge, width) or [""])[0]
    parts.append(f"\x1b[1;{max(columns - cells(label), 1)}H\x1b[7m{label}\x1b[0m")
    return "".join(parts)


def wrapped(text: str, width: int) -> list[str]:
    """The printable text in lines of at most `width` cells."""
    lines: list[str] = []
    line = ""
    for char in filter(str.isprintable, text):
        if cells(line + char) > width:
            lines.append(line)
            line = ""
        line += char
    return [*lines, line] if line else lines


def cells(text: str) -> int:
    """Width on the screen: kanji and kana two cells, marks none."""
    wide = (
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )
    return sum(wide)
