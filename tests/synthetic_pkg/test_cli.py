"""`python -m synthetic_pkg` as a person uses it: build, inspect, explain; and each bad input as one clear line."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import synthetic_pkg
from synthetic_pkg import masters, seal
from synthetic_pkg.answers import load_answers

ROOT = Path(__file__).resolve().parents[2]
SMALL = ("--companies", "24", "--seed", "7")


def run(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "synthetic_pkg", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120)


def refused(done: subprocess.CompletedProcess[str], code: int = 2) -> str:
    """The one line on stderr of a command that ended with `code`."""
    assert done.returncode == code, done.stderr
    (line,) = done.stderr.splitlines()
    assert done.stdout == "" and line.startswith("synthetic_pkg: ")
    return line


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("cli") / "new" / "データ"
    done = run("build", *SMALL, "--out", out)
    assert done.returncode == 0 and done.stderr == "" and str(out) in done.stdout
    return out


def test_build_makes_a_whole_dataset_and_nothing_beside_it(built):
    assert not seal.difference(built)
    assert [path.name for path in built.parent.iterdir()] == [built.name]
    assert {path.name for path in built.iterdir()} == {
        "input", "manifest.json", "answers.json", "answers_detail.jsonl", "mistakes.jsonl", "seal.json"
    }  # fmt: skip


def test_inspect_shows_every_root_and_counts_the_rest(built):
    answers = load_answers(built / "answers.json")
    done = run("inspect", built)
    assert done.returncode == 0
    for item in answers.anomalies:
        (line,) = [line for line in done.stdout.splitlines() if f" {item.root_id} " in line]
        cells = [cell.strip() for cell in line.split("│")[1:-1]]
        assert cells[1] == item.company and cells[5] == item.check_id
        assert cells[3] == " ".join(part for part in (item.sheet, item.cell) if part)
    totals = re.findall(r"計 +│ +(\d+)", done.stdout)
    notations = {item.root_id for item in answers.normalisations}
    assert totals == [str(len(answers.traps)), str(len(notations))]


def test_explain_tells_where_what_and_why_of_every_id(built):
    answers = load_answers(built / "answers.json")
    item = next(item for item in answers.anomalies if item.kind == "R07")
    done = run("explain", built, "--root", item.root_id)
    assert done.returncode == 0
    assert isinstance(item.observed, int) and isinstance(item.expected_value, int)
    for part in (
        item.company,
        item.sheet,
        item.cell,
        f"{item.observed:,}",
        f"{item.expected_value:,}",
        item.why,
    ):
        assert part in done.stdout
    trap, notation = answers.traps[0], answers.normalisations[0]
    assert trap.why in run("explain", built, "--root", trap.trap_id).stdout
    assert notation.observed in run("explain", built, "--root", notation.root_id).stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--level", "impossible"], ["level", "'impossible'", "'standard'"]),
        (["--companies", "3"], ["companies", "3", "12"]),
        (["--companies", "9001"], ["companies", "9001", "9000"]),
        (["--period", "2020Q1"], ["period", "2020Q1", "2027Q1"]),
        (["--plant", "R99=1"], ["R99", "unknown kind", "R07"]),
        (["--plant", "R07"], ["--plant R07", "KIND=COUNT"]),
        (["--plant", "R04=500"], ["R04", "500 wanted", "companies"]),
    ],
    ids=lambda value: " ".join(value) if value[0].startswith("--") else "",
)
def test_a_wrong_request_is_one_line_and_leaves_nothing(tmp_path, arguments, words):
    line = refused(run("build", *SMALL, *arguments, "--out", tmp_path / "a" / "b"))
    assert all(word in line for word in words), line
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_left_as_it_is(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    assert "not an empty folder" in refused(run("build", *SMALL, "--out", tmp_path))
    assert "not an empty folder" in refused(run("build", *SMALL, "--out", tmp_path / "mine.txt"))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "out").mkdir()
    assert run("build", *SMALL, "--level", "core", "--out", tmp_path / "out").returncode == 0
    assert not seal.difference(tmp_path / "out")


@pytest.mark.parametrize("companies", ["24", "30"], ids=["one process", "two processes"])
def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path, companies):
    """On a tmpfs of 300 KiB, in a user and mount namespace of its own, so that it needs no right."""
    small = tmp_path / "small"
    small.mkdir()
    script = (
        'mount -t tmpfs -o size=300k tmpfs "$1" || exit 99; '
        f'"$2" -m synthetic_pkg build --companies {companies} --out "$1/out"; code=$?; ls -A "$1"; exit $code'
    )
    command = ["unshare", "-rm", "sh", "-c", script, "sh", str(small), sys.executable]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    if done.returncode == 99 or done.stderr.startswith("unshare"):
        pytest.skip(f"this machine gives no mount namespace: {done.stderr.strip()}")
    assert "No space left on device" in refused(done)


@pytest.mark.parametrize(
    ("name", "damage", "words"),
    [
        ("countries.csv", lambda path: path.unlink(), "No such file"),
        ("names.json", lambda path: path.write_text("{"), "Expecting"),
        ("chart.csv", lambda path: path.write_bytes(b"\xff\xfe"), "utf-8"),
        ("profiles.csv", lambda path: path.write_text(path.read_text() + "1101,1\n"), "columns"),
        ("forms.json", lambda path: path.write_text(""), "Expecting"),
    ],
    ids=["missing", "broken JSON", "not UTF-8", "a row cut short", "empty"],
)
def test_broken_master_data_is_a_fault_of_the_kit_in_one_line(tmp_path, name, damage, words):
    package = tmp_path / "synthetic_pkg"
    shutil.copytree(
        Path(synthetic_pkg.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__")
    )
    damage(package / "data" / name)
    line = refused(run("build", *SMALL, "--out", tmp_path / "out", cwd=tmp_path), code=4)
    assert f"data/{name}" in line and words in line and "restore" in line
    assert not (tmp_path / "out").exists()


def test_every_master_file_is_looked_through():
    assert {path.name for path in masters.DATA.iterdir()} == set(masters.MASTERS)


def test_what_cannot_be_shown_is_one_line(built, tmp_path):
    assert "answers.json" in refused(run("inspect", tmp_path))
    line = refused(run("explain", built, "--root", "R99-001"))
    assert "R99-001" in line and "R07-001" in line
    (tmp_path / "answers.json").write_text(json.dumps({"seed": 1}))
    (tmp_path / "manifest.json").write_text("{}")
    assert "not the answers of a dataset" in refused(run("inspect", tmp_path))


def test_no_module_of_the_package_imports_pandas():
    for path in Path(synthetic_pkg.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        names |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        assert not [name for name in names if name.split(".")[0] == "pandas"], path
