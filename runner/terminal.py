"""An emulated terminal: takes the bytes a program writes; gives the screen a person sees and the replies due.

This and its parts (terminal_cells, terminal_reader, terminal_grid) are all that knows pyghostty. Used by
runner.screen (a live pty) and runner.studio (a recorded cast).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyghostty
from pyghostty._ffi import ffi, lib

from runner.palette import DARK, Palette, palette_256
from runner.terminal_cells import Cell as Cell
from runner.terminal_cells import CellReader, check
from runner.terminal_cells import TerminalError as TerminalError
from runner.terminal_reader import StateReader
from runner.terminal_state import State

GRAPHEME_CLUSTERS = 2027  # DEC private mode: one emoji sequence or base + mark is one character
SYNCHRONIZED_OUTPUT = 2026  # DEC private mode: the program is in the middle of a redraw
SCROLLBACK_LINES = 0  # only the screen is ever read


class Terminal:
    """A screen of `cols` x `rows` cells; `on_reply` gets the answers to queries, during `feed`.

    Grapheme clustering (mode 2027) is on from the start and stays on over a reset, because the width of emoji
    and of Japanese marks depends on it. Raises TerminalError for a size that is not positive.
    """

    def __init__(
        self,
        cols: int,
        rows: int,
        on_reply: Callable[[bytes], object] | None = None,
        palette: Palette = DARK,
    ) -> None:
        if cols < 1 or rows < 1:
            raise TerminalError(f"a terminal of {cols} x {rows} cells cannot be made; give at least 1 x 1")
        self._emulator = pyghostty.Terminal(
            cols, rows, scrollback=SCROLLBACK_LINES, fg=palette.foreground, bg=palette.background
        )
        self._cols, self._rows = cols, rows
        self._use_palette(palette)
        self._keep_on(GRAPHEME_CLUSTERS)
        if on_reply is not None:
            self._emulator.on_reply(_returning_nothing(on_reply))
        self._reader = CellReader(self._emulator, palette)
        self._states = StateReader(self._emulator)

    def feed(self, data: bytes) -> None:
        """Take what the program wrote; sequences and characters may be split between calls."""
        self._emulator.feed(data)

    def resize(self, cols: int, rows: int) -> None:
        """Another size from here on; the text is wrapped anew, as a terminal window does.

        Rows that have scrolled away do not come back: they are no part of the screen's state.
        """
        nothing = ffi.new("size_t*", 0)
        self._set(lib.GHOSTTY_TERMINAL_OPT_SCROLLBACK_MAX_BYTES, nothing, "forgetting what has scrolled away")
        self._emulator.resize(cols, rows)
        self._cols, self._rows = cols, rows

    def rows(self) -> list[str]:
        """Every row from top to bottom, blanks at the right end cut; always as many as the screen has."""
        found = [line.rstrip(" ") for line in str(self._emulator.text()).split("\n")]
        return found + [""] * (self._rows - len(found))

    def text(self) -> str:
        """The rows joined by newlines, without the empty rows at the bottom."""
        return "\n".join(self.rows()).rstrip("\n")

    def cells(self) -> list[list[Cell]]:
        """Every cell with its style, row by row; about 10 ms for 100 x 30."""
        return self._reader.read()

    def changed_rows(self) -> dict[int, list[Cell]]:
        """The rows (from the top, from 0) written to since the last call, as in `cells`; the first time all."""
        return self._reader.changed()

    def state(self) -> State:
        """All of it, for `runner.terminal_dump.dump`; about 10 ms for 100 x 30."""
        return self._states.read()

    def unfinished(self) -> bytes:
        """The beginning of a sequence or character whose end has not been fed yet."""
        return self._states.unfinished()

    @property
    def title(self) -> str:
        """The window title (OSC 0 and 2)."""
        return self._states.title()

    @property
    def size(self) -> tuple[int, int]:
        """(columns, rows)."""
        return self._cols, self._rows

    @property
    def cursor(self) -> tuple[int, int]:
        """(x, y) in cells from the top left, both from 0."""
        x, y = self._emulator.cursor
        return int(x), int(y)

    @property
    def cursor_visible(self) -> bool:
        """False while the program hides the cursor (DECTCEM)."""
        return bool(self._emulator.get("cursor_visible", "bool"))

    @property
    def redrawing(self) -> bool:
        """True inside a synchronized update (mode 2026): the screen is half old, half new."""
        return bool(self._emulator.mode(SYNCHRONIZED_OUTPUT))

    def _set(self, option: int, value: Any, what: str) -> None:
        check(lib.ghostty_terminal_set(self._emulator._t[0], option, value), what)

    def _use_palette(self, palette: Palette) -> None:
        indexed = palette_256(palette.ansi)
        colours = ffi.new("GhosttyColorRgb[256]", [{"r": r, "g": g, "b": b} for r, g, b in indexed])
        self._set(lib.GHOSTTY_TERMINAL_OPT_COLOR_PALETTE, colours, "setting the colours")

    def _keep_on(self, mode: int) -> None:
        config = ffi.new("GhosttyTerminalModeConfig*", {"mode": mode, "value": True})
        self._set(lib.GHOSTTY_TERMINAL_OPT_MODE_DEFAULT, config, f"keeping mode {mode} on")
        self._emulator.feed(b"\x1b[?%dh" % mode)


def _returning_nothing(listener: Callable[[bytes], object]) -> Callable[[bytes], None]:
    """The emulator refuses a callback that returns something, as a pty's send does."""

    def listen(reply: bytes) -> None:
        listener(reply)

    return listen
