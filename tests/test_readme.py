"""README.md and README.ja.md stay true: every command in them is run here, and both name the same ones."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from runner import child
from tests.runner.running import Finished

ROOT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.ja.md")
RUN_S = 300.0
FILM_S = (
    900.0  # a performance at human pace takes two minutes, its film one, side by side with other tests more
)
CURATED = "recordings/pkg_batch/curated"
MAX_TRACKED_BYTES = 2_000_000
EXAMPLE = ".cache/example"  # where the README builds; a test builds elsewhere
SHORT_TESTS = "tests/runner/test_keystrokes.py"


def commands(name: str) -> list[str]:
    """Lines that start with `$ ` inside ```console blocks."""
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


COMMANDS = commands("README.md")


def run(command: str, *more: str, within_s: float = RUN_S) -> child.Completed:
    done = child.run([*shlex.split(command), *more], env=child.clean_env(), cwd=ROOT, timeout_s=within_s)
    assert done.returncode == 0, f"{command}: {done.stdout.decode()[-2000:]}{done.stderr.decode()[-2000:]}"
    return done


def test_both_languages_name_the_same_commands() -> None:
    assert COMMANDS and commands("README.ja.md") == COMMANDS


@pytest.mark.parametrize("name", READMES)
def test_every_file_that_is_linked_is_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_a_dataset_is_built_inspected_and_explained(tmp_path: Path) -> None:
    chain = [c for c in COMMANDS if " -m synthetic_pkg " in c]
    assert [shlex.split(c)[3] for c in chain] == ["build", "inspect", "explain"]
    for command in chain:
        done = run(command.replace(EXAMPLE, str(tmp_path / "example")))
    assert "R07-003" in done.stdout.decode()


MINUTES = (" play ", " record ", " highlight ", " stage ")  # these have a test of their own


@pytest.mark.parametrize(
    "command", [c for c in COMMANDS if "/swallow-demo " in c and not any(word in c for word in MINUTES)]
)
def test_the_command_does_what_it_says(command: str, pkg_batch_run: Callable[..., Finished]) -> None:
    program, verb, *rest = shlex.split(command)
    if verb != "run":
        run(command)
        return
    assert (program, rest[0]) == (".venv/bin/swallow-demo", "pkg_batch")
    finished = pkg_batch_run(*rest[1:])
    assert finished.code == 0, finished.err
    assert "合格" in finished.out


def test_play_shows_the_recording_in_a_terminal() -> None:
    (command,) = [c for c in COMMANDS if " play " in c]
    player = child.start_on_pty(shlex.split(command), env=child.clean_env(), cwd=ROOT, rows=30, columns=100)
    player.expect_exact("連結決算 $ ".encode(), timeout=20)
    player.sendintr()
    player.expect(pexpect.EOF, timeout=20)
    player.close()


def test_every_other_command_is_a_make_target_that_a_test_runs() -> None:
    rest = [c for c in COMMANDS if not c.startswith(".venv")]
    assert rest == ["make demo", "make test", "make video"]


@pytest.mark.long
def test_make_demo_plays_the_demo() -> None:
    done = run("make demo", within_s=FILM_S)
    assert "合格" in done.stdout.decode()
    film = done.stderr.decode().rpartition("映像: ")[2].partition("（")[0]
    assert film.startswith("recordings/pkg_batch/") and (ROOT / film).is_file()


@pytest.mark.long
def test_a_take_is_recorded_retaken_filmed_and_verified(tmp_path: Path) -> None:
    """The README's commands as a chain, on a take made here instead of the curated one, which stays as it is."""
    record, retake, highlight, check = (c for c in COMMANDS if any(word in c for word in MINUTES[1:]))
    run(record, "--recordings", str(tmp_path / "first"), within_s=FILM_S)
    (first,) = (tmp_path / "first").glob("*/*")
    run(retake.replace(CURATED, str(first)), "--recordings", str(tmp_path / "second"), within_s=FILM_S)
    (second,) = (tmp_path / "second").glob("*/*")
    run(highlight.replace(CURATED, str(second)), within_s=FILM_S)
    film = list((second / "video").iterdir())
    assert {path.suffix for path in film} == {
        ".mp4", ".gif", ".vtt", ".json", ".html", ".png",
    }  # fmt: skip
    assert all(
        path.stat().st_size < MAX_TRACKED_BYTES for path in film if path.suffix not in (".mp4", ".gif")
    )
    assert "変更された" not in run(f".venv/bin/swallow-demo verify {second}").stdout.decode()
    run(check, "--golden", str(first), "--out", str(tmp_path / "changed"))


@pytest.mark.long
def test_make_video_makes_the_film_of_a_take(tmp_path: Path) -> None:
    shutil.copytree(ROOT / CURATED, tmp_path / "take", ignore=shutil.ignore_patterns("video"))
    run("make video", f"TAKE={tmp_path / 'take'}", within_s=FILM_S)
    assert (tmp_path / "take" / "video" / "highlight.mp4").is_file()


@pytest.mark.long
def test_make_test_checks_and_runs_tests() -> None:
    assert " passed" in run("make test", f"TESTS={SHORT_TESTS}").stdout.decode()
