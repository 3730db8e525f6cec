"""What stands around the terminal while it plays: chapters, speed, captions.

Each function takes what is to be said and a theme and gives a picture for its box of the layout. Used by frame.
"""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw

from runner.studio import fonts
from runner.studio.layout import (
    CAPTION_BOX,
    CAPTION_MARGIN,
    CAPTION_PITCH,
    CAPTION_SIZE,
    EDGE,
    PANEL_ROOM,
    SPEED_BOX,
    STEPS_BOX,
    Box,
)
from runner.studio.themes import Theme
from runner.studio.typeset import draw_line, width, wrapped

Drawn = tuple[Image.Image, frozenset[str]]  # a picture, and the characters that no font here has

_STEP_SIZE, _STEP_PITCH, _STEP_GAP = 28, 36, 30
_NUMBER_SIZE, _RADIUS, _NUMBER_ROOM = 24, 20, 54
_SPEED_SIZES = (92, 72, 52, 36)
_SPEED_WORD, _SPEED_WORD_SIZE = "早送り", 30  # under a number, and only there
_CAPTION_SIZES = (CAPTION_SIZE, 40, 36, 32, 28)


def draw_caption(lines: Sequence[str], theme: Theme) -> Drawn:
    """The bar under the terminal; empty without lines. Lines that are too wide are set smaller, never cut."""
    image = Image.new("RGB", _size(CAPTION_BOX), theme.caption)
    room = image.width - 2 * CAPTION_MARGIN
    size = next(
        (s for s in _CAPTION_SIZES if all(width(line, s, fonts.BOLD) <= room for line in lines)),
        _CAPTION_SIZES[-1],
    )
    top = (image.height - CAPTION_PITCH * len(lines)) // 2
    missing: set[str] = set()
    for number, line in enumerate(lines):
        x = (image.width - width(line, size, fonts.BOLD)) // 2
        baseline = top + number * CAPTION_PITCH + CAPTION_PITCH // 2 + round(size * 0.37)
        missing |= draw_line(image, (x, baseline), line, size, theme.on_caption, fonts.BOLD)
    return image, frozenset(missing)


def draw_speed(label: str, theme: Theme) -> Drawn:
    """The label of a ramp such as ×4, large; the bare panel without one."""
    image = Image.new("RGB", _size(SPEED_BOX), theme.panel)
    if not label:
        return image, frozenset()
    box = (0, 0, image.width - 1, image.height - 1)
    ImageDraw.Draw(image).rounded_rectangle(box, 12, fill=theme.accent)
    room = image.width - 2 * EDGE
    size = next((s for s in _SPEED_SIZES if width(label, s, fonts.BOLD) <= room), _SPEED_SIZES[-1])
    middle = image.width // 2
    baseline = 90 if label.startswith("×") else image.height // 2 + round(size * 0.37)
    place = (middle - width(label, size, fonts.BOLD) // 2, baseline)
    missing = draw_line(image, place, label, size, theme.on_accent, fonts.BOLD)
    if not label.startswith("×"):
        return image, missing
    x = middle - width(_SPEED_WORD, _SPEED_WORD_SIZE) // 2
    return image, missing | draw_line(image, (x, 130), _SPEED_WORD, _SPEED_WORD_SIZE, theme.on_accent)


def draw_steps(titles: Sequence[str], present: int, theme: Theme) -> Drawn:
    """The chapters one below another, `present` (from 0) marked; -1 before the first. Those that fit are shown."""
    image = Image.new("RGB", _size(STEPS_BOX), theme.panel)
    room = PANEL_ROOM - _NUMBER_ROOM
    steps = [wrapped(title, _STEP_SIZE, room, fonts.BOLD) for title in titles]
    heights = [max(len(lines) * _STEP_PITCH, 2 * _RADIUS) for lines in steps]
    first, last = _window(heights, max(present, 0), image.height)
    draw = ImageDraw.Draw(image)
    missing: set[str] = set()
    y = 2
    for number in range(first, last):
        centre = (EDGE + _RADIUS, y + _RADIUS)
        if number + 1 < last:
            end = y + heights[number] + _STEP_GAP
            draw.rectangle((centre[0] - 1, centre[1] + _RADIUS, centre[0] + 1, end), fill=theme.line)
        _ring(draw, centre, number, present, theme)
        missing |= _number(image, centre, number, present, theme)
        colour = theme.text if number == present else theme.muted
        weight = fonts.BOLD if number == present else fonts.REGULAR
        down = (2 * _RADIUS - _STEP_PITCH) // 2 + _STEP_PITCH // 2 + round(_STEP_SIZE * 0.37)
        for line, text in enumerate(steps[number]):
            place = (EDGE + _NUMBER_ROOM, y + down + line * _STEP_PITCH)
            missing |= draw_line(image, place, text, _STEP_SIZE, colour, weight)
        y += heights[number] + _STEP_GAP
    return image, frozenset(missing)


def _window(heights: Sequence[int], present: int, room: int) -> tuple[int, int]:
    """(first, one past the last) of the steps that fit, the present one among them."""
    first = 0
    while first < present and sum(h + _STEP_GAP for h in heights[first : present + 2]) > room:
        first += 1
    last = first
    used = 0
    while last < len(heights) and used + heights[last] <= room:
        used += heights[last] + _STEP_GAP
        last += 1
    return first, last


def _ring(
    draw: ImageDraw.ImageDraw, centre: tuple[int, int], number: int, present: int, theme: Theme
) -> None:
    x, y = centre
    box = (x - _RADIUS, y - _RADIUS, x + _RADIUS, y + _RADIUS)
    if number == present:
        draw.ellipse(box, fill=theme.accent)
    else:
        draw.ellipse(box, fill=theme.panel, outline=theme.line, width=3)


def _number(
    image: Image.Image, centre: tuple[int, int], number: int, present: int, theme: Theme
) -> frozenset[str]:
    text = str(number + 1)
    colour = theme.on_accent if number == present else theme.muted
    x = centre[0] - width(text, _NUMBER_SIZE, fonts.BOLD) // 2
    return draw_line(image, (x, centre[1] + 9), text, _NUMBER_SIZE, colour, fonts.BOLD)


def _size(box: Box) -> tuple[int, int]:
    return box[2] - box[0], box[3] - box[1]
