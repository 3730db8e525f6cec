"""Lint of a recording: each thing to mend is one line with its place and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.cast import Cast, Event, Header, parse_cast, read_cast
from runner.studio.lint import lint
from runner.studio.policy import Policy

CURATED = Path(__file__).resolve().parents[3] / "recordings" / "pkg_batch" / "curated" / "session.cast"
KEY = "sk-ant-Zq8XwT71LmPfR02aKdUy55HcVbNe"


def cast(*events: tuple[float, str, str], **header: object) -> Cast:
    whole = {"version": 2, "width": 100, "height": 30, **header}
    return Cast(
        Header.model_validate(whole), (Event(0.0, "m", "scene"), *(Event(*event) for event in events))
    )


def test_a_sound_recording_has_nothing_to_mend() -> None:
    assert lint(cast((0.0, "o", "$ "), (4.0, "o", "連結"), (4.5, "x", "0"))) == []


def test_the_curated_recording_is_sound() -> None:
    assert [str(finding) for finding in lint(read_cast(CURATED), Policy(keys=(KEY,)))] == []


@pytest.mark.parametrize(
    ("recording", "line"),
    [
        pytest.param(cast((9.0, "o", "a")), "0.000 s: nothing happens for 9.0 s; shorten it: ", id="pause"),
        pytest.param(cast((1.0, "o", "a"), (99.0, "o", "b")), "1.000 s: the time jumps by 98.0 s; ", id="jump"),
        pytest.param(cast((1.0, "o", ""), width=80), "advice: header: the terminal has 80 columns", id="size"),
        pytest.param(cast((1.0, "o", ""), (1.5, "r", "80x24")), "advice: 1.500 s: the terminal becomes", id="resize"),
        pytest.param(cast((1.0, "o", ""), (1.5, "m", " ")), "1.500 s: a marker has no label; ", id="label"),
        pytest.param(cast((1.0, "m", "a")), "the recording: holds no output; record it again", id="nothing"),
        pytest.param(cast((1.0, "o", "a" * 100_001)), "1.000 s: 100,001 characters of output at once; ", id="long"),
        pytest.param(cast((1.0, "o", "a\x1b]2;ab")), "1.000 s: ends within a sequence (6 bytes of it); ", id="half"),
        pytest.param(cast((1.0, "o", ""), (1.5, "z", "")), "advice: 1.500 s: an event of the unknown", id="kind"),
        pytest.param(
            cast((1.0, "o", ""), env={"HOME": "/x", "TERM": "xterm"}), "header: tells of the environment HOME; ",
            id="environment",
        ),
    ],
)  # fmt: skip
def test_each_thing_to_mend_is_told(recording: Cast, line: str) -> None:
    (finding,) = lint(recording)
    assert str(finding).startswith(line)
    assert "\n" not in str(finding)


def test_missing_markers_and_a_broken_end_are_told() -> None:
    text = '{"version": 2, "width": 100, "height": 30}\n[0.5, "o", "a"]\n[1.0, "env", {}]\n[2.0, "o'
    told = [str(finding) for finding in lint(parse_cast(text.encode(), "a.cast"))]
    assert told[0].startswith("a.cast, line 4: cut short")
    assert told[1].startswith("advice: a.cast, line 3: skipped an event of the unknown kind 'env'")
    assert told[2].startswith("advice: the recording: has no markers; ")


def test_secrets_are_told_once_where_they_come_and_not_repeated() -> None:
    policy = Policy(keys=(KEY,))
    recording = cast(
        (1.0, "o", f"$ {KEY}"), (2.0, "o", "\r\nmore"), (3.0, "o", f"\x1b]0;{KEY}\x07"), (3.5, "m", KEY),
        (4.0, "o", "\x1b[2J"), (5.0, "o", f"\x1b[H{KEY}"), title=f"run {KEY}",
    )  # fmt: skip
    told = [str(finding).partition(";")[0] for finding in lint(recording, policy)]
    assert told == [
        "header: the title holds a word of the policy",
        f"1.000 s: row 1, character 3: {len(KEY)} characters of the policy can be read",
        "3.000 s: the window title holds a word of the policy",
        "3.500 s: an event 'm' holds a word of the policy",
        f"5.000 s: row 1, character 1: {len(KEY)} characters of the policy can be read",
    ]
    assert not any(KEY[:8] in line for line in told)
    assert lint(recording) == []
