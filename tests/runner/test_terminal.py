"""Contract of the emulator behind `Terminal`: what a program writes becomes what a person sees.

The emulator is a young wheel: these cases say what must still hold when it is replaced or updated.
"""

from __future__ import annotations

import io

import pytest

from runner.palette import ANSI
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
