"""`script_needs_only_input`: a script must work alone; what it lived on is named, and no record is the kit's error."""

from __future__ import annotations

import pytest

from runner.verdict import RerunEvidence, ScriptRun

AGGREGATE, DETECT = "aggregate_pkg.py", "detect_anomalies.py"


def run(script: str, **fields: object) -> ScriptRun:
    return ScriptRun(script=script, **{"exit_code": 0, "beside": [], **fields})


@pytest.fixture
def judged(desk, samples):
    desk.checks = samples.asked({"check": "script_needs_only_input", "scripts": [AGGREGATE, DETECT]})

    def judge(*alone: ScriptRun):
        desk.evidence["heldout"] = RerunEvidence(scripts=list(alone))
        return desk.check("only_input")

    return judge


def test_scripts_that_work_alone_pass(judged, desk) -> None:
    check = judged(run(AGGREGATE, made=["集計結果.xlsx"]), run(DETECT, made=["異常一覧.csv"]))
    assert check.ok and check.compared == check.non_null == 2
    assert desk.verdict().outcome == "passed"


def test_a_script_that_lives_on_a_file_of_the_session_fails_and_the_file_is_named(judged, desk) -> None:
    (desk.work / "cache.json").write_text("{}", encoding="utf-8")
    said = "FileNotFoundError: [Errno 2] No such file or directory: 'cache.json'\n"
    check = judged(run(AGGREGATE, made=["集計結果.xlsx"]), run(DETECT, exit_code=1, stderr_tail=said))
    assert "入力にない cache.json を読もうとしています" in check.detail
    assert (desk.verdict().outcome, desk.verdict().cause) == ("failed", "wrong")


def test_a_script_that_makes_less_alone_lives_on_another_ones_output(judged) -> None:
    check = judged(run(AGGREGATE, made=["集計結果.xlsx"]), run(DETECT, made=[]))
    assert check.detail == f"{DETECT} は単独では output/異常一覧.csv を作りません"


def test_a_script_that_is_not_there_fails(judged) -> None:
    assert not judged(run(AGGREGATE, made=["集計結果.xlsx"])).ok


@pytest.mark.parametrize("beside", [None, ["output/集計結果.xlsx"]])
def test_a_run_that_was_not_alone_proves_nothing(judged, desk, beside: list[str] | None) -> None:
    judged(run(AGGREGATE, made=["集計結果.xlsx"]), run(DETECT, made=["異常一覧.csv"], beside=beside))
    assert desk.verdict().outcome == "kit_error"


def test_a_script_that_makes_nothing_alone_lives_on_another_one(judged, desk) -> None:
    """Another one does its work in both reruns: all is made, and nothing by itself."""
    both = run(AGGREGATE, made=["集計結果.xlsx", "異常一覧.csv"])
    desk.evidence["seen"] = RerunEvidence(scripts=[both, run(DETECT, made=[])])
    check = judged(both, run(DETECT, made=[]))
    assert check.detail == f"{DETECT} は単独では output/ に何も作りません"
