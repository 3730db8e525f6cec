"""The main job: pkg_batch with its authored cassette through the real Claude Code, and what must fail it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from runner import child
from runner.record import read_run
from tests.runner.running import ROOT, Finished, cli, run_scenario

SCENARIOS = ROOT / "scenarios"
CASSETTE = SCENARIOS / "cassettes" / "pkg_batch"
END_S = 120.0


@pytest.fixture(scope="module")
def recorded(pkg_batch_run: Callable[..., Finished]) -> Finished:
    return pkg_batch_run("--pace", "fast")


@pytest.fixture(scope="module")
def headless(pkg_batch_run: Callable[..., Finished]) -> Finished:
    return pkg_batch_run("--headless", "--pace", "fast")


def changed_scenario(folder: Path, old: str, new: str) -> Path:
    """pkg_batch with one text of its cassette replaced."""
    changed = folder / "cassettes" / "pkg_batch"
    changed.mkdir(parents=True)
    for file in CASSETTE.iterdir():
        text = file.read_text(encoding="utf-8")
        if file.name == "cassette.jsonl":
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the cassette"
            text = text.replace(old, new)
        (changed / file.name).write_text(text, encoding="utf-8")
    scenario = folder / "changed.yaml"
    scenario.write_text((SCENARIOS / "pkg_batch.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return scenario


def failed_checks(finished: Finished) -> set[str]:
    assert finished.take is not None
    verdict = json.loads((finished.take / "verdict.json").read_text())
    return {check["id"] for check in verdict["checks"] if not check["ok"]}


def test_the_main_job_passes(recorded: Finished) -> None:
    assert recorded.code == 0, recorded.out + recorded.err
    assert recorded.run.outcome == "passed"
    assert "合格" in recorded.out and "リハーサル（台本による応答）" in recorded.out


def test_each_check_compared_something_on_both_datasets(recorded: Finished) -> None:
    assert recorded.take is not None
    verdict = json.loads((recorded.take / "verdict.json").read_text())
    compared = {check["id"]: check["compared"] for check in verdict["checks"]}
    assert min(compared.values()) > 0
    for dataset in ("seen", "heldout"):
        assert compared[f"{dataset}.totals.corrected.segments"] > 300
        assert compared[f"{dataset}.anomalies.recall"] >= 16


def test_a_dialog_opens_in_the_course(recorded: Finished) -> None:
    assert sum(turn["dialogs"] for turn in recorded.run.turns) >= 1


def test_both_drive_modes_give_the_same_verdict(recorded: Finished, headless: Finished) -> None:
    assert recorded.take is not None and headless.take is not None
    verdicts = [json.loads((f / "verdict.json").read_text()) for f in (recorded.take, headless.take)]
    assert verdicts[0] == verdicts[1]
    assert headless.run.outcome == "passed"


def test_a_take_is_verified_again_without_driving(recorded: Finished) -> None:
    again = cli("verify", str(recorded.take))
    assert again.code == 0, again.err
    assert "合格" in again.out


@pytest.mark.long
def test_another_seed_passes_too(tmp_path: Path) -> None:
    finished = run_scenario("pkg_batch", tmp_path, "--headless", "--seed", "31")
    assert finished.code == 0, finished.out
    assert (finished.run.seed, finished.run.held_out_seed) == (31, 32)


def test_an_agent_that_tampers_with_its_input_fails(tmp_path: Path) -> None:
    # The books are appended to after all is done: the figures are right, only the input is not what it was.
    scenario = changed_scenario(
        tmp_path, '"python3 summarize.py"', '"python3 summarize.py; printf x >> input/連結決算要領.xlsx"'
    )
    finished = run_scenario(scenario, tmp_path / "takes", "--headless")
    assert finished.code == 1, finished.err
    assert finished.run.outcome == "failed" and finished.run.cause == "wrong", finished.run.message
    assert failed_checks(finished) == {"input"}


def test_a_cassette_that_does_not_fit_is_a_kit_error(tmp_path: Path) -> None:
    scenario = changed_scenario(tmp_path, "行を書きました", "行を書きませんでした")
    finished = run_scenario(scenario, tmp_path / "takes", "--headless")
    assert finished.code == 4
    assert finished.run.outcome == "kit_error"
    assert "TAP-MISS" in finished.run.message and "行を書きませんでした" in finished.run.message


def test_a_workbook_that_someone_drops_into_the_work_folder_blocks_the_run(tmp_path: Path) -> None:
    running = child.start(
        [
            sys.executable,
            "-m",
            "runner.cli",
            "run",
            "pkg_batch",
            "--pace",
            "fast",
            "--recordings",
            str(tmp_path),
        ],
        cwd=ROOT,
        stdout=child.DEVNULL,
        stderr=child.PIPE,
    )
    assert running.stderr is not None
    while b"Claude Code" not in (line := running.stderr.readline()):
        assert line, "the run ended before it drove anything"
    take = next(tmp_path.glob("*/*"))
    (ROOT / ".cache" / "run" / take.name / "sandbox" / "work" / "実績.xlsx").write_bytes(b"PK real figures")
    assert running.wait(END_S) == 5
    run = read_run(take)
    assert run.outcome == "blocked"
    assert "実績.xlsx" in run.message
    assert b"real figures" not in (take / "cassette.jsonl").read_bytes()
