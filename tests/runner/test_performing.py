"""Takes as a person asks for them: the worst of several, what to type next, one line for what cannot be."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from runner.performing import PerformError, Wish, options_of, perform_all, worst
from runner.progress import expected_seconds
from runner.record import CURATED, read_run
from runner.show import show_next, show_trial
from runner.trial import Options, Trial
from runner.verdict import Verdict
from tests.runner.running import HELLO_SCENARIO, called
from tests.runner.takes import HELLO, recording, take_of


@pytest.mark.parametrize(
    ("codes", "is_worst"),
    [([], 0), ([0, 0], 0), ([0, 1], 1), ([1, 3, 0], 3), ([5, 3], 5), ([4, 5, 1], 4), ([0, 130, 4], 130)],
)
def test_the_worst_exit_code_of_several_takes(codes: list[int], is_worst: int) -> None:
    assert worst(codes) == is_worst


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("record",), "give the name of one scenario, or --all"),
        (("record", "pkg_batch", "--all"), "give the name of one scenario, or --all"),
        (("record", "--all", "--highlight"), "--all records whole takes"),
        (("record", "pkg_batch", "--retake", "4"), "--retake 4 needs --take TAKE"),
        (("record", "pkg_batch", "--take", "x"), "--take x goes with --retake SCENE"),
        (("record", "pkg_bath"), "no scenario 'pkg_bath'"),
    ],
)
def test_wrong_use_of_record_is_one_line(arguments: tuple[str, ...], told: str) -> None:
    finished = called(*arguments)
    assert finished.code == 2 and told in finished.err and len(finished.err.splitlines()) == 1, finished.err


def test_a_retake_is_a_rehearsal_on_the_takes_own_data(tmp_path: Path) -> None:
    take_of(tmp_path / "old", *recording("old"))
    wish = Wish(retake="3", take=tmp_path / "old", seed=5)
    with pytest.raises(PerformError, match="leave out --endpoint and --seed"):
        options_of(HELLO, wish)


def test_no_scenario_is_performed_when_one_of_them_cannot_be_read(tmp_path: Path) -> None:
    said = io.StringIO()
    with pytest.raises(PerformError, match="no scenario 'pkg_bath'"):
        perform_all([str(HELLO_SCENARIO), "pkg_bath"], Wish(tmp_path), Console(file=said))
    assert said.getvalue() == "" and list(tmp_path.iterdir()) == []


def shown(trial: Trial) -> str:
    said = io.StringIO()
    console = Console(file=said, width=200)
    show_trial(trial, console)
    show_next(trial, console)
    return said.getvalue()


def test_a_take_with_a_story_leads_to_its_film_and_one_without_to_its_replay(tmp_path: Path) -> None:
    run = take_of(tmp_path / "take 1", *recording("take 1"))
    verdict = Verdict(outcome="passed", checks=[])
    assert f"swallow-demo highlight '{tmp_path}/take 1'" in shown(
        Trial(tmp_path / "take 1", run, verdict, True)
    )
    assert "swallow-demo play " in shown(Trial(tmp_path / "take 1", run, verdict, False))
    headless = run.model_copy(update={"mode": "headless"})
    assert "swallow-demo verify " in shown(Trial(tmp_path / "take 1", headless, verdict, True))
    assert "次の操作" not in shown(Trial(tmp_path / "take 1", run, None, True))


def test_a_composed_take_says_what_is_new_and_where_the_rest_is_from(tmp_path: Path) -> None:
    cast, scenes = recording("old")
    run = take_of(tmp_path / "new", cast, [*scenes[:-1], scenes[-1].model_copy(update={"take_id": "new"})])
    assert "録り直した場面: 結果を確認（ほかの場面は old の録画）" in shown(
        Trial(tmp_path / "new", run, None)
    )


def test_the_expectation_is_that_of_the_newest_whole_take_and_else_of_the_curated_one(tmp_path: Path) -> None:
    options = Options(recordings=tmp_path, cache=tmp_path)
    folder = tmp_path / HELLO.scenario
    cast, scenes = recording("x")
    assert expected_seconds(HELLO, options) is None
    for name, total_s in ((CURATED, 100.0), ("20260101-000000-aaaa", 70.0), ("20260202-000000-bbbb", 80.0)):
        whole = [scene.model_copy(update={"take_id": name}) for scene in scenes]
        take_of(folder / name, cast, whole, timings_s={"total": total_s})
        assert expected_seconds(HELLO, options) == total_s
    take_of(folder / "20260303-000000-cccc", cast, scenes, timings_s={"total": 20.0})
    assert expected_seconds(HELLO, options) == 80.0, "a take composed of others took another time"


@pytest.mark.long
def test_all_scenarios_are_recorded_one_after_another_a_line_each(tmp_path: Path) -> None:
    said = io.StringIO()
    wish = Wish(tmp_path, pace="fast")
    code = perform_all([str(HELLO_SCENARIO)] * 2, wish, Console(file=said, width=200))
    takes = [run.parent for run in sorted(tmp_path.glob("hello/*/run.json"))]
    lines = said.getvalue().splitlines()
    assert len(takes) == len(lines) == 2
    assert all(f"{take.name}" in line for take, line in zip(takes, lines, strict=True))
    assert {read_run(take).outcome for take in takes} == {{0: "passed", 1: "failed"}[code]}


def test_what_starts_a_run_loads_no_emulator_and_no_picture_library():
    """They are the children's; loading them here is time of the kit's own."""
    code = (
        "import sys, runner.performing; print(*sorted({'pyghostty', 'PIL', 'pandas'} & sys.modules.keys()))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "\n"
