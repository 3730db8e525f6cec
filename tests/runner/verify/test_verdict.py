"""The verdict as a whole: right work passes, and each way of spoiling it fails its check."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from runner.verdict import RerunEvidence, ScriptRun


def test_right_work_passes_every_check_and_each_compared_something(desk) -> None:
    verdict = desk.verdict()
    assert (verdict.outcome, verdict.cause) == ("passed", None), verdict.failed_checks
    assert all(check.compared > 0 for check in verdict.checks)
    assert len({check.id for check in verdict.checks}) == len(verdict.checks)


def test_the_order_of_rows_does_not_matter(desk, samples) -> None:
    desk.everywhere(lambda folder, answers: samples.write_totals(folder, samples.total_rows(answers)[::-1]))
    samples.write_report(desk.rerun("seen"), samples.report_rows(desk.answers["seen"])[::-1])
    assert desk.verdict().outcome == "passed"


def test_an_agent_that_did_nothing_fails_as_missing(desk) -> None:
    for folder in (desk.work / "output", desk.rerun("seen"), desk.rerun("heldout")):
        shutil.rmtree(folder)
    for script in desk.work.glob("*.py"):
        script.unlink()
    desk.evidence = {"seen": RerunEvidence(), "heldout": RerunEvidence()}
    verdict = desk.verdict()
    assert (verdict.outcome, verdict.cause) == ("failed", "missing")


def test_a_work_folder_that_is_gone_fails_as_missing(desk) -> None:
    shutil.rmtree(desk.work)
    verdict = desk.verdict()
    assert (verdict.outcome, verdict.cause) == ("failed", "missing")
    assert {"deliverables", "input", "own_output"} <= {check.id for check in verdict.failed_checks}


@pytest.mark.parametrize("name", ["aggregate_pkg.py", "detect_anomalies.py"])
def test_a_missing_script_is_named(desk, name: str) -> None:
    (desk.work / name).unlink()
    desk.evidence = {
        label: RerunEvidence(scripts=[run for run in evidence.scripts if run.script != name])
        for label, evidence in desk.evidence.items()
    }
    verdict = desk.verdict()
    assert (verdict.outcome, verdict.cause) == ("failed", "missing")
    assert name in desk.check("deliverables").detail
    assert name in desk.check("heldout.rerun").detail


def test_an_empty_script_is_missing(desk) -> None:
    (desk.work / "aggregate_pkg.py").write_text("")
    assert "aggregate_pkg.py が空です" in desk.check("deliverables").detail


def test_output_without_the_script_that_made_it_fails(desk) -> None:
    (desk.work / "aggregate_pkg.py").unlink()
    (desk.rerun("seen") / "output" / "集計結果.xlsx").unlink()
    desk.evidence["seen"] = RerunEvidence(scripts=desk.evidence["seen"].scripts[1:])
    assert {"deliverables", "own_output", "seen.rerun", "seen.totals.form"} <= desk.failed()


def test_numbers_that_only_fit_the_seen_data_fail_on_the_heldout_data(desk, samples) -> None:
    samples.write_totals(desk.rerun("heldout"), samples.total_rows(desk.answers["seen"]))
    verdict = desk.verdict()
    assert (verdict.outcome, verdict.cause) == ("failed", "wrong")
    assert {check.id for check in verdict.failed_checks} == {
        f"heldout.totals.{basis}.{part}"
        for basis in ("submitted", "corrected")
        for part in ("group", "segments")
    }


def test_figures_that_the_script_did_not_write_are_suspected_to_be_by_hand(desk, samples) -> None:
    rows = samples.total_rows(desk.answers["seen"])
    rows[0][4] += 1
    samples.write_totals(desk.work, rows)
    assert desk.failed() == {"own_output"}
    assert "手書きの疑い" in desk.check("own_output").detail


def test_a_report_that_the_script_did_not_write_is_suspected_too(desk, samples) -> None:
    samples.write_report(desk.work, samples.report_rows(desk.answers["seen"])[1:])
    assert desk.failed() == {"own_output"}


def test_the_wording_of_an_explanation_may_differ_between_runs(desk, samples) -> None:
    rows = [[*row[:-1], "別の言い回し"] for row in samples.report_rows(desk.answers["seen"])]
    samples.write_report(desk.work, rows)
    assert desk.verdict().outcome == "passed"


def test_a_script_that_crashed_fails_with_its_last_words(desk) -> None:
    desk.evidence["heldout"] = RerunEvidence(
        scripts=[
            desk.evidence["heldout"].scripts[0],
            ScriptRun(
                script="detect_anomalies.py",
                exit_code=1,
                beside=[],
                stderr_tail="Traceback\nKeyError: '科目'\n",
            ),
        ]
    )
    verdict = desk.verdict()
    assert (verdict.outcome, verdict.cause) == ("failed", "wrong")
    assert "KeyError: '科目'" in desk.check("heldout.rerun").detail


def test_a_script_out_of_time_fails_as_timeout(desk) -> None:
    runs = [
        ScriptRun(script="aggregate_pkg.py", exit_code=None, timed_out=True, duration_s=60.2),
        ScriptRun(script="detect_anomalies.py", exit_code=0),
    ]
    desk.evidence["seen"] = RerunEvidence(scripts=runs)
    verdict = desk.verdict()
    assert (verdict.outcome, verdict.cause) == ("failed", "timeout")
    assert "60 秒" in desk.check("seen.rerun").detail


def test_a_drive_out_of_time_is_graded_and_fails_as_timeout(desk) -> None:
    from dataclasses import replace

    from runner.verify_outputs import verify

    verdict = verify(replace(desk.case(), drive_failure="timeout"))
    assert (verdict.outcome, verdict.cause) == ("failed", "timeout")
    assert [check.id for check in verdict.failed_checks] == ["drive"]


def test_a_script_the_kit_forgot_to_rerun_is_the_kits_error(desk) -> None:
    desk.evidence["heldout"] = RerunEvidence()
    assert desk.verdict().outcome == "kit_error"


@pytest.mark.parametrize("part", ["totals", "anomalies", "traps"])
def test_answers_with_nothing_to_compare_are_the_kits_error(desk, part: str) -> None:
    desk.answers["heldout"] = desk.answers["heldout"].model_copy(update={part: []})
    assert desk.verdict().outcome == "kit_error"


def test_the_outputs_may_not_be_links_to_files_elsewhere(desk, tmp_path: Path) -> None:
    for name in ("集計結果.xlsx", "異常一覧.csv"):
        real = desk.rerun("seen") / "output" / name
        real.rename(tmp_path / name)
        real.symlink_to(tmp_path / name)
    assert {"seen.totals.form", "seen.anomalies.form"} <= desk.failed()
    assert "通常のファイルではありません" in desk.check("seen.totals.form").detail


def test_the_output_folder_may_not_be_a_link(desk, tmp_path: Path) -> None:
    output = desk.rerun("seen") / "output"
    output.rename(tmp_path / "elsewhere")
    output.symlink_to(tmp_path / "elsewhere")
    assert {"seen.totals.form", "seen.anomalies.form", "own_output"} <= desk.failed()


DAMAGED = {
    "no archive": b"not packed",
    "cut off": gzip.compress(b'{"record":"exact"}' * 50, mtime=0)[:-9],
    "no such record": gzip.compress(b'{"record":"guess"}\n', mtime=0),
    "a field is missing": gzip.compress(b'{"record":"exact","amounts":{}}\n', mtime=0),
    "no totals": gzip.compress(b"", mtime=0),
    "an account without a name": gzip.compress(
        b'{"record":"exact","amounts":{"\xe6\x8f\x90\xe5\x87\xba\xe5\x80\xa4":{},'
        b'"\xe4\xbf\xae\xe6\xad\xa3\xe5\xbe\x8c":{}},"credit":[],"contra":[],"income":[],"differences":[],'
        b'"names":{},"pairs":[["1","2"]]}\n',
        mtime=0,
    ),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_damaged_known_mistakes_are_a_fault_of_the_kit_and_told_in_one_line(
    desk, samples, damage: str
) -> None:
    """They are read only where a figure differs."""
    (desk.root / "seen.mistakes.jsonl.gz").write_bytes(DAMAGED[damage])
    assert desk.verdict().outcome == "passed"
    *rows, last = samples.total_rows(desk.answers["seen"])
    samples.write_totals(desk.rerun("seen"), [*rows, [*last[:-1], 1]])
    verdict = desk.verdict()
    (told,) = (check for check in verdict.checks if check.compared == 0)
    assert (verdict.outcome, told.id) == ("kit_error", "seen.totals.causes")
    assert told.detail.startswith("seen.mistakes.jsonl.gz が壊れています（") and "\n" not in told.detail
