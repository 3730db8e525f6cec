"""One frame of the film, kept up to date: the terminal, what stands around it, or a card.

Takes what is to be seen now, places only what differs from the frame before on a surface. Used by reel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Generic

from PIL import Image

from runner.studio.badge import draw_badge
from runner.studio.canvas import CELL_HEIGHT, CELL_WIDTH
from runner.studio.cards import draw_card
from runner.studio.close_up import View, view
from runner.studio.drawing import OVERHANG, cursor_columns, draw_row
from runner.studio.layout import (
    CAPTION_BOX,
    PANEL_BOX,
    SCREEN_BOX,
    SPEED_BOX,
    STEPS_BOX,
    TERMINAL_BOX,
    Box,
)
from runner.studio.playback import Look
from runner.studio.schedule import Around
from runner.studio.surfaces import Prepared, Surface
from runner.studio.surround import Drawn, draw_caption, draw_speed, draw_steps
from runner.studio.themes import Theme
from runner.studio.timeline import Card, CloseUp
from runner.terminal import Cell

ROWS_KEPT = 384  # pictures of rows, 80 kB each: rows that scroll or come back are not drawn again
LARGE_ROWS_KEPT = 48  # enlarged ones, 250 kB each
STEPPED_BACK = 0.5  # how much of its colours a row keeps that stands beside the ones to be read
Row = tuple[Cell, ...]


class Frame(Generic[Prepared]):
    """Draws on `surface`. `missing` collects the characters that no font here has."""

    def __init__(self, surface: Surface[Prepared], theme: Theme, badge: str, steps: Sequence[str]) -> None:
        self._surface, self._theme, self._badge, self._steps = surface, theme, badge, tuple(steps)
        self.missing: set[str] = set()
        self._card: Card | None = None
        self._around: Around | None = None  # None: the terminal is not what is shown now
        self._rows: dict[int, Row] = {}
        self._cursor: tuple[int, int] | None = None
        self._size = (0, 0)
        self._row = lru_cache(ROWS_KEPT)(self._drawn_row)
        self._scaled: Image.Image | None = None  # the whole screen, when it is too large for its box
        self._close_up: CloseUp | None = None
        self._view: View | None = None  # what is shown of the screen, enlarged; None: all of it
        self._large = lru_cache(LARGE_ROWS_KEPT)(self._drawn_large)

    def show_card(self, card: Card) -> bool:
        """Show the card; True when the frame has changed."""
        if card == self._card:
            return False
        self._card, self._around = card, None
        self._put(draw_card(card, self._theme, self._badge), (0, 0))
        return True

    def show_terminal(self, look: Look, around: Around) -> bool:
        """Show the terminal as it is after `look`; True when the frame has changed."""
        changed = self._take(look)
        if self._around is None or around.close_up != self._around.close_up:
            self._view = None if around.close_up is None else view(around.close_up, self._size)
            self._close_up, self._around = around.close_up, None
            self._card = None
            self._put_ground()
            changed = set(self._rows)
        for y in sorted(changed):
            if self._view is None:
                self._put_row(y)
            else:
                self._put_enlarged(y, self._view)
        if changed and self._scaled is not None and self._view is None:
            self._put_scaled()
        return self._put_around(around) or bool(changed)

    def text(self) -> str:
        """Everything that can be read in the frame, line by line."""
        lines = [self._badge]
        if self._card is not None:
            lines += [self._card.heading, *self._card.lines]
        if self._around is not None:
            lines += [row_text(self._rows[y]) for y in sorted(self._rows)]
            lines += [*self._steps, self._around.label, *self._around.caption]
        return "\n".join(lines)

    def _take(self, look: Look) -> set[int]:
        """Note what was seen; gives the rows that must be drawn."""
        if look.size != self._size:
            self._size = look.size
            self._rows.clear()
            self._around = None
        changed = {y for y, row in look.rows.items() if self._rows.get(y) != tuple(row)}
        self._rows.update((y, tuple(row)) for y, row in look.rows.items())
        if look.cursor != self._cursor:
            changed |= {place[1] for place in (look.cursor, self._cursor) if place is not None}
            self._cursor = look.cursor
        return changed & set(self._rows)

    def _put_ground(self) -> None:
        theme = self._theme
        self._put(_filled(TERMINAL_BOX, theme.palette.background), TERMINAL_BOX[:2])
        panel, missing = _filled(PANEL_BOX, theme.panel)
        missing |= draw_badge(panel, self._badge, theme, left=PANEL_BOX[0])
        self._put((panel, missing), PANEL_BOX[:2])
        columns, rows = self._size
        size = columns * CELL_WIDTH, rows * CELL_HEIGHT
        fits = size[0] <= SCREEN_BOX[2] - SCREEN_BOX[0] and size[1] <= SCREEN_BOX[3] - SCREEN_BOX[1]
        self._scaled = None if fits else Image.new("RGB", (size[0] + 2 * OVERHANG, size[1]))

    def _put_around(self, around: Around) -> bool:
        before, theme = self._around, self._theme
        if around == before:
            return False
        self._around = around
        parts: tuple[tuple[object, object, Box, Callable[[], Drawn]], ...] = (
            (
                around.caption,
                before and before.caption,
                CAPTION_BOX,
                lambda: draw_caption(around.caption, theme),
            ),
            (around.label, before and before.label, SPEED_BOX, lambda: draw_speed(around.label, theme)),
            (
                around.step,
                before and before.step,
                STEPS_BOX,
                lambda: draw_steps(self._steps, around.step, theme),
            ),
        )
        for now, then, box, draw in parts:
            if before is None or now != then:
                self._put(draw(), box[:2])
        return True

    def _put(self, drawn: Drawn, place: tuple[int, int]) -> None:
        image, missing = drawn
        self.missing |= missing
        self._surface.place(self._surface.prepare(image), *place)

    def _put_row(self, y: int) -> None:
        row = self._rows[y]
        cursor = cursor_columns(row, y, self._cursor)
        if self._scaled is not None:
            image, missing = draw_row(row, cursor, self._theme.palette)
            self.missing |= missing
            self._scaled.paste(image, (0, y * CELL_HEIGHT))
            return
        left, top, right, bottom = SCREEN_BOX
        columns, rows = self._size
        x = left + (right - left - columns * CELL_WIDTH) // 4 * 2 - OVERHANG
        self._surface.place(
            self._row(row, cursor),
            x,
            top + (bottom - top - rows * CELL_HEIGHT) // 4 * 2 + y * CELL_HEIGHT,
        )

    def _put_enlarged(self, y: int, part: View) -> None:
        """A row of the close-up; those around the ones to be read step back."""
        if not part.top <= y < part.top + part.rows:
            return
        assert self._close_up is not None
        left, top, right, bottom = SCREEN_BOX
        row = self._rows[y]
        read = self._close_up.row <= y < self._close_up.row + self._close_up.rows
        self._surface.place(
            self._large(row, cursor_columns(row, y, self._cursor), part._replace(top=0), read),
            left + (right - left - part.columns * part.cell) // 4 * 2,
            top + (bottom - top - part.rows * 2 * part.cell) // 4 * 2 + (y - part.top) * 2 * part.cell,
        )

    def _drawn_large(self, row: Row, cursor: range, part: View, read: bool) -> Prepared:
        image, missing = draw_row(row, cursor, self._theme.palette)
        self.missing |= missing
        left = OVERHANG + part.left * CELL_WIDTH
        size = (part.columns * part.cell, 2 * part.cell)
        box = (left, 0, left + part.columns * CELL_WIDTH, CELL_HEIGHT)
        large = image.resize(size, Image.Resampling.LANCZOS, box)
        ground = Image.new("RGB", size, self._theme.palette.background)
        return self._surface.prepare(Image.composite(large, ground, _stepping_back(part, read)))

    def _put_scaled(self) -> None:
        """The whole of a screen larger than its box, made smaller."""
        assert self._scaled is not None
        left, top, right, bottom = SCREEN_BOX
        scale = min((right - left) / self._scaled.width, (bottom - top) / self._scaled.height)
        size = (int(self._scaled.width * scale) // 2 * 2, int(self._scaled.height * scale) // 2 * 2)
        small = self._scaled.resize(size, Image.Resampling.LANCZOS)
        place = (left + (right - left - size[0]) // 4 * 2, top + (bottom - top - size[1]) // 4 * 2)
        self._surface.place(self._surface.prepare(small), *place)

    def _drawn_row(self, row: Row, cursor: range) -> Prepared:
        image, missing = draw_row(row, cursor, self._theme.palette)
        self.missing |= missing
        return self._surface.prepare(image)


@lru_cache(maxsize=8)
def _stepping_back(part: View, read: bool) -> Image.Image:
    """How much of a row of the close-up is seen, from left to right."""
    most = 255 if read else round(255 * STEPPED_BACK)
    clear, width = part.clear * part.cell, part.columns * part.cell
    fading = (most * (width - x) // (width - clear) for x in range(clear, width))
    line = Image.frombytes("L", (width, 1), bytes([most] * clear + list(fading)))
    return line.resize((width, 2 * part.cell), Image.Resampling.NEAREST)


def row_text(row: Sequence[Cell]) -> str:
    """The characters of a row as they stand, blanks at its end cut."""
    return "".join(cell.char or " " for cell in row if cell.width).rstrip()


def _filled(box: Box, colour: tuple[int, int, int]) -> Drawn:
    return Image.new("RGB", (box[2] - box[0], box[3] - box[1]), colour), frozenset()
