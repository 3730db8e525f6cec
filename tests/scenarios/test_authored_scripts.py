"""The scripts that the rehearsal plays: honest, right on data they never saw, and fit to be shown."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest

from runner.rehearsal.script import load_script
from runner.scenario import KIT_ROOT, load
from runner.tap.conversation import fold
from runner.verdict import Verdict
from tests.graded_work import AUTHORED, HELDOUT_SEED, SCRIPTS, SEEN_SEED, SUMMARY, Grader, dataset, hand_in

SUMMARIZE = "summarize.py"
SCREEN_COLUMNS = 100
HIDDEN_ABOVE_BYTES = 30_000  # a longer tool result is hidden from the agent


def said(verdict: Verdict) -> str:
    return "\n".join(f"{check.id}: {check.actual} {check.detail}" for check in verdict.failed_checks)


@pytest.fixture(scope="module", params=["standard", pytest.param("core", marks=pytest.mark.long)])
def graded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Grader, Verdict]:
    datasets = (dataset(seed, request.param) for seed in (SEEN_SEED, HELDOUT_SEED))
    grader = Grader(tmp_path_factory.mktemp("authored"), *datasets, also=(SUMMARIZE,))
    hand_in(grader.hand_out())
    return grader, grader.grade()


def test_the_authored_scripts_pass_on_seen_and_heldout_data(graded: tuple[Grader, Verdict]) -> None:
    _, verdict = graded
    assert verdict.outcome == "passed", said(verdict)
    assert all(check.compared > 0 for check in verdict.checks)


def assert_nothing_missed_and_no_alarm(verdict: Verdict) -> None:
    shares = {check.id: check.actual for check in verdict.checks if "anomalies" in check.id}
    for label in ("seen", "heldout"):
        for part, share in (("recall", "100.0%"), ("precision", "100.0%"), ("traps", "0.0%")):
            assert shares[f"{label}.anomalies.{part}"].startswith(share), shares


def test_the_summary_is_made_by_its_own_program_and_nothing_strays(graded: tuple[Grader, Verdict]) -> None:
    grader, verdict = graded
    said = (grader.work / SUMMARY).read_text(encoding="utf-8")
    assert said == (grader.folder / "seen" / SUMMARY).read_text(encoding="utf-8")
    assert (verdict.strays, verdict.limits) == ([], [])


def test_the_authored_scripts_find_every_root_and_raise_no_alarm(graded: tuple[Grader, Verdict]) -> None:
    assert_nothing_missed_and_no_alarm(graded[1])


def test_the_authored_scripts_know_every_check_of_the_rules(graded: tuple[Grader, Verdict]) -> None:
    text = (graded[0].folder / "seen" / "detect_anomalies.stdout.txt").read_text(encoding="utf-8")
    assert "このスクリプトにない検査" not in text


@pytest.mark.parametrize("label", ["seen", "heldout"])
def test_what_the_scripts_print_fits_the_screen_and_reaches_the_agent(
    graded: tuple[Grader, Verdict], label: str
) -> None:
    for name in (*SCRIPTS, SUMMARIZE) if label == "seen" else SCRIPTS:
        text = (graded[0].folder / label / f"{name.removesuffix('.py')}.stdout.txt").read_text(
            encoding="utf-8"
        )
        assert len(text.encode()) < HIDDEN_ABOVE_BYTES
        widest = max(text.splitlines(), key=_columns)
        assert _columns(widest) <= SCREEN_COLUMNS, widest


def _columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in line)


def test_each_script_ends_within_15_seconds(graded: tuple[Grader, Verdict]) -> None:
    for label in ("seen", "heldout"):
        record = json.loads((graded[0].folder / label / "rerun.json").read_text(encoding="utf-8"))
        assert all(run["duration_s"] < 15 for run in record["evidence"]["scripts"])


def test_no_figure_of_a_dataset_stands_in_the_scripts() -> None:
    """Company codes, amounts and account codes come from the books and from 要領."""
    for file in AUTHORED.glob("*.py"):
        source = file.read_text(encoding="utf-8")
        literals = set(re.findall(r"(?<![0-9A-Za-z_#])[0-9]{3,}(?![0-9A-Za-z_])", source))
        assert literals <= {"100", "1000"}, (file.name, literals)  # a line on screen; 円 to 千円


def test_the_cassette_answers_the_prompts_of_the_scenario_word_for_word() -> None:
    scenario = load(KIT_ROOT / "scenarios" / "pkg_batch.yaml")
    prompts = [prompt.text for scene in scenario.scenes if scene.scene == "agent" for prompt in scene.prompts]
    script = load_script(AUTHORED, {"WS": "/work"})
    assert [turn[0].user for turn in script.turns] == [fold(prompt) for prompt in prompts]


def test_the_cassette_claims_no_figure() -> None:
    """What is said must hold for every seed: figures and company codes stand in the printed tables."""
    script = load_script(AUTHORED, {"WS": "/work"})
    for turn in script.turns:
        for line in turn:
            figures = re.findall(r"[0-9][0-9,.]*", re.sub(r"^[0-9]\. ", "", line.text, flags=re.MULTILINE))
            assert all(figure == "2" for figure in figures), (
                line.number,
                figures,
            )  # 「2社分」 that it looked at


@pytest.mark.long
@pytest.mark.parametrize("seed", range(501, 511))
def test_the_authored_scripts_pass_on_ten_unseen_seeds(tmp_path, seed: int) -> None:
    grader = Grader(tmp_path, dataset(seed), dataset(seed + 100))
    hand_in(grader.hand_out())
    verdict = grader.grade()
    assert verdict.outcome == "passed", said(verdict)
    assert_nothing_missed_and_no_alarm(verdict)
