"""Wrong use and bad input: one clear line, the right exit code, nothing left behind."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from runner import grading
from runner.agent_version import AgentMissing, binary, installed_version
from tests.runner.running import HELLO_SCENARIO, ROOT, Finished, called, cli, run_scenario


def one_line(finished: Finished, code: int) -> str:
    assert finished.code == code, finished.err + finished.out
    assert finished.take is None
    lines = [line for line in finished.err.splitlines() if not line.startswith("…")]
    assert len(lines) == 1, finished.err
    assert "Traceback" not in lines[0]
    return lines[0]


def test_list_shows_each_scenario_with_its_title() -> None:
    finished = cli("list")
    assert finished.code == 0
    assert "pkg_batch\t子会社90社の連結PKG" in finished.out


def test_an_unknown_scenario(tmp_path: Path) -> None:
    assert "available: pkg_batch" in one_line(run_scenario("pkg_bath", tmp_path), 2)


def test_a_wrong_field_is_told_with_file_line_and_field(tmp_path: Path) -> None:
    text = HELLO_SCENARIO.read_text(encoding="utf-8").replace("companies: 20", "companies: twenty")
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
    line = one_line(run_scenario(tmp_path / "bad.yaml", tmp_path / "takes"), 2)
    assert "bad.yaml:5: field `dataset.companies`" in line


def test_a_mix_that_does_not_fit_the_group_leaves_nothing_behind(tmp_path: Path) -> None:
    data = (ROOT / "tests" / "runner" / "rehearsal" / "data" / "hello").as_posix()
    text = HELLO_SCENARIO.read_text(encoding="utf-8")
    text = text.replace("companies: 20", "companies: 12").replace("../runner/rehearsal/data/hello", data)
    (tmp_path / "small.yaml").write_text(text, encoding="utf-8")
    line = one_line(run_scenario(tmp_path / "small.yaml", tmp_path / "takes"), 2)
    assert "small.yaml" in line and "raise companies" in line


def test_running_without_the_sandbox_is_refused(tmp_path: Path) -> None:
    assert "--no-sandbox is refused" in one_line(run_scenario(HELLO_SCENARIO, tmp_path, "--no-sandbox"), 2)


def test_a_live_endpoint_that_is_not_described(tmp_path: Path) -> None:
    env = {"ANTHROPIC_BASE_URL": "http://127.0.0.1:99999", "ANTHROPIC_API_KEY": "x"}
    line = one_line(run_scenario(HELLO_SCENARIO, tmp_path, "--endpoint", "live", env=env), 2)
    assert "ANTHROPIC_BASE_URL is not an http(s) address" in line


def test_recordings_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    finished = cli("run", str(HELLO_SCENARIO), "--recordings", str(tmp_path / "a file"))
    assert "a file" in one_line(finished, 2)


def test_playing_without_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "session.cast").write_text("")
    assert "no terminal" in one_line(called("play", str(tmp_path)), 2)


def test_playing_a_take_without_a_recording(tmp_path: Path) -> None:
    assert "no recording here" in one_line(called("play", str(tmp_path)), 2)


def test_verifying_something_that_is_no_take(tmp_path: Path) -> None:
    assert "no finished take" in one_line(called("verify", str(tmp_path)), 2)


def test_verifying_a_damaged_take(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"outcome": "passed"}')
    assert "damaged" in one_line(called("verify", str(tmp_path)), 2)


def test_a_fault_of_the_kit_is_not_told_as_a_damaged_take(monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(case: object) -> None:
        raise KeyError("a slip in a check")

    monkeypatch.setattr(grading, "verify", faulty)
    with pytest.raises(KeyError):
        grading.verify_take(ROOT / "recordings" / "pkg_batch" / "curated")


def test_a_damaged_record_of_a_rerun_is_told(tmp_path: Path) -> None:
    take = tmp_path / "take"
    shutil.copytree(ROOT / "recordings" / "pkg_batch" / "curated", take)
    (take / "rerun" / "seen" / "rerun.json").write_text("[]")
    with pytest.raises(grading.TakeError, match="damaged"):
        grading.verify_take(take)


def test_a_take_that_was_changed_since_is_told(tmp_path: Path) -> None:
    take = tmp_path / "take"
    shutil.copytree(ROOT / "recordings" / "pkg_batch" / "curated", take)
    whole = cli("verify", str(take))
    assert "記録後に変更された" not in whole.out
    assert "リハーサル（台本による応答）" in whole.out
    with (take / "work" / "aggregate_pkg.py").open("a") as script:
        script.write("# changed\n")
    assert "記録後に変更されたファイルが 1 件" in cli("verify", str(take)).out.replace("\n", "")


@pytest.mark.parametrize(("drive_end", "says"), [("timeout", "時間切れ"), ("protocol", "規約に反する")])
def test_a_broken_conversation_stays_failed_when_verified_again(
    tmp_path: Path, drive_end: str, says: str
) -> None:
    take = tmp_path / "take"
    shutil.copytree(ROOT / "recordings" / "pkg_batch" / "curated", take)
    record = json.loads((take / "run.json").read_text())
    (take / "run.json").write_text(json.dumps({**record, "drive_end": drive_end}))
    again = cli("verify", str(take))
    assert again.code == 1
    assert says in again.out


def test_a_damaged_record_beside_it_does_not_stop_a_run(tmp_path: Path) -> None:
    (tmp_path / "hello" / "20260101-000000-dead").mkdir(parents=True)
    (tmp_path / "hello" / "20260101-000000-dead" / "run.json").write_text("{")
    finished = cli("run", str(HELLO_SCENARIO), "--pace", "fast", "--headless", "--recordings", str(tmp_path))
    assert finished.code == 1 and "不合格" in finished.out, finished.err


def test_recordings_that_the_sandbox_would_show_are_refused() -> None:
    finished = cli("run", str(HELLO_SCENARIO), "--recordings", "/usr/share/takes")
    assert "choose another folder" in one_line(finished, 2)
    assert not Path("/usr/share/takes").exists()


def test_a_missing_agent_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(AgentMissing, match="run `make setup`"):
        installed_version(tmp_path)


def test_an_agent_of_another_version_says_which_is_wanted(tmp_path: Path) -> None:
    program = binary(tmp_path)
    program.parent.mkdir(parents=True)
    program.touch()
    (program.parent / "package.json").write_text(json.dumps({"version": "2.0.1"}))
    with pytest.raises(AgentMissing, match=r"2\.0\.1 is installed, 2\.1\.329 is pinned"):
        installed_version(tmp_path)
