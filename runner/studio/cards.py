"""Title and closing cards: a full frame of large type, to be read from the back of a meeting room.

Takes a card, gives its picture. A line 「項目：値」 becomes a row of a table, a line that is a sentence a note at the
foot. Used by frame.
"""

from __future__ import annotations

from typing import Literal

from PIL import Image, ImageDraw

from runner.studio import fonts
from runner.studio.badge import draw_badge
from runner.studio.layout import HEIGHT, WIDTH
from runner.studio.themes import Theme
from runner.studio.timeline import Card
from runner.studio.typeset import draw_line, fitting, one_line, width, wrapped

_LEFT, _RIGHT = 176, 1744  # of all text
_BAR = (112, 128)  # of the accent beside the heading
_HEADING_SIZES = (92, 84, 76, 68, 60)
_HEADING_LINES = 2
_LINE_SIZES = (52, 48, 44, 40)
_NOTE_SIZES = (38, 34, 32)
_NOTE_BOTTOM = 960  # the last note's baseline
_HEADING_PITCH, _LINE_PITCH, _NOTE_PITCH = 1.4, 1.75, 1.6
_AFTER_HEADING = 84
_COLUMN_GAP = 56
_MIDDLE = 500  # heading and lines stand around this height: a little above the frame's middle
_COLON = "："
_NOTE_END = "。"
JUDGEMENT = "判定"


def draw_card(card: Card, theme: Theme, badge: str) -> tuple[Image.Image, frozenset[str]]:
    """(picture of the whole frame, characters that no font here has)."""
    image = Image.new("RGB", (WIDTH, HEIGHT), theme.card)
    missing = set(draw_badge(image, badge, theme))
    lines = [one_line(line) for line in card.lines]
    notes = [line for line in lines if line.endswith(_NOTE_END)]
    body = [line for line in lines if not line.endswith(_NOTE_END)]
    room = _RIGHT - _LEFT
    size, heading = fitting(card.heading, _HEADING_SIZES, room, _HEADING_LINES, fonts.BOLD)
    heading_height = round(size * _HEADING_PITCH) * len(heading)
    rows, row_size = _rows(body, room)
    height = heading_height + (_AFTER_HEADING + round(row_size * _LINE_PITCH) * len(rows) if rows else 0)
    top = max(150, _MIDDLE - height // 2)
    draw = ImageDraw.Draw(image)
    draw.rectangle((_BAR[0], top, _BAR[1] - 1, top + heading_height - 1), fill=theme.accent)
    y = top
    for line in heading:
        pitch = round(size * _HEADING_PITCH)
        missing |= draw_line(
            image, (_LEFT, y + pitch // 2 + round(size * 0.37)), line, size, theme.text, fonts.BOLD
        )
        y += pitch
    missing |= _draw_rows(image, rows, row_size, y + _AFTER_HEADING, theme, card.judgement)
    missing |= _draw_notes(image, notes, theme)
    return image, frozenset(missing)


_Row = tuple[str, str]  # (what, how it stands); the first is empty in a plain line


def _rows(lines: list[str], room: int) -> tuple[list[_Row], int]:
    """The lines as rows, broken where they are too long, and the size at which that is rarest."""
    for size in _LINE_SIZES:
        rows = [row for line in lines for row in _broken(line, lines, size, room)]
        if len(rows) <= len(lines):
            break
    return rows if lines else [], size


def _broken(line: str, lines: list[str], size: int, room: int) -> list[_Row]:
    what, colon, how = line.partition(_COLON)
    if not colon:
        return [("", part) for part in wrapped(line, size, room)]
    first, *more = wrapped(how, size, room - _column(lines, size), fonts.BOLD)
    return [(what, first), *((" ", part) for part in more)]


def _column(lines: list[str], size: int) -> int:
    """Width of the table's first column with the gap after it."""
    return max(width(line.partition(_COLON)[0], size) for line in lines if _COLON in line) + _COLUMN_GAP


def _draw_rows(
    image: Image.Image,
    rows: list[_Row],
    size: int,
    top: int,
    theme: Theme,
    judgement: Literal["good", "bad"] | None,
) -> frozenset[str]:
    missing: set[str] = set()
    pitch = round(size * _LINE_PITCH)
    column = max((width(what, size) for what, _ in rows if what.strip()), default=0) + _COLUMN_GAP
    draw = ImageDraw.Draw(image)
    for number, (what, how) in enumerate(rows):
        baseline = top + number * pitch + round(size * 0.9)
        if not what:
            missing |= draw_line(image, (_LEFT, baseline), how, size, theme.text)
            continue
        if what.strip():
            rule = top + number * pitch - round(size * 0.36)
            draw.rectangle((_LEFT, rule, _RIGHT - 1, rule + 1), fill=theme.line)
        missing |= draw_line(image, (_LEFT, baseline), what, size, theme.muted)
        colour = theme.text
        if what == JUDGEMENT and judgement:
            colour = theme.good if judgement == "good" else theme.bad
        missing |= draw_line(image, (_LEFT + column, baseline), how, size, colour, fonts.BOLD)
    return frozenset(missing)


def _draw_notes(image: Image.Image, notes: list[str], theme: Theme) -> frozenset[str]:
    if not notes:
        return frozenset()
    room = _RIGHT - _LEFT
    size = next(
        (size for size in _NOTE_SIZES if all(width(note, size) <= room for note in notes)), _NOTE_SIZES[-1]
    )
    lines = [line for note in notes for line in wrapped(note, size, room)]
    pitch = round(size * _NOTE_PITCH)
    top = _NOTE_BOTTOM - (len(lines) - 1) * pitch
    rule = top - round(size * 1.9)
    ImageDraw.Draw(image).rectangle((_LEFT, rule, _RIGHT - 1, rule + 1), fill=theme.line)
    missing: set[str] = set()
    for number, line in enumerate(lines):
        missing |= draw_line(image, (_LEFT, top + number * pitch), line, size, theme.text)
    return frozenset(missing)
