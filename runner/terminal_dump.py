"""The escape sequence that brings a fresh terminal to a given state: what stands at every seam of an edited cast.

Takes a `State`, gives text; pure. Used by the cast editing and by redaction, which masks the state first.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.terminal_state import BLANK, PLAIN, Colour, Cursor, Grid, Pen, State, StateCell

# End any sequence (CAN), reset (RIS), and the colours, which a reset leaves as they are.
RESET = "\x18\x1bc\x1b]104\x1b\\\x1b]110\x1b\\\x1b]111\x1b\\\x1b]112\x1b\\"
TAB = 8
# Set in their own place: insert, origin, autowrap, alternate screens, saved cursor, synchronized update.
# Mode 3 would clear the screen.
_ELSEWHERE = {"4", "?3", "?6", "?7", "?47", "?1047", "?1048", "?1049", "?2026"}
_LATE = ("4", "?7", "?2026")  # would disturb the drawing
_SHAPES = {0: 5, 1: 1, 2: 3}  # DECSCUSR, blinking; one more is steady


def dump(state: State) -> str:
    """The state as text for a terminal of the same size that has just been reset with `RESET`."""
    return "".join(_parts(state))


def _parts(state: State) -> Iterator[str]:
    modes = dict(state.modes)
    if state.main is not None:
        yield from _saved(state.main.saved, state)
        yield from _drawn(state.main.grid)
        if state.main.mode == 1049:  # saves the cursor anew on its way out
            yield "\x1b8"
        yield f"\x1b[?{state.main.mode}h" + _plain(state.main.saved)
    yield from _saved(state.saved, state)
    yield from _drawn(state.grid)
    yield from _colours(state)
    if state.tab_stops != tuple(range(TAB, state.size[0], TAB)):
        yield "\x1b[3g" + "".join(f"\x1b[{column + 1}G\x1bH" for column in state.tab_stops)
    if state.title:
        yield f"\x1b]2;{state.title}\x1b\\"
    if state.folder:
        yield f"\x1b]7;{state.folder}\x1b\\"
    yield state.keyboard
    shape, blinking = state.cursor_style
    if (shape, blinking) != (1, False) and shape in _SHAPES:
        yield f"\x1b[{_SHAPES[shape] + (not blinking)} q"
    yield from (_mode(name, on) for name, on in state.modes if name not in _ELSEWHERE)
    yield _region(state)
    again = _written_last(state.cursor, state.grid) if state.cursor.pending_wrap else BLANK
    yield from _placed(state.cursor, again, state)
    yield from (_mode(name, modes[name]) for name in _LATE if name in modes)
    yield state.unfinished.decode("utf-8", "surrogateescape")


def _mode(name: str, on: bool) -> str:
    return f"\x1b[{name}{'h' if on else 'l'}"


def _saved(cursor: Cursor, state: State) -> Iterator[str]:
    """Save this cursor, on a screen that is still empty and is so again afterwards."""
    if cursor == Cursor(0, 0):
        return
    yield "\x1b[?69h" + _region(state)
    yield from _placed(cursor, StateCell("x") if cursor.pending_wrap else BLANK, state)
    yield "\x1b7" + _plain(cursor) + "\x1b[r\x1b[s\x1b[?69l\x1b[2J"


def _plain(cursor: Cursor) -> str:
    """Back to the cursor of a fresh terminal, but for its place."""
    origin = "\x1b[?6l" if cursor.origin else ""
    charsets = "\x1b(B\x1b)B\x1b*B\x1b+B\x0f" if cursor.charsets else ""
    link = "\x1b]8;;\x1b\\" if cursor.link else ""
    return origin + charsets + link + ('\x1b[0"q' if cursor.protected else "") + "\x1b[0m"


def _written_last(cursor: Cursor, grid: Grid) -> StateCell:
    """The character before a cursor that waits to wrap."""
    cell = grid.rows[cursor.y][cursor.x]
    return cell if cell.width else grid.rows[cursor.y][cursor.x - 1]


def _placed(cursor: Cursor, again: StateCell, state: State) -> Iterator[str]:
    """Cursor, pen, link, protection and character sets; `again` is written once more to wait for the wrap."""
    top, left = 0, 0
    if cursor.origin:
        yield "\x1b[?6h"
        if state.region:
            top, left = state.region[0], state.region[2]
    x = cursor.x - (again.width == 2)
    yield f"\x1b[{cursor.y - top + 1};{x - left + 1}H"
    if again.char:
        pencil = _Pencil()
        yield pencil.sharpened(again) + _character(again) + pencil.sharpened(BLANK)
    yield _sgr(cursor.pen)
    if cursor.link:
        yield f"\x1b]8;;{cursor.link}\x1b\\"
    if cursor.protected:
        yield '\x1b[1"q'
    yield cursor.charsets


def _region(state: State) -> str:
    if state.region is None:
        return ""
    top, bottom, left, right = state.region
    columns, rows = state.size
    vertical = f"\x1b[{top + 1};{bottom + 1}r" if (top, bottom) != (0, rows - 1) else ""
    horizontal = f"\x1b[{left + 1};{right + 1}s" if (left, right) != (0, columns - 1) else ""
    return vertical + horizontal


def _colours(state: State) -> Iterator[str]:
    for number, (r, g, b) in state.palette:
        yield f"\x1b]4;{number};rgb:{r:02x}/{g:02x}/{b:02x}\x1b\\"
    for osc, (r, g, b) in state.colours:
        yield f"\x1b]{osc};rgb:{r:02x}/{g:02x}/{b:02x}\x1b\\"


def _drawn(grid: Grid) -> Iterator[str]:
    """Every cell that is not blank. A row that wraps is written on into the next, so that it wraps again."""
    pencil = _Pencil()
    flowing = False
    for y, row in enumerate(grid.rows):
        yield from pencil.row(row, y, flowing)
        below = grid.rows[y + 1] if grid.wrapped[y] and y + 1 < len(grid.rows) else (BLANK,)
        flowing = below[0].width == 2 if row[-1].width < 0 else pencil.at == len(row) and below[0] != BLANK
        if flowing and row[-1].width < 0:  # a wide character did not fit: it is written there and wraps
            yield f"\x1b[{y + 1};{len(row)}H"
            background = row[-1].pen.bg
            if (
                background != below[0].pen.bg and len(below[0].char) == 1
            ):  # once for the free cell, again for itself
                first = below[0]._replace(pen=below[0].pen._replace(bg=background))
                yield pencil.sharpened(first) + _character(first)
                flowing = False
        if flowing and not below[0].char:  # something must be written for the row to wrap
            yield pencil.sharpened(BLANK) + f" \x1b[{y + 2};1H\x1b[X"
            flowing = False
    yield pencil.sharpened(BLANK)


class _Pencil:
    """Writes rows; knows its pen and the column `at` which the next character would land (None: not for sure)."""

    def __init__(self) -> None:
        self.at: int | None = None
        self._held = BLANK

    def row(self, row: tuple[StateCell, ...], y: int, flowing: bool) -> Iterator[str]:
        self.at = 0 if flowing else None
        x = 0
        while x < len(row):
            cell = row[x]
            if cell.char:
                yield from self._moved(x, y)
                yield self.sharpened(cell) + _character(cell)
                x += max(cell.width, 1)
                self.at = x if x >= len(row) or _sure_of_width(cell.char) else None
            elif cell.pen != PLAIN and cell.width > 0:
                end = next((n for n in range(x, len(row)) if row[n] != cell), len(row))
                yield f"\x1b[{y + 1};{x + 1}H{self.sharpened(cell)}\x1b[{end - x}X"
                self.at = None
                x = end
            else:
                x += 1

    def sharpened(self, cell: StateCell) -> str:
        """Take up the cell's pen, link and protection."""
        before, self._held = self._held, cell
        text = _sgr(cell.pen) if cell.pen != before.pen else ""
        if cell.link != before.link:
            text += f"\x1b]8;;{cell.link}\x1b\\"
        if cell.protected != before.protected:
            text += f'\x1b[{int(cell.protected)}"q'
        return text

    def _moved(self, x: int, y: int) -> Iterator[str]:
        if self.at != x:
            yield f"\x1b[{y + 1};{x + 1}H"


def _character(cell: StateCell) -> str:
    """The character, as written; a wide blank is what the emulator makes of kanji among line-drawing characters."""
    if cell.char.startswith(" ") and cell.width == 2:
        return "\x1b(0\u3000\x1b(B" + cell.char[1:]
    return cell.char


def _sure_of_width(char: str) -> bool:
    """Players disagree about the width of emoji and clusters."""
    return len(char) == 1 and ord(char) < 0x1F000


def _sgr(pen: Pen) -> str:
    codes = ["0"]
    flags = (pen.bold, pen.faint, pen.italic, pen.blink, pen.inverse, pen.invisible, pen.strike, pen.overline)
    codes += [code for code, on in zip(("1", "2", "3", "5", "7", "8", "9", "53"), flags, strict=True) if on]
    if pen.underline:
        codes.append("4" if pen.underline == 1 else f"4:{pen.underline}")
    codes += _colour(pen.fg, 30) + _colour(pen.bg, 40)
    if isinstance(pen.underline_colour, int):
        codes.append(f"58:5:{pen.underline_colour}")
    elif pen.underline_colour is not None:
        codes.append("58:2::{}:{}:{}".format(*pen.underline_colour))
    return f"\x1b[{';'.join(codes)}m"


def _colour(colour: Colour, base: int) -> list[str]:
    """SGR codes for text (base 30) or background (base 40)."""
    if colour is None:
        return []
    if not isinstance(colour, int):
        return [f"{base + 8};2;{colour[0]};{colour[1]};{colour[2]}"]
    if colour < 8:
        return [str(base + colour)]
    return [str(base + 60 + colour - 8)] if colour < 16 else [f"{base + 8};5;{colour}"]
