"""Only a rehearsal that passed, unchanged and small, takes the place of the curated take, and it does so in whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runner.record import read_run, write_run
from tests.runner.takes import recording, take_of
from tools.curate import MOST_BYTES, main, replace, unfit


@pytest.fixture
def take(tmp_path: Path) -> Path:
    take_of(tmp_path / "take", *recording("take"))
    return tmp_path / "take"


def changed(take: Path, **fields: Any) -> None:
    write_run(take, read_run(take).model_copy(update=fields))


def test_a_rehearsal_that_passed_is_fit(take: Path) -> None:
    (take / "video").mkdir()
    (take / "video" / "highlight.mp4").write_bytes(bytes(MOST_BYTES))
    assert unfit(take) is None


def test_what_failed_was_live_was_changed_or_is_too_large_is_not(take: Path) -> None:
    changed(take, outcome="failed")
    assert "outcome failed" in (unfit(take) or "")
    changed(take, outcome="passed", provenance="live")
    assert "provenance live" in (unfit(take) or "")
    changed(take, provenance="authored")
    (take / "work" / "hello.py").write_text("other")
    assert unfit(take) == "work/hello.py is not as recorded"
    (take / "work" / "large.csv").write_bytes(bytes(MOST_BYTES))
    changed(take)
    assert unfit(take) == "work/large.csv is too large to be tracked"


@pytest.mark.parametrize("there", [False, True])
def test_the_new_take_stands_in_the_place_of_the_old_one_and_nothing_else_is_left(
    take: Path, tmp_path: Path, there: bool
) -> None:
    target = tmp_path / "recordings" / "hello" / "curated"
    if there:
        target.mkdir(parents=True)
        (target / "old").write_text("")
    replace(target, take)
    assert [path.name for path in target.parent.iterdir()] == ["curated"]
    assert (target / "run.json").is_file() and not (target / "old").exists() and not take.exists()


@pytest.mark.parametrize("arguments", [[], ["a", "b"], ["--help"]])
def test_wrong_use(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err == "usage: python -m tools.curate SCENARIO\n"
