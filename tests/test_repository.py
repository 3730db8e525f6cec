"""The state of the repository: what must be in it, what never may, and papers that agree with the files."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
import yaml

from runner.cli import app

ROOT = Path(__file__).resolve().parents[1]
MAX_TRACKED_BYTES = 2_000_000
LOCK_FILES = (
    "package-lock.json",
    *sorted(f"requirements/{f.name}" for f in (ROOT / "requirements").glob("*.txt")),
)

# Written in parts, so that this file does not hold what it looks for.
MACHINE_PATHS = re.compile(
    "/" + r"(?:root|home/(?!demo\b)\w+|Users/\w+)/|/" + r"work/(?:main|shared|scratch|\.)"
)
REGISTRY_HOSTS = re.compile(
    r"(?:py" + r"pi|python" + r"hosted|npm" + r"js)\.(?:org|com|io)|deb\.debian" + r"\.org", re.I
)
AUTHORSHIP = re.compile(
    r"co-" + r"authored-by|(?:generated|written|created|made) (?:with|by) (?:an? )?"
    r"(?:claude|chatgpt|gpt-|copilot|codex|gemini|cursor|ai\b|llm)|no" + r"reply@anthropic",
    re.I,
)


def tracked() -> list[Path]:
    """Every file git keeps, as paths relative to the checkout."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [Path(name) for name in names.decode().split("\0") if name and (ROOT / name).is_file()]


def findings(pattern: re.Pattern[str], files: list[Path]) -> Iterator[str]:
    for file in files:
        data = (ROOT / file).read_bytes()
        if b"\0" in data:
            continue
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
            if found := pattern.search(line):
                yield f"{file}:{number}: {found.group()}"


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (MACHINE_PATHS, "cd /" + "root/project"),
        (MACHINE_PATHS, "see /" + "work/main/README.md"),
        (REGISTRY_HOSTS, "https://files.python" + "hosted.org/packages/x"),
        (REGISTRY_HOSTS, "https://registry.npm" + "js.org/x"),
        (AUTHORSHIP, "Co-" + "Authored-By: someone"),
        (AUTHORSHIP, "generated " + "with Claude"),
    ],
)
def test_the_patterns_see_what_they_look_for(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (
            MACHINE_PATHS,
            "the work folder is /work, its books are in /work/input and the home is /home/demo/x",
        ),
        (AUTHORSHIP, "the scripts written by the agent, Claude Code, are run again"),
    ],
)
def test_the_patterns_leave_the_kits_own_words_alone(pattern: re.Pattern[str], line: str) -> None:
    assert not pattern.search(line)


@pytest.mark.parametrize(
    "pattern", [MACHINE_PATHS, REGISTRY_HOSTS, AUTHORSHIP], ids=["paths", "hosts", "authorship"]
)
def test_no_tracked_file_tells_of_the_machine_or_the_tools_it_was_written_with(
    pattern: re.Pattern[str],
) -> None:
    assert list(findings(pattern, tracked())) == []


def test_no_lock_file_holds_a_download_address() -> None:
    addresses = re.compile(r'"resolved"|"tarball"|--(?:extra-)?index-url|--find-links|--trusted-host')
    assert list(findings(addresses, [Path(name) for name in LOCK_FILES])) == []
    assert (
        list(findings(re.compile("://"), [Path(name) for name in LOCK_FILES if name.endswith(".txt")])) == []
    )


def test_every_locked_package_has_a_hash() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []
    for lock in LOCK_FILES[1:]:
        entries = re.split(r"\n(?=[A-Za-z])", (ROOT / lock).read_text(encoding="utf-8"))[1:]
        assert entries, f"{lock} locks nothing"
        assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_asked_for_package_is_locked() -> None:
    for asked in sorted((ROOT / "requirements").glob("*.in")):
        locked = re.findall(r"^([\w.-]+)==", asked.with_suffix(".txt").read_text(encoding="utf-8"), re.M)
        assert asked_for(asked) <= {folded(name) for name in locked}, f"{asked.name}: run make lock"
    manifest = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert {name: lock[f"node_modules/{name}"]["version"] for name in manifest} == manifest, "run make lock"


def test_tracked_files_are_small_and_hold_no_settings() -> None:
    assert [str(file) for file in tracked() if (ROOT / file).stat().st_size > MAX_TRACKED_BYTES] == []
    assert [str(file) for file in tracked() if file.name == ".env" or file.suffix in {".pem", ".key"}] == []


def test_the_licence_is_there_and_is_what_the_project_says() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text and "Version 2.0" in text and "END OF TERMS AND CONDITIONS" in text
    assert json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["license"] == "Apache-2.0"
    assert 'license = { text = "Apache-2.0" }' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def folded(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def asked_for(file: Path) -> set[str]:
    """The package names of a requirements/*.in file."""
    return {folded(name) for name in re.findall(r"^([\w.-]+)", file.read_text(encoding="utf-8"), re.M)}


def explained(section: str) -> set[str]:
    """The packages that the sections of dependencies.md naming a file have a full row for."""
    page = (ROOT / "docs/decisions/dependencies.md").read_text(encoding="utf-8")
    parts = [part for part in re.split(r"^## ", page, flags=re.M) if section in part.partition("\n")[0]]
    rows = [
        re.match(r"\| `([^`]+)` \| (.+) \| (.+) \| (.+) \|$", line)
        for part in parts
        for line in part.splitlines()
    ]
    return {folded(row[1]) for row in rows if row and all(cell.strip() for cell in row.groups())}


@pytest.mark.parametrize("asked", sorted((ROOT / "requirements").glob("*.in")), ids=lambda file: file.name)
def test_every_python_dependency_has_its_reason_licence_and_version_policy(asked: Path) -> None:
    assert explained(f"requirements/{asked.name}") == asked_for(asked)


def test_every_npm_dependency_has_its_reason_licence_and_version_policy() -> None:
    dependencies = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert explained("package.json") == {folded(name) for name in dependencies}


def referenced_files(cassette: Path) -> Iterator[Path]:
    """The files that a cassette's lines name as {"file": "…"}, at any depth."""

    def names(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            if set(value) == {"file"}:
                yield value["file"]
            value = list(value.values())
        if isinstance(value, list):
            for item in value:
                yield from names(item)

    for line in cassette.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield from (cassette.parent / name for name in names(json.loads(line)))


def test_every_scenario_has_its_cassette_and_every_file_it_names_tracked() -> None:
    kept = {ROOT / file for file in tracked()}
    scenarios = sorted((ROOT / "scenarios").glob("*.yaml"))
    assert scenarios
    for scenario in scenarios:
        folder = scenario.parent / yaml.safe_load(scenario.read_text(encoding="utf-8"))["cassette"]
        cassette = folder / "cassette.jsonl"
        missing = [str(file.relative_to(ROOT)) for file in (scenario, cassette) if file not in kept]
        assert missing == [], f"{scenario.name} cannot be played from a fresh clone"
        assert [file.name for file in referenced_files(cassette) if file.resolve() not in kept] == []


READMES = ("README.md", "README.ja.md")


def code_of(readme: str) -> str:
    """What a README shows as code: fenced blocks and `inline`."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    return "\n".join(re.findall(r"```.*?\n(.*?)```", text, re.S) + re.findall(r"`([^`\n]+)`", text))


@pytest.mark.parametrize("readme", READMES)
def test_every_make_target_in_the_readme_exists(readme: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)", code_of(readme)))
    assert {"demo", "test"} <= named <= targets


@pytest.mark.parametrize("readme", READMES)
def test_every_command_in_the_readme_exists(readme: str) -> None:
    commands = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    named = set(re.findall(r"(?:swallow-demo|-m runner\.cli) ([a-z][a-z-]*)", code_of(readme)))
    assert named <= commands


def test_every_make_target_has_a_line_in_make_help() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.M)) - {"test-setup"}
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert targets == set(re.findall(r"^  make (\S+)", shown, re.M))
