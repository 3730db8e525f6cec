"""Stills beside a trial: what the drawing process says becomes notes that any reader may see."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from runner import stills
from runner.stills import KIT_ROOT, stills_of, worth_noting

TAKE = Path("/srv/デモ 一/take-1")


def test_a_take_is_drawn_while_something_else_runs_and_nothing_is_noted(tmp_path: Path) -> None:
    cast = '{"version": 2, "width": 20, "height": 2}\n[0.1, "o", "連結"]\n[0.2, "m", "begin"]\n'
    (tmp_path / "session.cast").write_text(cast, encoding="utf-8")
    notes: list[str] = []
    with stills_of(tmp_path, notes):
        pass
    assert notes == []
    assert sorted(path.name for path in tmp_path.rglob("*")) == [
        "01-begin.png",
        "01-begin.txt",
        "screens",
        "session.cast",
    ]


def test_a_broken_recording_is_noted_without_the_folder_it_lies_in(tmp_path: Path) -> None:
    (tmp_path / "session.cast").write_text("{}", encoding="utf-8")
    notes: list[str] = []
    with stills_of(tmp_path, notes):
        pass
    (note,) = notes
    assert note.startswith("screens: session.cast, line 1: asciicast v2 or v3 is expected")


def test_a_drawing_process_that_falls_is_noted_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crash = tmp_path / "python"
    crash.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c 'import json; json.loads(chr(123))'\n")
    crash.chmod(0o755)
    (tmp_path / "session.cast").touch()
    monkeypatch.setattr(stills.sys, "executable", str(crash))
    notes: list[str] = []
    with stills_of(tmp_path, notes):
        pass
    (note,) = notes
    assert note.startswith("screens: json.decoder.JSONDecodeError: Expecting property name")


CHAINED = """a note
Traceback (most recent call last):
  File "/srv/kit/runner/x.py", line 3, in <module>
    y()
KeyError: 'first'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/kit/runner/x.py", line 5, in <module>
    raise
RuntimeError: could not open /srv/someone/my/font.ttf: denied
  with more of its text
"""


@pytest.mark.parametrize(
    ("said", "noted"),
    [
        ("", []),
        (CHAINED, ["a note", "RuntimeError: could not open font.ttf: denied"]),
        (f"{TAKE}/session.cast, line 6: cut short", ["session.cast, line 6: cut short"]),
        (f"{KIT_ROOT}/node_modules/a/b.json: not installed", ["node_modules/a/b.json: not installed"]),
        ("/usr/lib/x/y.py:12: FutureWarning: old\n  call(here)\n", ["y.py:12: FutureWarning: old"]),
        ("[Errno 28] No space: '/srv/a/01.png' 3/4 and/or", ["[Errno 28] No space: '01.png' 3/4 and/or"]),
        ("see https://example.org/a/b", ["see https://example.org/a/b"]),
    ],
)
def test_a_note_is_a_single_line_that_names_no_folder_of_this_machine(said: str, noted: list[str]) -> None:
    assert worth_noting(said, TAKE) == noted
