"""What a headless turn of Claude Code said is read as a turn, or as whose fault it is."""

from __future__ import annotations

import json

import pytest

from runner.drive_claude import ConversationError, headless_arguments, headless_turn
from runner.scenario import Prompt

PROMPT = Prompt(marker="集計", text="集計してください")
INIT = json.dumps({"type": "system", "subtype": "init"})


def result(**fields: object) -> str:
    return json.dumps({"type": "result", "subtype": "success", "is_error": False, "result": "完了", **fields})


def fault(*lines: str) -> ConversationError:
    with pytest.raises(ConversationError) as error:
        headless_turn(PROMPT, lines, 1.0)
    return error.value


def test_a_turn_carries_its_last_message_and_time() -> None:
    turn = headless_turn(PROMPT, [INIT, result()], 2.5)
    assert (turn.marker, turn.seconds, turn.end, turn.message) == ("集計", 2.5, "Stop", "完了")


def test_an_error_in_the_result_is_the_models_though_the_exit_code_is_zero() -> None:
    assert fault(INIT, result(is_error=True, result="API Error")).kind == "protocol"


def test_no_result_is_the_models() -> None:
    assert fault(INIT).kind == "protocol"


def test_an_agent_that_never_started_is_the_kits_fault() -> None:
    assert fault("error: unknown option '--tols'").kind == "kit"


def test_output_that_a_crash_cut_is_no_crash_of_ours() -> None:
    assert fault(INIT, '{"type":"res').kind == "protocol"


def test_the_first_prompt_names_the_session_and_the_others_resume_it() -> None:
    assert "--session-id" in headless_arguments("s1", first=True)
    assert "--resume" in headless_arguments("s1", first=False)
