"""Which line answers which request, and why none does: a story never claims what did not happen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runner.rehearsal.matching import Miss, find_line
from runner.rehearsal.script import Script, load_script
from runner.tap.conversation import read_position
from tests.runner.endpoints import request

LINES: list[dict[str, Any]] = [
    {"type": "meta", "format": "tap/1", "provenance": "authored"},
    {
        "type": "say",
        "match": {"user": "ＰＫＧを集計して"},
        "text": "はい",
        "call": {"name": "Bash", "input": {"command": "python3 a.py"}},
    },
    {
        "type": "say",
        "match": {"assert": ["90社", "合計 1,234"]},
        "call": {"name": "Read", "input": {"file_path": "a.csv"}},
    },
    {"type": "say", "text": "終わりました"},
    {"type": "say", "match": {"user": "ありがとう"}, "text": "どういたしまして"},
]
RESULT = "読み込み: ９０社\n合計 1,234 千円"


@pytest.fixture
def script(tmp_path: Path) -> Script:
    (tmp_path / "cassette.jsonl").write_text("\n".join(map(json.dumps, LINES)), encoding="utf-8")
    return load_script(tmp_path, {})


def number(script: Script, body: Any) -> int:
    return find_line(script, read_position(body)).number


def missed(script: Script, body: Any) -> str:
    with pytest.raises(Miss) as miss:
        find_line(script, read_position(body))
    return str(miss.value)


def both_turns(last: str = "ありがとう") -> dict[str, Any]:
    body = request("PKGを集計して", ("Bash", RESULT, False), ("Read", "1", False))
    body["messages"] += [
        {"role": "assistant", "content": [{"type": "text", "text": "終わりました"}]},
        {"role": "user", "content": last},
    ]
    return body


def test_each_step_of_the_story_finds_its_line(script: Script) -> None:
    assert number(script, request("PKGを集計して")) == 2
    assert number(script, request("PKGを集計して", ("Bash", RESULT, False))) == 3
    assert number(script, request("PKGを集計して", ("Bash", RESULT, False), ("Read", "1", False))) == 4
    assert number(script, both_turns()) == 5


def test_a_request_that_is_sent_again_gets_the_same_line(script: Script) -> None:
    assert number(script, request("PKGを集計して")) == number(script, request("PKGを集計して")) == 2


def test_another_prompt_is_a_miss_that_names_both(script: Script) -> None:
    said = missed(script, request("PKGを印刷して"))
    assert said.startswith("TAP-MISS line 2, user's turn 1: expected the user to say 'PKGを集計して'")
    assert "'PKGを印刷して'" in said


def test_a_tool_that_failed_stops_the_story(script: Script) -> None:
    said = missed(script, request("PKGを集計して", ("Bash", "Traceback: KeyError", True)))
    assert "expected tools ['Bash'], but came ['Bash:error']" in said
    assert "Traceback: KeyError" in said


def test_a_tool_that_should_have_failed_and_did_not_stops_it_too(tmp_path: Path) -> None:
    lines = [
        LINES[0],
        {**LINES[1], "match": {"user": "実行"}},
        {"type": "say", "match": {"tools_done": ["Bash:error"]}, "text": "失敗です"},
    ]
    (tmp_path / "cassette.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    script = load_script(tmp_path, {})
    assert number(script, request("実行", ("Bash", "boom", True))) == 3
    assert "but came ['Bash']" in missed(script, request("実行", ("Bash", "ok", False)))


def test_another_tool_is_a_miss(script: Script) -> None:
    assert "but came ['Write']" in missed(script, request("PKGを集計して", ("Write", RESULT, False)))


def test_a_fact_that_the_result_does_not_hold_stops_the_story(script: Script) -> None:
    said = missed(script, request("PKGを集計して", ("Bash", "読み込み: 90社\n合計 9 千円", False)))
    assert (
        "line 3" in said and "expected '合計 1,234' in the result of Bash" in said and "合計 9 千円" in said
    )


def test_a_fact_is_found_in_any_width(script: Script) -> None:
    assert number(script, request("PKGを集計して", ("Bash", RESULT, False))) == 3


def test_one_tool_too_many_runs_past_the_turns_end(script: Script) -> None:
    body = request("PKGを集計して", ("Bash", RESULT, False), ("Read", "1", False), ("Read", "1", False))
    assert "line 4, user's turn 1: the turn ends there" in missed(script, body)


def test_a_turn_after_the_last_runs_past_the_scripts_end(script: Script) -> None:
    body = both_turns()
    body["messages"] += [
        {"role": "assistant", "content": [{"type": "text", "text": "どういたしまして"}]},
        {"role": "user", "content": "もう一つ"},
    ]
    assert "the script ends at line 5" in missed(script, body) and "もう一つ" in missed(script, body)


def test_a_request_without_words_is_a_miss(script: Script) -> None:
    body = request("<system-reminder>x</system-reminder>")
    assert "no user text" in missed(script, body)


def test_a_long_result_is_shown_by_its_ends(script: Script) -> None:
    said = missed(script, request("PKGを集計して", ("Bash", "頭" + "x" * 5000 + "尾", False)))
    assert len(said) < 600 and "頭" in said and "尾" in said
