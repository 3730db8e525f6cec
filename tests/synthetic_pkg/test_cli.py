"""`python -m synthetic_pkg` as a person uses it: build, inspect, explain; and each bad input as one clear line."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import synthetic_pkg
from synthetic_pkg import cli, masters, seal
from synthetic_pkg.answers import load_answers
from synthetic_pkg.errors import DatasetError, KitFault

ROOT = Path(__file__).resolve().parents[2]
SMALL = ("--companies", "24", "--seed", "7", "--processes", "1")


@dataclass
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


def process(*arguments: str | Path, cwd: Path = ROOT) -> Done:
    """The command as a person starts it."""
    command = [sys.executable, "-m", "synthetic_pkg", *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120)
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """The same command line in this process, which spares its start."""

    def here(*arguments: str | Path) -> Done:
        with pytest.raises(SystemExit) as ended:
            cli.main([*map(str, arguments)])
        return Done(ended.value.code or 0, *capsys.readouterr())

    return here


def refused(done: Done, code: int = 2) -> str:
    """The one line on stderr of a command that ended with `code`."""
    assert done.returncode == code, done.stderr
    (line,) = done.stderr.splitlines()
    assert done.stdout == "" and line.startswith("synthetic_pkg: ")
    return line


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("cli") / "new" / "データ"
    done = process("build", *SMALL, "--out", out)
    assert done.returncode == 0 and done.stderr == "" and str(out) in done.stdout
    return out


def test_build_makes_a_whole_dataset_and_nothing_beside_it(built):
    assert not seal.difference(built)
    assert [path.name for path in built.parent.iterdir()] == [built.name]
    assert {path.name for path in built.iterdir()} == {
        "input", "manifest.json", "answers.json", "answers_detail.jsonl", "mistakes.jsonl", "seal.json"
    }  # fmt: skip


def test_inspect_shows_every_root_and_counts_the_rest(built, run):
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


def test_explain_tells_where_what_and_why_of_every_id(built, run):
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
        (["--plant", "R24-trap=500"], ["R24-trap", "500 wanted", "of 24 companies"]),
        (["--level", "core", "--companies", "12"], ["companies", "12", "core", "17"]),
        (["--companies", "many"], ["--companies", "valid integer", "--help"]),
        (["--seed", "-1"], ["--seed", "greater", "--help"]),
        (["--colour", "red"], ["--colour", "--help"]),
    ],
    ids=lambda value: " ".join(value) if value[0].startswith("--") else "",
)
def test_a_wrong_request_is_one_line_and_leaves_nothing(tmp_path, arguments, words, run):
    line = refused(run("build", *SMALL, *arguments, "--out", tmp_path / "a" / "b"))
    assert all(word in line for word in words), line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Missing command"),
        (("bild",), "bild"),
        (("build",), "--out"),
        (("explain", "."), "--root"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_command_that_cannot_be_read_is_one_line(arguments, words, run):
    assert words in refused(run(*arguments))


def test_a_folder_with_something_in_it_is_left_as_it_is(tmp_path, run):
    (tmp_path / "mine.txt").write_text("mine")
    assert "not an empty folder" in refused(run("build", *SMALL, "--out", tmp_path))
    assert "not an empty folder" in refused(run("build", *SMALL, "--out", tmp_path / "mine.txt"))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_filled(tmp_path, run):
    (tmp_path / "out").mkdir()
    assert run("build", "--companies", "12", "--level", "easy", "--out", tmp_path / "out").returncode == 0
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
def test_master_data_that_cannot_be_read_is_a_fault_of_the_kit(tmp_path, name, damage, words):
    shutil.copytree(masters.DATA, tmp_path / "data")
    damage(tmp_path / "data" / name)
    with pytest.raises(KitFault) as told:
        masters.check(tmp_path / "data")
    line = str(told.value)
    assert f"data/{name}" in line and words in line and "restore" in line


def replaced(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


WRONG_ENTRIES = [
    ("currencies.csv", replaced("USD,148.20,2", "USD,abc,2"), ["line 2", "base_yen", "'abc'"]),
    ("currencies.csv", replaced("USD,148.20,2", "USD,148.20,-2"), ["line 2", "decimals", "'-2'"]),
    ("currencies.csv", replaced("USD,148.20,2", "USD,0.00,2"), ["line 2", "base_yen", "above 0"]),
    ("currencies.csv", replaced("USD,", "XXX,"), ["countries.csv", "USD", "currencies.csv"]),
    ("currencies.csv", replaced("EUR,", "USD,"), ["line 3", "USD", "second time"]),
    ("chart.csv", replaced("\n1105,", "\n9105,"), ["account 1105 is missing"]),
    ("chart.csv", replaced("1101:1119", "1101:1120"), ["parts", "1120"]),
    ("chart.csv", replaced("name_en", "english"), ["line 1", "english", "name_en"]),
    ("profiles.csv", replaced("\n1101,", "\n9999,"), ["line 2", "9999", "chart.csv"]),
    ("profiles.csv", replaced("\n1101,140", "\n1101,many"), ["line 2", "manufacturer", "'many'"]),
    ("countries.csv", replaced(",2574", ",-1"), ["line 2", "tax_bp", "'-1'"]),
    ("names.json", lambda text: '{"parent": 1}', ["parent", "1"]),
    ("names.json", replaced('"share": 26', '"share": 0'), ["segments.自動車.share", "greater than 0"]),
    ("remarks.json", lambda text: "{}", ["the file", "array"]),
    ("remarks.json", replaced('"rise"', '"rose"'), ["0.rise", "required"]),
    ("checks.json", replaced('"title"', '"titel"'), ["0.title", "required"]),
    ("forms.json", replaced('"formula":"', '"formula":1,"note":"'), ["formula", "string"]),
    ("forms.json", replaced("{CF60}", "{CF61}"), ["07", "CF80", "CF61"]),
    ("plants.json", replaced('"value": 2,', '"value": "2",'), ["tolerances.0.value", "number"]),
    ("yoryo.json", replaced('"はじめに"', '"はじまり"'), ["はじめに", "required"]),
]


@pytest.mark.parametrize(
    ("name", "change", "words"), WRONG_ENTRIES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_an_entry_from_which_no_group_can_be_drawn_is_named(tmp_path, name, change, words):
    shutil.copytree(masters.DATA, tmp_path / "data")
    path = tmp_path / "data" / name
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(DatasetError) as told:
        masters.check(tmp_path / "data")
    assert not isinstance(told.value, KitFault)
    assert all(word in str(told.value) for word in (*words, "correct it")), told.value


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", 4, "no rows"),
        ("currency,base_yen,decimals,lending_bp\nUSD,abc,2,675\n", 2, "line 2: base_yen is 'abc'"),
    ],
    ids=["unreadable", "wrong"],
)
def test_a_broken_master_ends_the_command_in_one_line(tmp_path, text, code, words):
    package = tmp_path / "synthetic_pkg"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(synthetic_pkg.__file__).parent, package, ignore=ignored)
    (package / "data" / "currencies.csv").write_text(text, encoding="utf-8")
    line = refused(process("build", *SMALL, "--out", tmp_path / "out", cwd=tmp_path), code)
    assert "data/currencies.csv" in line and words in line
    assert not (tmp_path / "out").exists()


def test_a_defect_of_the_kit_is_one_line_with_a_file_that_has_the_details(tmp_path, run, monkeypatch):
    """Such as a form without a row that the sources name, which no look at the file alone can find."""
    monkeypatch.setenv("TMPDIR", str(tmp_path / "logs"))
    (tmp_path / "logs").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(masters, "check", lambda: {}["CF80"])
    line = refused(run("build", *SMALL, "--out", tmp_path / "out"), 4)
    (log,) = (tmp_path / "logs").iterdir()
    assert "KeyError: 'CF80'" in line and str(log) in line and "Traceback" in log.read_text(encoding="utf-8")


def test_every_master_file_is_looked_through():
    assert {path.name for path in masters.DATA.iterdir()} == set(masters.MASTERS)


def test_the_accounts_that_the_sources_name_must_be_in_the_chart():
    named = set()
    for path in Path(synthetic_pkg.__file__).parent.rglob("*.py"):
        named |= set(re.findall(r'"([1-8]\d{3})"', path.read_text(encoding="utf-8")))
    assert named - NO_ACCOUNTS <= masters.ACCOUNTS


NO_ACCOUNTS = {"1115", "1117", "1407", "1408"}  # added rows, and bounds of ranges


def test_an_unknown_id_tells_how_many_there_are_and_some_like_it(built, run):
    line = refused(run("explain", built, "--root", "R99-001"))
    answers = load_answers(built / "answers.json")
    ids = {a.root_id for a in answers.anomalies} | {n.root_id for n in answers.normalisations}
    ids |= {t.trap_id for t in answers.traps}
    assert "R99-001" in line and f"there are {len(ids)} ids" in line and "inspect" in line
    assert 0 < sum(known in line for known in ids) <= 5


def test_a_negative_amount_is_explained_with_a_triangle(built, tmp_path, run):
    answers = load_answers(built / "answers.json")
    item = answers.anomalies[0].model_copy(update={"observed": -1234567, "expected_value": 7654321})
    changed = answers.model_copy(update={"anomalies": [item, *answers.anomalies[1:]]})
    (tmp_path / "answers.json").write_text(changed.model_dump_json(), encoding="utf-8")
    shutil.copy(built / "manifest.json", tmp_path)
    shown = run("explain", tmp_path, "--root", item.root_id).stdout
    assert "△1,234,567" in shown and "7,654,321" in shown and "-1,234,567" not in shown


def test_what_is_no_dataset_is_one_line(tmp_path, run):
    assert "answers.json" in refused(run("inspect", tmp_path))
    (tmp_path / "answers.json").write_text(json.dumps({"seed": 1}))
    (tmp_path / "manifest.json").write_text("{}")
    assert "not the answers of a dataset" in refused(run("inspect", tmp_path))


def test_no_module_of_the_package_imports_pandas():
    for path in Path(synthetic_pkg.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        names |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        assert not [name for name in names if name.split(".")[0] == "pandas"], path
