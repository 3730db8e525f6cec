"""tools/setup.sh on a system that lacks something: one clear line, the exit code, and nothing half-made.

The way through is not repeated here: `make test` has just walked it, and the last tests look at its result.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runner import agent_version

ROOT = Path(__file__).resolve().parents[2]
# What the script itself calls, present on every system; the rest is put beside them test by test.
BASICS = ("sh", "env", "id", "dirname", "cat", "cmp", "uname", "getconf", "mkdir", "mv", "rm", "tail")
BASICS += ("find", "sort", "comm", "sed")


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
    shutil.rmtree(path, ignore_errors=True)
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


PYTHON = """
case "$*" in
*"-m venv .venv")
    mkdir -p .venv/bin .venv/lib && cp "$0" .venv/bin/python && : >.venv/pyvenv.cfg && : >.venv/lib/pandas ;;
*"-m pip install"*) ;;
*build_agent_python.py)
    [ -e .agent-python/base.json ] && exit
    mkdir -p .agent-python/tree && : >.agent-python/tree/pandas && : >.agent-python/base.json ;;
*ensurepip* | *version_info* | *fcntl*) ;;
*) exit 9 ;;
esac
echo "$*" >>did
"""
NPM = """
native=node_modules/@anthropic-ai/claude-code-linux-MACHINE
rm -rf node_modules && mkdir -p $native && cp "$0" $native/claude
echo '{ "version": "2.1.329" }' >$native/package.json
echo "npm $*" >>did
"""


def done_by_set_up(checkout: Path) -> str:
    """Run the set-up with programs in the place of Python and npm that make small parts; gives what they did."""
    (checkout / "did").unlink(missing_ok=True)
    machine = agent_version.binary().parent.name.removeprefix("claude-code-linux-")
    programs = {"python3": PYTHON, "cp": None, "git": None, "node": "echo v20.1.0"}
    result = set_up(checkout, {**programs, "npm": NPM.replace("MACHINE", machine)})
    assert result.returncode == 0, result.stderr
    assert set_up(checkout, {}, "check").returncode == 0, "what was set up is found ready"
    did = (checkout / "did").read_text(encoding="utf-8") if (checkout / "did").exists() else ""
    return " ".join(word for word in ("-m venv", "build_agent_python", "npm ci") if word in did)


@pytest.fixture
def ready(checkout: Path) -> Path:
    """A checkout that was set up, of small parts."""
    (checkout / "requirements").mkdir()
    for name in ("requirements/kit.txt", "requirements/agent.txt", "pyproject.toml", "package-lock.json"):
        (checkout / name).write_text("", encoding="utf-8")
    shutil.copy(ROOT / "package.json", checkout)
    assert done_by_set_up(checkout) == "-m venv build_agent_python npm ci"
    return checkout


def test_a_second_set_up_does_nothing(ready: Path) -> None:
    assert done_by_set_up(ready) == ""
    (ready / ".venv" / "lib" / "later").touch()
    assert done_by_set_up(ready) == "", "what was added since does no harm"


@pytest.mark.parametrize(
    ("lost", "mended"),
    [
        (".venv/bin/python", "-m venv"),
        (".venv/lib/pandas", "-m venv"),
        (".venv/pyvenv.cfg", "-m venv"),
        (".agent-python/tree/pandas", "build_agent_python"),
        (".agent-python/base.json", "build_agent_python"),
        ("node_modules/@anthropic-ai/*/claude", "npm ci"),
        ("node_modules/@anthropic-ai/*/package.json", "npm ci"),
        ("node_modules/@anthropic-ai/*", "npm ci"),
    ],
)
def test_a_part_that_lost_something_is_made_again(ready: Path, lost: str, mended: str) -> None:
    (path,) = ready.glob(lost)
    path.rename(ready.parent / "moved away")
    assert set_up(ready, {}, "check").returncode == 4
    assert done_by_set_up(ready) == mended
    assert list(ready.glob(lost)) == [path]


def test_another_version_of_the_agent_is_replaced_by_the_pinned_one(ready: Path) -> None:
    (described,) = ready.glob("node_modules/@anthropic-ai/*/package.json")
    described.write_text('{\n  "name": "x",\n  "version": "2.1.328"\n}\n', encoding="utf-8")
    assert done_by_set_up(ready) == "npm ci"
    assert agent_version.installed_version(ready) == agent_version.PINNED


def test_an_installation_without_the_agent_of_this_machine_is_no_success(ready: Path) -> None:
    (native,) = ready.glob("node_modules/@anthropic-ai/*")
    shutil.rmtree(native)
    result = set_up(ready, {"python3": PYTHON, "git": None, "node": "echo v20.1.0", "npm": ""})
    assert result.returncode == 4
    assert (
        f"npm ci left no Claude Code {agent_version.PINNED} for this machine ({native.relative_to(ready)})"
        in (result.stderr)
    )


def test_the_agents_python_is_built_anew_when_its_builder_has_changed(checkout: Path, tmp_path: Path) -> None:
    nothing, target = tmp_path / "none.txt", tmp_path / "agent"
    nothing.touch()
    builder = checkout / "tools" / "build_agent_python.py"
    build = [sys.executable, str(builder), "--requirements", str(nothing), "--target", str(target)]

    def build_and_see_the_folder() -> int:
        subprocess.run(build, check=True, capture_output=True)
        return target.stat().st_ino

    first = build_and_see_the_folder()
    assert build_and_see_the_folder() == first
    builder.write_text(builder.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    assert build_and_see_the_folder() != first


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
