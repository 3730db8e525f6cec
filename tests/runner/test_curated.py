"""The take that stands in the repository: whole, a rehearsal that passed, with all of its film that is tracked."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from runner.record import CURATED, FILM, changed_files, read_run
from runner.scenario import available, find, load
from runner.studio.timeline import Timeline
from tests.runner.running import ROOT, cli

MAX_TRACKED_BYTES = 2_000_000
SCENARIOS = [name for name in available() if load(find(name)).story is not None]


def take_of(scenario: str) -> Path:
    return ROOT / "recordings" / scenario / CURATED


def tracked(folder: Path) -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, check=True
    ).stdout
    return [ROOT / name for name in names.decode().split("\0") if name]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_it_is_a_rehearsal_that_passed_and_nothing_of_it_was_changed(scenario: str) -> None:
    run = read_run(take_of(scenario))
    assert (run.scenario, run.outcome, run.provenance, run.pace) == (scenario, "passed", "authored", "human")
    assert changed_files(take_of(scenario), run) == []


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_file_of_its_record_is_tracked_and_small(scenario: str) -> None:
    take = take_of(scenario)
    files = tracked(take)
    assert {*read_run(take).files, "run.json"} <= {file.relative_to(take).as_posix() for file in files}
    assert [str(file) for file in files if file.stat().st_size >= MAX_TRACKED_BYTES] == []


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_its_page_pictures_and_captions_are_those_of_its_recording_and_its_mp4_is_built(
    scenario: str,
) -> None:
    take = take_of(scenario)
    film = [file for file in tracked(take) if file.parent == take / FILM]
    plan = json.loads((take / FILM / "highlight.json").read_text(encoding="utf-8"))
    cast = (take / "session.cast").read_bytes()
    assert plan["source"]["sha256"] == hashlib.sha256(cast).hexdigest(), "run `make video`"
    chapters = Timeline.model_validate(plan["timeline"]).chapters
    assert {file.name for file in film if file.suffix != ".png"} == {
        "highlight.json",
        "highlight.vtt",
        "index.html",
    }
    assert [file.suffix for file in film].count(".png") == len(chapters)


@pytest.mark.long
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_stage_is_as_it_was_when_it_was_recorded(scenario: str, tmp_path: Path) -> None:
    checked = cli("stage", "check", scenario, "--out", str(tmp_path / "changed"))
    assert checked.code == 0, checked.err
