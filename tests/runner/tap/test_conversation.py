"""Reading where a request stands, from the shapes the real client sends."""

from __future__ import annotations

from typing import Any

import pytest

from runner.tap.conversation import ConversationError, fold, read_position
from tests.runner.endpoints import request

ENVIRONMENT = {"role": "system", "content": "# Environment\nToday's date is 2026-11-21."}


def says(*blocks: Any) -> dict[str, Any]:
    return {
        "role": "user",
        "content": [block if isinstance(block, dict) else text(block) for block in blocks],
    }


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words, "cache_control": {"type": "ephemeral"}}


def test_reminders_and_system_messages_are_not_the_user() -> None:
    body = request("x")
    body["messages"] = [
        says("<system-reminder>\ncontext\n</system-reminder>"),
        says("<system-reminder>a</system-reminder>", "集計してください\n"),
        ENVIRONMENT,
    ]
    at = read_position(body)
    assert (at.turn, at.user, at.tools_done) == (1, "集計してください", ())


def test_tools_are_counted_from_the_last_user_text() -> None:
    body = request("一", ("Read", "r", False), ("Bash", "Exit code 1", True))
    body["messages"] += [{"role": "assistant", "content": [text("終わり")]}, says("二")]
    later = request("三", ("Write", "ok", False))["messages"][1:]
    assert read_position(body).labels == []
    body["messages"] += later
    at = read_position(body)
    assert (at.turn, at.user, at.labels) == (2, "二", ["Write"])


def test_a_failed_tool_is_labelled_and_a_missing_flag_is_a_success() -> None:
    body = request("一", ("Write", "ok", False), ("Bash", "Exit code 2", True))
    del body["messages"][2]["content"][0]["is_error"]
    assert read_position(body).labels == ["Write", "Bash:error"]


def test_the_text_of_a_result_is_found_in_blocks_too() -> None:
    body = request("一", ("Read", "", False))
    body["messages"][-1]["content"][0]["content"] = [text("行1"), {"type": "image"}, text("行2")]
    assert read_position(body).tools_done[0].text == "行1\n行2"


def test_words_after_a_result_in_the_same_message_open_a_turn() -> None:
    body = request("一", ("Bash", "r", False))
    body["messages"][-1]["content"].append(text("やめて、別の方法で"))
    at = read_position(body)
    assert (at.turn, at.user, at.labels) == (2, "やめて、別の方法で", [])


@pytest.mark.parametrize("change", [{"tools": []}, {"tools": None}, {"max_tokens": 1}])
def test_a_question_beside_the_work_is_auxiliary(change: dict[str, Any]) -> None:
    assert read_position(request("はい")).lane == "main"
    assert read_position({**request("はい"), **change}).lane == "auxiliary"


def test_width_and_white_space_do_not_count() -> None:
    assert fold(" ＰＫＧ　を\n\n集計 ") == fold("PKG を 集計") == "PKG を 集計"


@pytest.mark.parametrize("body", [None, [], {}, {"messages": "x"}, {"messages": ["x"]}])
def test_what_is_no_request_is_refused(body: Any) -> None:
    with pytest.raises(ConversationError):
        read_position(body)
