"""Reads the `State` of the emulator behind `runner.terminal.Terminal`: its cells, and what it keeps to itself.

Takes pyghostty's emulator, gives plain values. Used by runner.terminal alone.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from weakref import finalize

import pyghostty
from pyghostty._ffi import ffi, lib
from pyghostty.core import init_sized, read_buf

from runner.palette import Rgb
from runner.terminal_cells import check
from runner.terminal_grid import GridReader
from runner.terminal_state import BLANK, Cursor, Grid, MainScreen, State

UNFINISHED_MAX_BYTES = 16 * 1024 * 1024  # of a sequence that is still being written
_SCREEN_MODES = {"?47", "?1047", "?1049"}  # told by `State.main`; the flags may be stale
ALTERNATE_SCREEN_MODES = (1049, 1047, 47)


class StateReader:
    """Reads the state of one emulator; holds the buffers for it."""

    def __init__(self, emulator: Any) -> None:
        self._emulator = emulator
        limit = ffi.new("size_t*", UNFINISHED_MAX_BYTES)
        check(
            _set(emulator, lib.GHOSTTY_TERMINAL_OPT_CONTINUATION_MAX_BYTES, limit),
            "keeping unfinished sequences",
        )
        self._grids = GridReader()

    def read(self) -> State:
        """The state now; about 10 ms for a full screen of 100 x 30."""
        now = self._emulator
        grid, style = self._grids.read(now)
        main, saved = self._hidden(now, grid)
        return State(
            size=(int(now.get("cols")), int(now.get("rows"))),
            grid=grid,
            main=main,
            cursor=_cursor(now, self._grids),
            saved=saved,
            modes=_modes(now),
            region=_region(now),
            tab_stops=_tab_stops(now),
            cursor_style=style,
            keyboard=_extra(now, "keyboard") + _extra(now, "kitty_keyboard"),
            title=self.title(),
            folder=_text(now, "pwd"),
            palette=_palette(now),
            colours=_default_colours(now),
            unfinished=self.unfinished(),
        )

    def _hidden(self, now: Any, shown: Grid) -> tuple[MainScreen | None, Cursor]:
        """(the first screen while the alternate one is shown, the cursor saved on the screen shown).

        The emulator keeps both to itself: copies of it are asked what they would show next. It makes no copy
        after the alternate screen has become narrower and cut a wide character in two; both are blank then.
        """
        encoded = _encoded(now)
        alternate = now.get("active_screen", "int") == lib.GHOSTTY_TERMINAL_SCREEN_ALTERNATE
        mode = next((m for m in ALTERNATE_SCREEN_MODES if now.mode(m)), ALTERNATE_SCREEN_MODES[0])
        if encoded is None:
            blank = Grid(tuple((BLANK,) * len(row) for row in shown.rows), (False,) * len(shown.rows))
            return (MainScreen(blank, Cursor(0, 0), mode) if alternate else None), Cursor(0, 0)
        restored = _copy(encoded)
        restored.feed(b"\x18\x1b8")
        saved = replace(_cursor(restored, self._grids), link="")
        if not alternate:
            return None, saved
        behind = _copy(encoded)
        behind.feed(b"\x18\x1b[?47l")
        grid = self._grids.read(behind)[0]
        behind.feed(b"\x1b8")
        return MainScreen(grid, replace(_cursor(behind, self._grids), link=""), mode), saved

    def title(self) -> str:
        return _text(self._emulator, "title")

    def unfinished(self) -> bytes:
        """What was fed of a sequence or character that has not ended."""
        written = ffi.new("size_t*")
        terminal = self._emulator._t[0]
        lib.ghostty_terminal_continuation_buf(terminal, ffi.NULL, 0, written)
        if not written[0]:
            return b""
        buffer = ffi.new("uint8_t[]", written[0])
        found = lib.ghostty_terminal_continuation_buf(terminal, buffer, written[0], written)
        check(found, "reading an unfinished sequence")
        return bytes(ffi.buffer(buffer, written[0]))


def _encoded(emulator: Any) -> bytes | None:
    """The emulator's own record of its state, from which a copy can be made; None when it makes none."""
    out, length = ffi.new("uint8_t**"), ffi.new("size_t*")
    found = lib.ghostty_snapshot_encode_alloc(emulator._t[0], ffi.NULL, out, length)
    if found == lib.GHOSTTY_INVALID_VALUE:
        return None
    check(found, "reading a copy of the state")
    try:
        return bytes(ffi.buffer(out[0], length[0]))
    finally:
        lib.ghostty_free(ffi.NULL, out[0], length[0])


def _copy(encoded: bytes) -> Any:
    """A second emulator of that state: fed to find out what the first one would do next."""
    decoder, made = ffi.new("GhosttySnapshotDecoder*"), ffi.new("GhosttyTerminal*")
    source = ffi.from_buffer("uint8_t[]", encoded)
    found = lib.ghostty_snapshot_decoder_new_buf(ffi.NULL, decoder, source, len(encoded))
    check(found, "reading a copy of the state")
    try:
        check(lib.ghostty_snapshot_decoder_decode(decoder[0], made), "making a copy of the terminal")
    finally:
        lib.ghostty_snapshot_decoder_free(decoder[0])
    copy = pyghostty.Terminal.__new__(pyghostty.Terminal)
    copy._t = made
    copy._unknown_cb = copy._reply_cb = copy._cb_err = None
    copy._free = finalize(copy, lib.ghostty_terminal_free, made[0])
    return copy


def _cursor(emulator: Any, grids: GridReader) -> Cursor:
    style = init_sized("GhosttyStyle")
    check(_get(emulator, lib.GHOSTTY_TERMINAL_DATA_CURSOR_STYLE, style), "reading the pen")
    x, y = emulator.cursor
    link = re.search(r"\x1b\]8;[^;]*;([^\x1b]*)", _extra(emulator, "hyperlink"))
    return Cursor(
        int(x),
        int(y),
        bool(emulator.get("cursor_pending_wrap", "bool")),
        grids.pen(style),
        link[1] if link else "",
        bool(_extra(emulator, "protection")),
        _ASCII_CHARSET.sub("", _extra(emulator, "charsets")),
        bool(emulator.mode(6)),
    )


_ASCII_CHARSET = re.compile(r"\x1b[()*+]B")  # the same as none chosen
_SCREEN_EXTRAS = ("hyperlink", "protection", "kitty_keyboard", "charsets")


def _extra(emulator: Any, name: str) -> str:
    """The sequences with which the emulator would restore one part of its state."""
    whole, plain = _formatted(emulator, name), _formatted(emulator, "")
    return whole.removesuffix(plain) if name == "modes" else whole.removeprefix(plain)


def _formatted(emulator: Any, name: str) -> str:
    """The first cell and one extra part, as sequences."""
    options = init_sized("GhosttyFormatterTerminalOptions")
    options.emit = lib.GHOSTTY_FORMATTER_FORMAT_VT
    if name:
        setattr(options.extra.screen if name in _SCREEN_EXTRAS else options.extra, name, True)
    selection = init_sized("GhosttySelection")
    selection.start = selection.end = emulator.ref(0, 0)[0]
    options.selection = selection
    formatter = ffi.new("GhosttyFormatter*")
    made = lib.ghostty_formatter_terminal_new(ffi.NULL, formatter, emulator._t[0], options[0])
    check(made, f"telling {name or 'a cell'}")
    try:
        return str(read_buf(lambda b, n, w: lib.ghostty_formatter_format_buf(formatter[0], b, n, w)))
    finally:
        lib.ghostty_formatter_free(formatter[0])


def _modes(emulator: Any) -> tuple[tuple[str, bool], ...]:
    found = re.findall(r"\x1b\[(\??\d+)([hl])", _extra(emulator, "modes"))
    return tuple((number, to == "h") for number, to in found if number not in _SCREEN_MODES)


def _region(emulator: Any) -> tuple[int, int, int, int] | None:
    told = _extra(emulator, "scrolling_region")
    vertical = re.search(r"\x1b\[(\d+);(\d+)r", told)
    horizontal = re.search(r"\x1b\[(\d+);(\d+)s", told)
    if not (vertical or horizontal):
        return None
    top, bottom = (int(vertical[1]), int(vertical[2])) if vertical else (1, int(emulator.get("rows")))
    left, right = (int(horizontal[1]), int(horizontal[2])) if horizontal else (1, int(emulator.get("cols")))
    return top - 1, bottom - 1, left - 1, right - 1


def _tab_stops(emulator: Any) -> tuple[int, ...]:
    return tuple(int(column) - 1 for column in re.findall(r"\x1b\[(\d+)G\x1bH", _extra(emulator, "tabstops")))


def _palette(emulator: Any) -> tuple[tuple[int, Rgb], ...]:
    now, fresh = ffi.new("GhosttyColorRgb[256]"), ffi.new("GhosttyColorRgb[256]")
    check(_get(emulator, lib.GHOSTTY_TERMINAL_DATA_COLOR_PALETTE, now), "reading the palette")
    check(_get(emulator, lib.GHOSTTY_TERMINAL_DATA_COLOR_PALETTE_DEFAULT, fresh), "reading the palette")
    pairs = ((n, (now[n].r, now[n].g, now[n].b), (fresh[n].r, fresh[n].g, fresh[n].b)) for n in range(256))
    return tuple((number, colour) for number, colour, usual in pairs if colour != usual)


def _default_colours(emulator: Any) -> tuple[tuple[int, Rgb], ...]:
    changed = []
    for osc, name in ((10, "FOREGROUND"), (11, "BACKGROUND"), (12, "CURSOR")):
        now, fresh = _rgb(emulator, f"COLOR_{name}"), _rgb(emulator, f"COLOR_{name}_DEFAULT")
        if now is not None and now != fresh:
            changed.append((osc, now))
    return tuple(changed)


def _rgb(emulator: Any, name: str) -> Rgb | None:
    colour = ffi.new("GhosttyColorRgb*")
    found = _get(emulator, getattr(lib, f"GHOSTTY_TERMINAL_DATA_{name}"), colour)
    if found == lib.GHOSTTY_NO_VALUE:
        return None
    check(found, f"reading {name}")
    return colour.r, colour.g, colour.b


def _text(emulator: Any, name: str) -> str:
    found = emulator.get(name, "GhosttyString")
    return bytes(ffi.buffer(found.ptr, found.len)).decode("utf-8", "replace") if found.len else ""


def _get(emulator: Any, what: int, into: Any) -> int:
    return int(lib.ghostty_terminal_get(emulator._t[0], what, into))


def _set(emulator: Any, option: int, value: Any) -> int:
    return int(lib.ghostty_terminal_set(emulator._t[0], option, value))
