"""tools/setup.sh on a system that lacks something: one clear line, the exit code, and nothing half-made.

The way through is not repeated here: `make test` has just walked it, and the last tests look at its result.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What the script itself calls, present on every system; the rest is put beside them test by test.
BASICS = ("sh", "env", "id", "dirname", "cat", "cmp", "uname", "mkdir", "rm", "tail")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that was never set up, under a path with a space and Japanese."""
    folder = tmp_path / "連結 デモ" / "kit"
    (folder / "tools").mkdir(parents=True)
    for name in ("setup.sh", "build_agent_python.py", "bin"):
        origin = ROOT / "tools" / name
        (shutil.copytree if origin.is_dir() else shutil.copy)(origin, folder / "tools" / name)
    return folder


def program(folder: Path, name: str, text: str | None = None) -> None:
    """A program of this machine, or a small script in its place."""
    if text is None:
        found = shutil.which(name)
        assert found, f"this machine has no {name}"
        (folder / name).symlink_to(found)
    else:
        (folder / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (folder / name).chmod(0o755)


def set_up(checkout: Path, programs: dict[str, str | None], *words: str) -> subprocess.CompletedProcess[str]:
    """Run the script with these programs only; no apt-get and no sudo are among them."""
    path = checkout.parent / "path"
    path.mkdir()
    for name in BASICS:
        program(path, name)
    for name, text in programs.items():
        program(path, name, text)
    return subprocess.run(
        ["/bin/sh", "tools/setup.sh", *words],
        cwd=checkout,
        env={"PATH": str(path), "HOME": str(checkout.parent)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


NO_VENV = "case $2 in *ensurepip*) exit 1;; *print*) echo 3.11;; esac"


@pytest.mark.parametrize(
    ("programs", "message"),
    [
        ({}, "no Python 3.11 or later"),
        ({"python3": "exit 1"}, "no Python 3.11 or later"),
        ({"python3": NO_VENV}, "python3 has no venv module → sudo apt install python3.11-venv"),
        ({"python3": "exit 0"}, "git is not installed"),
        ({"python3": "exit 0", "git": None}, "node is not installed → install Node.js 18"),
        ({"python3": "exit 0", "git": None, "node": "echo v20.1.0"}, "npm is not installed"),
        ({"python3": "exit 0", "git": None, "node": "exit 1", "npm": ""}, "node is there but does not run"),
        ({"python3": "exit 0", "git": None, "node": "echo v16.1.0", "npm": ""}, "Node.js v16.1.0 is too old"),
    ],
)
def test_a_missing_tool_is_one_line_and_exit_code_2(
    checkout: Path, programs: dict[str, str | None], message: str
) -> None:
    result = set_up(checkout, programs)
    assert result.returncode == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (checkout / ".venv").exists()


def test_a_failed_step_shows_its_last_words_and_where_to_read_the_rest(checkout: Path) -> None:
    python = 'case $1 in -m) echo "no space left on device" >&2; exit 1;; esac'
    tools = {"python3": python, "git": None, "node": "echo v20.1.0", "npm": ""}
    result = set_up(checkout, tools)
    assert result.returncode == 4
    assert "no space left on device" in result.stderr
    assert "making .venv failed (all of it: .cache/setup.log)" in result.stderr


def test_an_unknown_purpose_is_refused(checkout: Path) -> None:
    result = set_up(checkout, {}, "everything")
    assert (result.returncode, len(result.stderr.splitlines())) == (2, 1)


def test_a_checkout_that_was_never_set_up_is_told_apart(checkout: Path) -> None:
    result = set_up(checkout, {}, "check")
    assert result.returncode == 4
    assert "make setup" in result.stderr


def test_this_checkout_is_set_up_from_the_locks_it_has() -> None:
    result = subprocess.run(["/bin/sh", "tools/setup.sh", "check"], cwd=ROOT, capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")


def test_the_asciinema_of_the_kit_is_found_through_path_under_any_folder_name(checkout: Path) -> None:
    (checkout / ".venv").symlink_to(ROOT / ".venv")
    result = subprocess.run(
        ["asciinema", "--version"],
        env={"PATH": f"{checkout / 'tools' / 'bin'}:/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "asciinema 2.4.0\n"
