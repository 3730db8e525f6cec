"""Contract of the emulator behind `Terminal`: what a program writes becomes what a person sees.

The emulator is a young wheel: these cases say what must still hold when it is replaced or updated.
"""

from __future__ import annotations

import io

import pytest

from runner.palette import ANSI, LIGHT
from runner.terminal import Cell, Terminal, TerminalError

COLS, ROWS = 20, 5


def screen_after(*written: str) -> Terminal:
    terminal = Terminal(COLS, ROWS)
    for part in written:
        terminal.feed(part.encode())
    return terminal


def replies_to(*written: str) -> bytes:
    replies = io.BytesIO()  # its write returns a count, as the send of a pty does
    terminal = Terminal(COLS, ROWS, on_reply=replies.write)
    for part in written:
        terminal.feed(part.encode())
    return replies.getvalue()


@pytest.mark.parametrize(
    ("written", "cursor_x"),
    [
        pytest.param("ab", 2, id="ASCII is one cell a character"),
        pytest.param("連結", 4, id="kanji take two cells"),
        pytest.param("ｱｲ", 2, id="half-width kana take one"),
        pytest.param("→①※…", 4, id="ambiguous width is one cell"),
        pytest.param("か\u3099", 2, id="a combining mark joins its base"),
        pytest.param("👨‍👩‍👧", 2, id="a joined emoji family is one character"),
        pytest.param("⚠️", 2, id="the emoji presentation selector makes two cells"),
        pytest.param("❯⏺●✻✽✢·⎿☐☒✔", 11, id="the agent's symbols are one cell each"),
    ],
)
def test_width_in_cells(written: str, cursor_x: int) -> None:
    terminal = screen_after(written)
    assert terminal.cursor == (cursor_x, 0)
    assert terminal.rows()[0] == written


def test_words_separated_by_cursor_moves_are_separated_on_the_screen() -> None:
    assert screen_after("Unable\x1b[9Gto\x1b[12Gend").rows()[0] == "Unable  to end"


def test_sequences_and_characters_may_be_split_between_feeds() -> None:
    whole = "\x1b[31m連結\x1b[0m決算".encode()
    terminal = Terminal(COLS, ROWS)
    for byte in whole:
        terminal.feed(bytes([byte]))
    assert terminal.rows()[0] == "連結決算"
    assert terminal.cells()[0][0].fg == ANSI[1]
    assert terminal.cells()[0][4].fg is None


def test_the_alternate_screen_comes_and_goes_and_the_first_screen_is_as_it_was() -> None:
    terminal = screen_after("before\x1b[?1049h\x1b[Hinside")
    assert terminal.text() == "inside"
    terminal.feed(b"\x1b[?1049l")
    assert terminal.text() == "before"


def test_a_synchronized_update_is_reported_while_it_lasts() -> None:
    terminal = screen_after("\x1b[?2026hhalf")
    assert terminal.redrawing
    terminal.feed(b" whole\x1b[?2026l")
    assert not terminal.redrawing
    assert terminal.text() == "half whole"


@pytest.mark.parametrize(
    ("query", "reply"),
    [
        pytest.param("\x1b[c", b"\x1b[?62;22c", id="primary device attributes"),
        pytest.param("\x1b[?2026$p", b"\x1b[?2026;2$y", id="synchronized output is known and off"),
        pytest.param("\x1b[?2027$p", b"\x1b[?2027;1$y", id="grapheme clusters are on"),
        pytest.param("\x1bc\x1b[?2027$p", b"\x1b[?2027;1$y", id="and stay on over a reset"),
        pytest.param("ab\x1b[6n", b"\x1b[1;3R", id="cursor position"),
        pytest.param("\x1b[>0q", b"\x1bP>|libghostty\x1b\\", id="name and version"),
        pytest.param(
            "\x1b]11;?\x1b\\", b"\x1b]11;rgb:1414/1717/1c1c\x1b\\", id="the background is the dark one"
        ),
    ],
)
def test_queries_are_answered(query: str, reply: bytes) -> None:
    assert replies_to(query) == reply


def test_a_terminal_nobody_listens_to_swallows_queries() -> None:
    assert screen_after("\x1b[c\x1b[6nx").text() == "x"


def test_an_error_in_the_listener_reaches_the_feeder() -> None:
    def refuse(reply: bytes) -> None:
        raise OSError(f"nobody took {reply!r}")

    with pytest.raises(OSError, match="nobody took"):
        Terminal(COLS, ROWS, on_reply=refuse).feed(b"\x1b[c")


def test_rows_are_as_many_as_the_screen_has_and_text_ends_with_the_last_filled_row() -> None:
    terminal = screen_after("\r\n  b  \r\n　全角　")
    assert terminal.rows() == ["", "  b", "　全角　", "", ""]
    assert terminal.text() == "\n  b\n　全角　"
    assert screen_after().rows() == [""] * ROWS
    assert screen_after().text() == ""


def test_a_full_row_wraps_and_a_full_screen_scrolls() -> None:
    assert screen_after("x" * (COLS + 1)).rows()[:2] == ["x" * COLS, "x"]
    assert screen_after("\r\n".join("abcdef")).rows() == list("bcdef")


def test_cells_carry_their_style() -> None:
    terminal = screen_after(
        "\x1b[1;3;4;31mA\x1b[0;2;7;9;38;2;1;2;3;48;5;22mB\x1b[0m連\x1b[48:2::9:8:7m \x1b[0;8mS\x1b[0m"
    )
    row = terminal.cells()[0]
    assert row[0] == Cell("A", 1, ANSI[1], None, bold=True, italic=True, underline=True)
    assert row[1] == Cell("B", 1, (1, 2, 3), (0, 95, 0), faint=True, inverse=True, strike=True)
    assert row[2:4] == [Cell("連", 2, None, None), Cell("", 0, None, None)]
    assert (row[4].char, row[4].bg) == (" ", (9, 8, 7))
    assert row[5].char == " ", "text the program hides is not shown"
    assert row[6] == Cell("", 1, None, None)
    assert [len(cells) for cells in terminal.cells()] == [COLS] * ROWS


def test_erasing_with_a_background_colours_the_cells() -> None:
    row = screen_after("\x1b[48;2;9;8;7m\x1b[K").cells()[0]
    assert [cell.bg for cell in row] == [(9, 8, 7)] * COLS


def test_the_cursor_can_be_hidden_and_moved() -> None:
    terminal = screen_after("\x1b[3;7H")
    assert terminal.cursor == (6, 2)
    assert terminal.cursor_visible
    terminal.feed(b"\x1b[?25l")
    assert not terminal.cursor_visible
    assert terminal.size == (COLS, ROWS)


def test_a_narrower_window_wraps_the_text_anew() -> None:
    terminal = screen_after("連結決算の集計")
    terminal.resize(8, 3)
    assert terminal.size == (8, 3)
    assert terminal.rows() == ["連結決算", "の集計", ""]
    assert [len(cells) for cells in terminal.cells()] == [8, 8, 8]


def test_a_terminal_without_cells_is_refused() -> None:
    with pytest.raises(TerminalError, match="0 x 5"):
        Terminal(0, 5)


BEHAVIOURS = {
    # writing and the cursor
    "a carriage return goes back to the first column": ("abc\rX", ["Xbc"]),
    "a backspace moves and erases nothing": ("abc\b\bX", ["aXc"]),
    "tabs stop every eight columns": ("a\tb\tc", ["a       b       c"]),
    "a position outside is the nearest inside": ("\x1b[99;99HX", ["", "", "", "", " " * 19 + "X"]),
    "the cursor is saved and comes back": ("ab\x1b7\x1b[4;4H\x1b8X", ["abX"]),
    "the cursor moves up, down, left and right": (
        "\x1b[3;5Ha\x1b[A\x1b[Db\x1b[2B\x1b[Cc",
        ["", "    b", "    a", "      c"],
    ),
    "next line and reverse index": ("a\x1bEb\x1bMc", ["ac", "b"]),
    "a wide character that does not fit goes to the next row": ("x" * 19 + "国", ["x" * 19, "国"]),
    "a full row wraps only with the next character": ("x" * 20 + "\ry", ["y" + "x" * 19]),
    "without autowrap the last cell is overwritten": ("\x1b[?7l" + "x" * 20 + "yz", ["x" * 19 + "z"]),
    "a character is repeated": ("ab\x1b[3b", ["abbbb"]),
    # erasing and inserting
    "erasing to the end of the row": ("abcdef\x1b[4G\x1b[K", ["abc"]),
    "erasing to its beginning": ("abcdef\x1b[3G\x1b[1K", ["   def"]),
    "erasing the row": ("abc\r\ndef\x1b[2K", ["abc"]),
    "erasing below": ("a\r\nb\r\nc\x1b[2;1H\x1b[J", ["a"]),
    "erasing above": ("a\r\nb\r\nc\x1b[2;1H\x1b[1J", ["", "", "c"]),
    "erasing the screen leaves the cursor": ("ab\x1b[2JX", ["  X"]),
    "erasing characters leaves the rest in place": ("abcdef\x1b[2G\x1b[3X", ["a   ef"]),
    "deleting characters draws the rest near": ("abcdef\x1b[2G\x1b[3P", ["aef"]),
    "inserting blanks pushes the rest away": ("abc\x1b[2G\x1b[2@", ["a  bc"]),
    "inserting a row": ("a\r\nb\x1b[1;1H\x1b[L", ["", "a", "b"]),
    "deleting a row": ("a\r\nb\r\nc\x1b[1;1H\x1b[M", ["b", "c"]),
    "insert mode": ("abc\x1b[1G\x1b[4hX\x1b[4l", ["Xabc"]),
    "overwriting half of a wide character erases the other": ("国国\x1b[2GX", [" X国"]),
    "a wide character over a narrow pair": ("abcd\x1b[2G国", ["a国d"]),
    # regions and screens
    "a scrolling region scrolls alone": ("1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[3;1H\n", ["1", "3", "", "4"]),
    "scrolling up and down": ("a\r\nb\x1b[S\x1b[2T", ["", "", "b"]),
    "origin mode counts from the region": ("\x1b[2;4r\x1b[?6h\x1b[1;1HX", ["", "X"]),
    "a reset clears all": ("\x1b[31;4mab\x1b[2;3r\x1bcX", ["X"]),
    "the alternate screen begins empty": ("first\x1b[?1049h", []),
    # what is not text
    "a title is not on the screen": ("\x1b]0;題名\x07a\x1b]2;other\x1b\\b", ["ab"]),
    "a hyperlink shows its text": ("\x1b]8;;https://example.com\x1b\\連結\x1b]8;;\x1b\\.", ["連結."]),
    "a clipboard write is not shown": ("a\x1b]52;c;eHg=\x07b", ["ab"]),
    "a device string is not shown": ("a\x1bP1$r0m\x1b\\b", ["ab"]),
    "kitty keyboard modes are not shown": ("a\x1b[>1u\x1b[<u\x1b[?u\x1b[>4;2mb", ["ab"]),
    "bracketed paste, focus and mouse modes are not shown": ("a\x1b[?2004h\x1b[?1004h\x1b[?1006hb", ["ab"]),
    "an unknown sequence is swallowed whole": ("a\x1b[?9999;1$zb", ["ab"]),
    "bytes that are no UTF-8 stand as one replacement": (b"a\xffb", ["a\ufffdb"]),
    "a cancelled sequence ends at once": ("a\x1b[31\x18b", ["ab"]),
    "line drawing by charset": ("\x1b(0lqk\x1b(Babc", ["┌─┐abc"]),
    "a flag is one character of two cells": ("🇯🇵a", ["🇯🇵a"]),
    "a keycap is one character": ("1️⃣a", ["1️⃣a"]),
    "a skin tone joins its hand": ("👍🏽a", ["👍🏽a"]),
    "a variation selector 15 keeps the text form": ("⚠︎a", ["⚠︎a"]),
}


@pytest.mark.parametrize(("written", "rows"), BEHAVIOURS.values(), ids=BEHAVIOURS.keys())
def test_what_is_written_becomes_these_rows(written: str | bytes, rows: list[str]) -> None:
    terminal = Terminal(COLS, ROWS)
    terminal.feed(written if isinstance(written, bytes) else written.encode())
    assert terminal.rows() == rows + [""] * (ROWS - len(rows))


STYLES = {
    "colours after a colon": ("\x1b[38:2::10:20:30mX", Cell("X", 1, (10, 20, 30), None)),
    "colours after a colon without a colour space": (
        "\x1b[38:2:10:20:30mX",
        Cell("X", 1, (10, 20, 30), None),
    ),
    "an indexed colour after a colon": ("\x1b[48:5:22mX", Cell("X", 1, None, (0, 95, 0))),
    "bright colours": ("\x1b[92;103mX", Cell("X", 1, ANSI[10], ANSI[11])),
    "the default colours again": ("\x1b[31;41m\x1b[39;49mX", Cell("X", 1, None, None)),
    "a double underline": ("\x1b[21mX", Cell("X", 1, None, None, underline=2)),
    "a curly underline": ("\x1b[4:3mX", Cell("X", 1, None, None, underline=3)),
    "an underline of its own colour": (
        "\x1b[4;58:2::1:2:3mX",
        Cell("X", 1, None, None, underline=1, underline_colour=(1, 2, 3)),
    ),
    "an underline of an indexed colour": (
        "\x1b[4:5;58;5;1mX",
        Cell("X", 1, None, None, underline=5, underline_colour=ANSI[1]),
    ),
    "no underline by a colon": ("\x1b[4m\x1b[4:0mX", Cell("X", 1, None, None)),
    "neither bold nor faint": ("\x1b[1;2m\x1b[22mX", Cell("X", 1, None, None)),
    "inverse and back": ("\x1b[7m\x1b[27mX", Cell("X", 1, None, None)),
    "the style saved with the cursor": ("\x1b[31m\x1b7\x1b[0m\x1b8X", Cell("X", 1, ANSI[1], None)),
}


@pytest.mark.parametrize(("written", "cell"), STYLES.values(), ids=STYLES.keys())
def test_a_style_is_read_from_the_cell(written: str, cell: Cell) -> None:
    terminal = screen_after(written)
    x = max(0, terminal.cursor[0] - 1)
    assert terminal.cells()[0][x] == cell


def test_only_the_rows_that_were_written_to_are_read_again() -> None:
    terminal = screen_after("a\r\nb\r\nc")
    assert sorted(terminal.changed_rows()) == list(range(ROWS))
    assert terminal.changed_rows() == {}
    terminal.feed(b"\x1b[3;1HX")
    changed = terminal.changed_rows()
    assert 2 in changed
    assert len(changed) < ROWS
    assert changed[2] == terminal.cells()[2]
    terminal.feed(b"\x1b[2J")
    assert all(cell.char == "" for cell in terminal.changed_rows()[2])


def test_reading_all_cells_in_between_hides_no_change() -> None:
    terminal = screen_after("a")
    terminal.changed_rows()
    terminal.feed(b"\x1b[2;1Hb")
    terminal.cells()
    assert 1 in terminal.changed_rows()


def test_indexed_colours_are_those_of_the_palette_given() -> None:
    terminal = Terminal(COLS, ROWS, palette=LIGHT)
    terminal.feed(b"\x1b[31mX\x1b[38;5;22mY")
    assert [cell.fg for cell in terminal.cells()[0][:2]] == [LIGHT.ansi[1], (0, 95, 0)]
