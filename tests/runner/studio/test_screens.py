"""The screen at each marker: what stood there then, held by the texts of a real recording of Claude Code.

When a change of the emulator is wanted, `python -m runner.studio.stills tests/runner/studio/data/take` writes
the texts anew (delete the pictures); read the difference before committing it.
"""

from __future__ import annotations

import difflib
from pathlib import Path

from runner.cast import Cast, Event, Header, add_markers, read_cast
from runner.studio.screens import MarkedScreen, screens_at_markers
from runner.studio.stills import file_name

TAKE = Path(__file__).parent / "data" / "take"


def played(*events: tuple[float, str, str]) -> list[MarkedScreen]:
    header = Header(version=2, width=20, height=4)
    return list(screens_at_markers(Cast(header, tuple(Event(*event) for event in events))))


def difference(expected: dict[str, str], found: dict[str, str]) -> str:
    lines: list[str] = []
    for name in sorted({*expected, *found}):
        before, after = expected.get(name, "").splitlines(), found.get(name, "").splitlines()
        lines += difflib.unified_diff(before, after, f"expected/{name}", f"found/{name}", lineterm="")
    return "\n".join(lines)


def test_the_screens_of_a_real_recording_are_those_a_person_saw() -> None:
    expected = {path.name: path.read_text(encoding="utf-8") for path in (TAKE / "screens").glob("*.txt")}
    found = {
        f"{file_name(screen.number, screen.label)}.txt": screen.text + "\n"
        for screen in screens_at_markers(read_cast(TAKE / "session.cast"))
    }
    assert len(expected) == 5
    assert not (changes := difference(expected, found)), f"\n{changes}"


def test_a_difference_shows_the_line_that_changed() -> None:
    shown = difference({"01-a.txt": "合計 100\n終わり\n"}, {"01-a.txt": "合計 101\n終わり\n"})
    assert "-合計 100\n+合計 101\n 終わり" in shown


def test_a_marker_shows_what_came_before_it_and_not_what_comes_after() -> None:
    screens = played((0.0, "o", "一"), (1.0, "m", "first"), (1.0, "o", "二"), (2.0, "m", "second"))
    assert [(s.number, s.time_s, s.label, s.text) for s in screens] == [
        (1, 1.0, "first", "一"),
        (2, 2.0, "second", "一二"),
    ]


def test_markers_added_afterwards_show_the_same_screens() -> None:
    cast = read_cast(TAKE / "session.cast")
    bare = Cast(cast.header, tuple(event for event in cast.events if event.kind != "m"))
    again = add_markers(bare, cast.markers)
    assert [s.text for s in screens_at_markers(again)] == [s.text for s in screens_at_markers(cast)]


def test_a_marker_inside_a_redraw_shows_the_screen_after_it() -> None:
    screens = played(
        (0.0, "o", "old"), (0.1, "o", "\x1b[?2026h\r\x1b[K"), (0.2, "m", "a"), (0.2, "m", "b"),
        (0.3, "o", "new\x1b[?2026l"), (0.4, "o", "er"), (0.5, "m", "c"),
    )  # fmt: skip
    assert [(s.number, s.label, s.text) for s in screens] == [
        (1, "a", "new"),
        (2, "b", "new"),
        (3, "c", "newer"),
    ]


def test_a_redraw_that_does_not_end_is_shown_as_a_terminal_shows_it() -> None:
    screens = played((0.0, "o", "\x1b[?2026hhalf"), (0.1, "m", "a"), (1.2, "o", " later"))
    assert [s.text for s in screens] == ["half"]
    screens = played((0.0, "o", "\x1b[?2026hhalf"), (0.1, "m", "a"))
    assert [s.text for s in screens] == ["half"]


def test_a_resize_changes_the_screen() -> None:
    (screen,) = played((0.0, "o", "連結決算"), (0.1, "r", "6x2"), (0.2, "m", "a"))
    assert screen.text == "連結決\n算"
    assert [len(row) for row in screen.cells] == [6, 6]


def test_the_cursor_is_there_unless_the_program_hides_it() -> None:
    shown, hidden = played((0.0, "o", "ab"), (0.1, "m", "a"), (0.2, "o", "\x1b[?25l"), (0.3, "m", "b"))
    assert (shown.cursor, hidden.cursor) == ((2, 0), None)


def test_keys_that_were_recorded_are_not_on_the_screen() -> None:
    (screen,) = played((0.0, "i", "secret"), (0.1, "m", "a"))
    assert screen.text == ""


def test_a_recording_without_markers_has_no_screens() -> None:
    assert played((0.0, "o", "text")) == []
