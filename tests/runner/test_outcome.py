"""What became of a trial is decided by evidence, in a fixed order."""

from typing import Any

import pytest

from runner.outcome import EXIT_CODES, DriveEnd, after_verdict, before_verdict, stop_reason
from runner.verdict import Check, Verdict

BLOCKED: dict[str, Any] = {"event": "blocked", "rule": "G01", "path": "実績.xlsx", "message": "G01 実績.xlsx"}
MISFIT: dict[str, Any] = {"event": "kit_error", "message": "TAP-MISS expected turn 1"}
REFUSED: dict[str, Any] = {"event": "endpoint_error", "kind": "refused", "fatal": True, "message": "refused"}
BUSY: dict[str, Any] = {"event": "endpoint_error", "kind": "server", "fatal": False, "message": "500"}
ANSWER: dict[str, Any] = {"event": "exchange", "seq": 2, "status": 200}
STOPPED = DriveEnd("aborted", "stopped")


def verdict(outcome: Any, ok: bool, compared: int = 3) -> Verdict:
    cause = "wrong" if outcome == "failed" else None
    return Verdict(
        outcome=outcome, cause=cause, checks=[Check(id="a", title="集計", ok=ok, compared=compared)]
    )


def test_all_is_well_while_the_endpoint_answers() -> None:
    assert stop_reason([ANSWER, BUSY, ANSWER]) is None


@pytest.mark.parametrize("event", [BLOCKED, MISFIT, REFUSED])
def test_the_driver_stops_at_once(event: dict[str, Any]) -> None:
    assert stop_reason([ANSWER, event]) == event["message"]


def test_the_guard_goes_before_everything() -> None:
    ending = before_verdict(STOPPED, [REFUSED, MISFIT, BLOCKED])
    assert ending is not None and ending.outcome == "blocked"


def test_a_cassette_that_does_not_fit_is_the_kits_fault() -> None:
    ending = before_verdict(DriveEnd("protocol", "StopFailure"), [MISFIT])
    assert ending is not None and ending.outcome == "kit_error"


def test_a_conversation_that_broke_on_the_endpoint_is_no_failure_of_the_model() -> None:
    ending = before_verdict(DriveEnd("protocol", "StopFailure"), [ANSWER, BUSY, BUSY])
    assert ending is not None and ending.outcome == "endpoint_error"


def test_an_endpoint_fault_that_a_retry_overcame_is_forgiven() -> None:
    assert before_verdict(DriveEnd(None), [BUSY, ANSWER]) is None
    assert before_verdict(DriveEnd("protocol", "x"), [BUSY, ANSWER]) is None


def test_an_endpoint_fault_goes_before_a_deadline() -> None:
    ending = before_verdict(DriveEnd("timeout", "900 s"), [ANSWER, BUSY])
    assert ending is not None and ending.outcome == "endpoint_error"


@pytest.mark.parametrize("kind", ["kit", "aborted"])
def test_a_fault_of_the_driver_is_the_kits_own(kind: Any) -> None:
    ending = before_verdict(DriveEnd(kind, "the dialog did not close"), [ANSWER])
    assert ending is not None
    assert (ending.outcome, ending.message) == ("kit_error", "the dialog did not close")


def test_a_rehearsal_that_died_is_the_kits_fault_though_the_tap_was_refused() -> None:
    died = {"event": "kit_error", "message": "runner.rehearsal ended: killed"}
    ending = before_verdict(STOPPED, [died, REFUSED])
    assert ending is not None and ending.outcome == "kit_error"


def test_a_late_agent_is_graded_and_failed() -> None:
    assert before_verdict(DriveEnd("timeout", "900 s"), [ANSWER]) is None
    ending = after_verdict(DriveEnd("timeout", "900 s"), verdict("passed", True))
    assert (ending.outcome, ending.cause) == ("failed", "timeout")


def test_broken_protocol_is_the_models_failure() -> None:
    ending = after_verdict(DriveEnd("protocol", "StopFailure"), verdict("failed", False))
    assert (ending.outcome, ending.cause) == ("failed", "protocol")


def test_a_check_that_compared_nothing_is_a_kit_error() -> None:
    ending = after_verdict(DriveEnd(None), verdict("kit_error", True, compared=0))
    assert ending.outcome == "kit_error"


def test_the_verdict_decides_when_the_conversation_was_whole() -> None:
    assert after_verdict(DriveEnd(None), verdict("passed", True)).outcome == "passed"
    failed = after_verdict(DriveEnd(None), verdict("failed", False))
    assert (failed.outcome, failed.cause) == ("failed", "wrong")


def test_every_outcome_has_its_own_exit_code() -> None:
    assert sorted(EXIT_CODES.values()) == [0, 1, 3, 4, 5, 130]


def test_what_the_kit_could_not_compare_is_said_in_one_line() -> None:
    check = Check(
        id="seen.calculation", title="数式の計算", ok=False, compared=0, detail="LibreOffice がありません"
    )
    ending = after_verdict(DriveEnd(None), Verdict(outcome="kit_error", checks=[check]))
    assert ending.outcome == "kit_error" and "\n" not in ending.message
    assert "seen.calculation (LibreOffice がありません)" in ending.message
