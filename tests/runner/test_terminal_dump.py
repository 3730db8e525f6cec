"""A terminal's state as an escape sequence: a terminal that gets it shows the same and goes on alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runner.cast import read_cast
from runner.studio.replay import feed
from runner.terminal import Terminal
from runner.terminal_dump import RESET, dump
from runner.terminal_state import State
from tests.runner.streams import COLS, ROWS, outputs

CURATED = Path(__file__).resolve().parents[2] / "recordings" / "pkg_batch" / "curated" / "session.cast"
BEFORE = "\x1b[31mold\x1b[?1049h\x1b[2;3r\x1b[?6h\x1b]0;old\x07\x1b]4;1;#123456\x07\x1b]11;#123456\x07\x1b(0\x1b]2;ab"


def restored(terminal: Terminal) -> Terminal:
    """A terminal with a past of its own, brought to the state of the given one."""
    other = Terminal(*terminal.size)
    other.feed(BEFORE.encode())
    other.feed((RESET + dump(terminal.state())).encode())
    return other


def seen(terminal: Terminal) -> tuple[object, ...]:
    """What a person sees."""
    state = terminal.state()
    cursor = terminal.cursor if terminal.cursor_visible else None
    return terminal.cells(), cursor, state.cursor_style, state.title, state.colours, state.palette


def after(*written: str) -> Terminal:
    terminal = Terminal(COLS, ROWS)
    for part in written:
        terminal.feed(part.encode())
    return terminal


@pytest.mark.parametrize(
    ("written", "then"),
    [
        pytest.param("連結\x1b[1;3;38;2;1;2;3;48;5;22m決算", "算", id="text and pen"),
        pytest.param("\x1b[4:3;58:5:9mcurly\x1b[53;21mx", "y", id="underlines"),
        pytest.param("\x1b[48;2;9;8;7m\x1b[2J\x1b[3;3Hx", "\x1b[K", id="cells of a background alone"),
        pytest.param("x" * COLS, "y", id="a full row waits to wrap"),
        pytest.param("x" * (COLS - 2) + "連", "結", id="a wide character waits to wrap"),
        pytest.param("x" * (COLS - 1) + "連結", "\x1b[A!", id="a wide character that did not fit"),
        pytest.param("👨‍👩‍👧⚠️🇯🇵か\u3099😀", "!", id="clusters"),
        pytest.param("a\x1b7\x1b[3;3H\x1b[31mb", "\x1b8c", id="saved cursor"),
        pytest.param("x" * COLS + "\x1b[31m\x1b7\x1b[H", "\x1b8yz", id="saved while waiting to wrap"),
        pytest.param("one\x1b[?1049h\x1b[Htwo", "\x1b[?1049lthree", id="alternate screen (1049)"),
        pytest.param("one\x1b7\x1b[4;4H\x1b[?47h\x1b[Htwo", "\x1b[?47l\x1b8three", id="alternate screen (47)"),
        pytest.param("\x1b[2;4r\x1b[4;1Hx", "\n\n\ny", id="scroll region"),
        pytest.param("\x1b[2;4r\x1b[?6h\x1b[2;2Hx", "\x1b[Hy", id="origin mode"),
        pytest.param("\x1b[?69h\x1b[3;9s\x1b[2;9Hx", "yz", id="left and right margins"),
        pytest.param("\x1b[?7l" + "x" * 30, "y", id="no wrapping"),
        pytest.param("abc\x1b[4h\x1b[H", "x", id="insert mode"),
        pytest.param("\x1b[3g\x1b[7G\x1bH\r", "\tx", id="tab stops"),
        pytest.param("\x1b(0q\x1b[3;3H", "qqq\x1b(Bq", id="line drawing characters"),
        pytest.param("\x1b)0ab\x0e", "qq\x0fq", id="shifted out"),
        pytest.param("\x1b]8;;http://a/\x1b\\link", "ed\x1b]8;;\x1b\\ no", id="hyperlink"),
        pytest.param('\x1b[1"qkeep\x1b[0"qgo', "\x1b[?2J", id="protected cells"),
        pytest.param("\x1b]2;題\x07\x1b]4;1;#102030\x07\x1b]11;#405060\x07\x1b[31mx", "y", id="title and colours"),
        pytest.param("\x1b[5 q\x1b[?25l", "\x1b[?25h", id="cursor's shape and sight"),
        pytest.param("\x1b[?1h\x1b[?2004h\x1b[?1000h\x1b[?1006h\x1b[>1u", "", id="modes a program set"),
        pytest.param("\x1b[?2026hhalf", " whole\x1b[?2026l", id="within a synchronized update"),
        pytest.param("ab\x1b[38;2;1", ";2;3mx", id="within a sequence"),
        pytest.param("ab\x1b]2;tit", "le\x07x", id="within a title"),
        pytest.param("\x1b[8mhidden\x1b[28m", "x", id="text the program hides"),
    ],
)  # fmt: skip
def test_a_terminal_comes_back_and_goes_on_alike(written: str, then: str) -> None:
    terminal = after(written)
    other = restored(terminal)
    assert other.state() == terminal.state()
    assert seen(other) == seen(terminal)
    assert other.redrawing == terminal.redrawing
    for each in (terminal, other):
        each.feed(then.encode())
    assert other.state() == terminal.state()
    assert seen(other) == seen(terminal)


def test_every_state_of_a_real_recording_comes_back() -> None:
    cast = read_cast(CURATED)
    terminal = Terminal(*cast.size)
    every = len(cast.events) // 64
    assert every > 0
    for number, event in enumerate(cast.events):
        feed(terminal, event)
        if number % every == 0:
            assert restored(terminal).state() == terminal.state(), f"after event {number}"


def told(state: State) -> State:
    """The state without a saved cursor, which origin mode may leave outside of its region."""
    return replace(state, saved=state.cursor, main=None)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(outputs, outputs)
@example("\x1b[?1049h\x1b[?6h\x1b[3;5r", "連結")
def test_whatever_a_program_wrote_comes_back(written: str, more: str) -> None:
    terminal = after(written)
    other = restored(terminal)
    assert told(other.state()) == told(terminal.state())
    for each in (terminal, other):
        each.feed(f"\x18\x1b[r\x1b[?6l\x1b[?7h{more}".encode())
    assert seen(other)[0] == seen(terminal)[0]


@given(st.integers(8, 30), st.integers(3, 8))
@settings(max_examples=20, deadline=None, derandomize=True)
def test_text_wraps_anew_as_it_would_have(columns: int, rows: int) -> None:
    terminal = after("連結決算の集計をします。\r\nx" + "0123456789" * 3 + "\r\n\x1b[31mend")
    other = restored(terminal)
    for each in (terminal, other):
        each.resize(columns, rows)
    assert seen(other) == seen(terminal)
