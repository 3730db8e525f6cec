"""Golden screens: what changed is found in its row; what may differ between two performances is passed over."""

from __future__ import annotations

import pytest

from runner.studio.screen_changes import RowChange, changed_rows, comparable
from runner.terminal import Cell, Terminal


def screen(*rows: str) -> list[list[Cell]]:
    terminal = Terminal(100, 30)
    terminal.feed("\r\n".join(rows).encode())
    return terminal.cells()


def test_the_same_screen_has_no_change() -> None:
    rows = ("❯ 集計を依頼", "● Bash(python3 aggregate_pkg.py)", "\x1b[31m赤\x1b[0m")
    assert changed_rows(screen(*rows), screen(*rows)) == []


def test_a_changed_row_is_told_with_its_number_and_both_texts() -> None:
    now = screen("同じ", "  ⎿  90社を集計しました", "同じ")
    assert changed_rows(screen("同じ", "  ⎿  89社を集計しました", "同じ"), now) == [
        RowChange(2, "  ⎿  89社を集計しました", "  ⎿  90社を集計しました", "text")
    ]


def test_a_row_that_is_gone_and_a_row_that_came_are_changes() -> None:
    assert [c.row for c in changed_rows(screen("a", "b"), screen("a"))] == [2]
    assert [c.row for c in changed_rows(screen("a"), screen("a", "b"))] == [2]


@pytest.mark.parametrize("look", ["\x1b[31m", "\x1b[1m", "\x1b[4m", "\x1b[7m", "\x1b[44m", "\x1b[2m"])
def test_another_look_of_the_same_text_is_a_change_of_colour(look: str) -> None:
    changes = changed_rows(screen("題名"), screen(f"{look}題名"))
    assert [(change.row, change.kind) for change in changes] == [(1, "colour")]


@pytest.mark.parametrize(
    ("golden", "now"),
    [
        ("✻ Working… (12s · ↑ 1.2k tokens · esc to interrupt)", "✢ Working… (3s · esc to interrupt)"),
        ("  ⎿  Running…", "  ⎿  Waiting…"),
        ("完了（12秒）", "完了（3秒）"),
        ("took 1m 3s", "took 58s"),
        ("done in 1.25s", "done in 0.9s"),
        ("1.2k tokens used", "980 tokens used"),
        ("-rw-r--r-- 1 demo demo 29268 Nov 21 12:24 a.xlsx", "-rw-r--r-- 1 demo demo 9269 Dec  1 02:07 a.xlsx"),
        ("2026-11-21 12:24:01 start", "2027-01-02 08:00:59 start"),
        ("at 12:24", "at 8:05 AM"),
        ("saved to /tmp/claude-1a2b/x.txt", "saved to /tmp/claude-ffff/y.txt"),
        ("toolu_rehearsal_00012 done", "toolu_abc done"),
        ("  accept edits on          40% until auto-compact", "  accept edits on     39% until auto-compact"),
        ("  accept edits on          ○ low · /effort", "  accept edits on"),
        ("  accept edits on (shift+tab to cycle)", "  accept edits on"),
    ],
)  # fmt: skip
def test_spinners_counters_times_and_ids_may_differ(golden: str, now: str) -> None:
    assert changed_rows(screen(golden), screen(now)) == []


def test_the_sign_of_progress_may_blink() -> None:
    assert changed_rows(screen("\x1b[32m●\x1b[0m Bash"), screen("\x1b[2m●\x1b[0m Bash")) == []


@pytest.mark.parametrize(
    ("golden", "now"),
    [
        ("集計結果 810 行", "集計結果 811 行"),
        ("2027年3月期 第1四半期", "2027年6月期 第1四半期"),
        ("売上高 6,865,245,443", "売上高 6,865,245,444"),
        ("Do you want to proceed?", "Do you want to go on?"),
        ("❯ 1. Yes", "❯ 1. No"),
        ("2048,,,A01,未提出", "2049,,,A01,未提出"),
        ("PKG_1001.xlsx", "PKG_1002.xlsx"),
    ],
)
def test_what_the_audience_reads_is_never_passed_over(golden: str, now: str) -> None:
    assert [change.kind for change in changed_rows(screen(golden), screen(now))] == ["text"]
    assert comparable(golden) == golden
