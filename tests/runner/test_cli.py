"""Wrong use and bad input: one clear line, the right exit code, nothing left behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runner.agent_version import AgentMissing, binary, installed_version
from tests.runner.running import HELLO_SCENARIO, ROOT, Finished, cli, run_scenario


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
    if (ROOT / ".env").exists():
        pytest.fail("this checkout has a .env: the test needs one without")
    line = one_line(run_scenario(HELLO_SCENARIO, tmp_path, "--endpoint", "live"), 2)
    assert "ANTHROPIC_BASE_URL is not set" in line


def test_recordings_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    finished = cli("run", str(HELLO_SCENARIO), "--recordings", str(tmp_path / "a file"))
    assert "a file" in one_line(finished, 2)


def test_playing_without_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "session.cast").write_text("")
    assert "no terminal" in one_line(cli("play", str(tmp_path)), 2)


def test_playing_a_take_without_a_recording(tmp_path: Path) -> None:
    assert "no recording here" in one_line(cli("play", str(tmp_path)), 2)


def test_verifying_something_that_is_no_take(tmp_path: Path) -> None:
    assert "no finished take" in one_line(cli("verify", str(tmp_path)), 2)


def test_verifying_a_damaged_take(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"outcome": "passed"}')
    assert "damaged" in one_line(cli("verify", str(tmp_path)), 2)


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
