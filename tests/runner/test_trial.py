"""One whole trial on a small scenario, with the real Claude Code in the real sandbox; and how trials end early."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner import child
from runner.cast import read_cast
from runner.record import file_hashes, read_run
from tests.runner.running import HELLO_SCENARIO, ROOT, Finished, cli, everything_said, run_scenario

PR_SET_CHILD_SUBREAPER = 36
SLOW_SCENARIO = ROOT / "tests" / "data" / "slow.yaml"  # its script sleeps in the rerun
SAY_S = 60.0


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return run_scenario(HELLO_SCENARIO, tmp_path_factory.mktemp("記録 フォルダ"))


@pytest.fixture(scope="module")
def headless(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return run_scenario(HELLO_SCENARIO, tmp_path_factory.mktemp("headless"), "--headless")


def test_the_take_holds_what_it_should(recorded: Finished) -> None:
    assert recorded.take is not None
    names = {path.name for path in recorded.take.iterdir()}
    assert names == {
        "run.json", "manifest.json", "session.cast", "cassette.jsonl", "audit.jsonl", "transcript.jsonl",
        "work", "rerun", "answers", "input_after.json", "verdict.json", "verdict.html", "screens",
    }  # fmt: skip
    assert {p.name for p in (recorded.take / "work").iterdir()} == {"hello.py"}


def test_the_hashes_in_the_record_are_those_of_the_files(recorded: Finished) -> None:
    assert recorded.take is not None
    assert recorded.run.files == file_hashes(recorded.take)
    assert "session.cast" in recorded.run.files


def test_the_recording_is_100_by_30_with_a_marker_at_each_step(recorded: Finished) -> None:
    assert recorded.take is not None
    cast = read_cast(recorded.take / "session.cast")
    assert cast.size == (100, 30)
    assert cast.truncated is None
    assert [label for _, label in cast.markers] == [
        "入力を確認", "入力を確認：結果", "エージェントを起動", "挨拶を依頼", "確認に答える", "挨拶を依頼：完了",
        "結果を確認", "結果を確認：結果",
    ]  # fmt: skip


def test_the_screens_at_the_markers_show_the_step(recorded: Finished) -> None:
    assert recorded.take is not None
    screens = {p.name[3:-4]: p.read_text() for p in (recorded.take / "screens").glob("*.txt")}
    books = len(
        list((ROOT / ".cache" / "datasets" / (recorded.run.dataset_id or "") / "input").glob("PKG_*.xlsx"))
    )
    assert screens["入力を確認-結果"].splitlines()[1].strip() == str(books)
    assert "Do you want to proceed?" in screens["確認に答える"]
    assert "こんにちは、連結決算" in screens["挨拶を依頼-完了"]
    assert "esc to interrupt" not in screens["挨拶を依頼-完了"], "the turn is over on the picture"
    assert "rehearsal" in screens["挨拶を依頼"], "the banner names the rehearsal"
    assert len(list((recorded.take / "screens").glob("*.png"))) == len(screens)


def test_a_dialog_really_opened_and_was_answered_once(recorded: Finished) -> None:
    assert [turn["dialogs"] for turn in recorded.run.turns] == [1]


def test_nothing_is_left_behind_but_the_take(recorded: Finished) -> None:
    assert recorded.take is not None
    assert not (ROOT / ".cache" / "run" / recorded.take.name).exists()


def test_the_title_of_the_recording_says_who_answered(recorded: Finished) -> None:
    assert recorded.take is not None
    title = read_cast(recorded.take / "session.cast").header.title
    assert title == "挨拶のスクリプトを書いて実行する【リハーサル（台本による応答）】"


def test_rehearsal_is_never_shown_as_live(recorded: Finished) -> None:
    assert (recorded.run.provenance, recorded.run.model, recorded.run.answered_by) == (
        "authored",
        "rehearsal",
        "rehearsal",
    )
    assert "リハーサル（台本による応答）" in recorded.out
    assert "モデルの性能を示すものではありません" in recorded.out


def test_both_drive_modes_give_the_same_verdict(recorded: Finished, headless: Finished) -> None:
    assert recorded.take is not None and headless.take is not None
    checks = [json.loads((f.take / "verdict.json").read_text()) for f in (recorded, headless) if f.take]
    assert checks[0] == checks[1]
    assert (recorded.code, headless.code) == (1, 1)
    assert recorded.run.outcome == headless.run.outcome == "failed"
    assert not (headless.take / "session.cast").exists()


def test_verifying_again_gives_the_trials_verdict_byte_for_byte(headless: Finished, tmp_path: Path) -> None:
    assert headless.take is not None
    again = cli("verify", str(headless.take), "--json", str(tmp_path / "again.json"))
    assert again.code == headless.code == 1, again.err
    assert (tmp_path / "again.json").read_bytes() == (headless.take / "verdict.json").read_bytes()


def test_nothing_of_the_caller_is_in_a_take(tmp_path: Path) -> None:
    secrets = {
        "ANTHROPIC_AUTH_TOKEN": "canary-auth-1", "CLAUDE_CONFIG_DIR": "/canary-home-2", "HTTPS_PROXY": "http://canary-3:1",
        "HOME": "/canary-home-4", "GH_TOKEN": "canary-5", "USER": "canary-6",
    }  # fmt: skip
    finished = run_scenario(HELLO_SCENARIO, tmp_path, "--seed", "31", env=secrets)
    assert finished.code == 1, finished.err
    assert "canary" not in everything_said(finished)
    assert (finished.run.seed, finished.run.held_out_seed) == (31, 32)


# --- ending early ---------------------------------------------------------------------------------------------------


@pytest.fixture
def orphans() -> Iterator[list[int]]:
    """Processes that outlive their parent become ours; the list is filled when asked."""
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    yield []
    libc.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def children_left() -> list[str]:
    """Command lines of this process's children that are no zombies, pytest-xdist's own apart."""
    left = []
    for task in Path("/proc/self/task").iterdir():
        for pid in (task / "children").read_text().split():
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            if state != "Z":
                left.append(Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " "))
    return left


class Running:
    """A run that is under way: its stderr is read until it says something."""

    def __init__(self, recordings: Path, scenario: Path = HELLO_SCENARIO) -> None:
        self.recordings = recordings
        command = ["run", str(scenario), "--pace", "fast", "--recordings", str(recordings)]
        self.child = child.start(
            [sys.executable, "-m", "runner.cli", *command],
            cwd=ROOT,
            stdout=child.DEVNULL,
            stderr=child.PIPE,
        )

    def wait_until_it_says(self, text: str) -> None:
        assert self.child.stderr is not None
        said = b""
        while text.encode() not in said:
            line = self.child.stderr.readline()
            assert line, f"ended before it said {text}: {said.decode()}"
            said += line

    def take(self) -> Path:
        return next(self.recordings.glob("*/*"))


@pytest.mark.parametrize("phase", ["合成PKGを作成", "Claude Code を操作", "スクリプトを再実行"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminate"])
@pytest.mark.usefixtures("orphans")
def test_an_interrupt_ends_all_children_and_leaves_a_readable_take(
    phase: str, number: signal.Signals, tmp_path: Path
) -> None:
    before = children_left()
    running = Running(tmp_path, SLOW_SCENARIO)
    running.wait_until_it_says(phase)
    os.kill(running.child.pid, number)
    os.kill(running.child.pid, number)  # an impatient second one changes nothing
    assert running.child.wait(SAY_S) == 130
    run = read_run(running.take())
    assert run.outcome == "interrupted"
    assert [line for line in children_left() if line not in before] == []


def wait_for_answers(take: Path, count: int) -> None:
    """Until the tap has recorded so many finished answers."""
    end = time.monotonic() + SAY_S
    cassette = take / "cassette.jsonl"
    while time.monotonic() < end:
        if cassette.is_file() and cassette.read_text(encoding="utf-8").count('"end"') >= count:
            return
        time.sleep(0.02)  # the file grows; nothing tells us when
    raise AssertionError("no answer was recorded")


@pytest.mark.usefixtures("orphans")
def test_an_interrupted_recording_still_says_who_answered(tmp_path: Path) -> None:
    before = children_left()
    running = Running(tmp_path)
    running.wait_until_it_says("Claude Code を操作")
    wait_for_answers(running.take(), 1)
    os.kill(running.child.pid, signal.SIGINT)
    assert running.child.wait(SAY_S) == 130
    run = read_run(running.take())
    assert (run.outcome, run.provenance, run.answered_by) == ("interrupted", "authored", "rehearsal")
    cast = read_cast(running.take() / "session.cast")
    assert "リハーサル（台本による応答）" in (cast.header.title or "")
    assert "挨拶を依頼" in [label for _, label in cast.markers]
    assert [line for line in children_left() if line not in before] == []


def helper_of(pid: int, module: str) -> int:
    """The process that runs one of the kit's helpers for the run `pid`."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        for found in (task / "children").read_text().split():
            if module in Path(f"/proc/{found}/cmdline").read_text().split("\0"):
                return int(found)
    raise AssertionError(f"{module} does not run")


@pytest.mark.parametrize("module", ["runner.tap", "runner.rehearsal", "runner.recorder"])
def test_a_helper_that_dies_is_never_the_models_failure(module: str, tmp_path: Path) -> None:
    running = Running(tmp_path)
    running.wait_until_it_says("Claude Code を操作")
    wait_for_answers(running.take(), 1)
    os.kill(helper_of(running.child.pid, module), signal.SIGKILL)
    assert running.child.wait(SAY_S) == 4
    run = read_run(running.take())
    assert run.outcome == "kit_error"
    assert module in run.message or "recorder" in run.message


def test_a_killed_runs_private_folder_is_swept_by_the_next(tmp_path: Path) -> None:
    running = Running(tmp_path / "killed")
    running.wait_until_it_says("合成PKGを作成")
    private = ROOT / ".cache" / "run" / running.take().name
    os.kill(running.child.pid, signal.SIGKILL)
    running.child.wait(SAY_S)
    assert private.exists()
    run_scenario(HELLO_SCENARIO, tmp_path / "next", "--headless")
    assert not private.exists()


@pytest.mark.usefixtures("orphans")
def test_kill_9_takes_all_children_along(tmp_path: Path) -> None:
    before = children_left()
    running = Running(tmp_path)
    running.wait_until_it_says("Claude Code を操作")
    wait_for_answers(running.take(), 1)
    os.kill(running.child.pid, signal.SIGKILL)
    running.child.wait(SAY_S)
    end = time.monotonic() + 10
    while (left := [line for line in children_left() if line not in before]) and time.monotonic() < end:
        time.sleep(0.05)  # the kernel and closed pipes end them; nothing tells us when
    assert left == []
    assert not (running.take() / "run.json").exists(), "an interrupted attempt has no record"
