"""Datasets on disk: reproducible, described by their manifest, fictional, and never half-written."""

from __future__ import annotations

import ast
import hashlib
import re
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pydantic import ValidationError

import synthetic_pkg
from synthetic_pkg.answers import load_answers
from synthetic_pkg.dataset import build_dataset
from synthetic_pkg.errors import DatasetError
from synthetic_pkg.manifest import load_manifest
from synthetic_pkg.settle import settle
from synthetic_pkg.spec import DatasetSpec

SMALL = DatasetSpec(companies=17)


def _hashes(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in folder.rglob("*.xlsx")
    }


def test_the_same_spec_and_seed_give_the_same_bytes_and_a_third_call_finds_them(tmp_path):
    calls: list[tuple[int, int]] = []

    def tell(done: int, total: int) -> None:
        calls.append((done, total))

    first, second = (build_dataset(SMALL, 11, tmp_path / name, tell) for name in ("a", "b"))
    assert _hashes(first.input_dir) == _hashes(second.input_dir)
    assert first.answers_path.read_bytes() == second.answers_path.read_bytes()
    assert not first.from_cache and not second.from_cache
    assert calls[-1] == (len(first.manifest.files), len(first.manifest.files))
    calls.clear()
    again = build_dataset(SMALL, 11, tmp_path / "a", tell)
    assert again.from_cache and calls == [] and again.manifest == first.manifest


def test_the_manifest_lists_every_file_with_its_hash_and_nothing_else(build):
    dataset = build(1, 90)
    manifest = load_manifest(dataset.root / "manifest.json")
    assert {f.path: f.sha256 for f in manifest.files} == _hashes(dataset.input_dir)
    assert {f.path: f.bytes for f in manifest.files} == {
        p.relative_to(dataset.input_dir).as_posix(): p.stat().st_size
        for p in dataset.input_dir.rglob("*.xlsx")
    }
    assert manifest.companies == 90 and manifest.seed == 1
    assert [f.path for f in manifest.files if f.company_code is None] == ["連結決算要領.xlsx", "用語集.xlsx"]


def test_file_count_follows_from_missing_files_and_second_versions(build):
    dataset = build(1, 90)
    roots = load_answers(dataset.answers_path).anomalies
    missing = sum(a.check_id == "A01" for a in roots)
    doubled = sum(a.check_id == "A03" for a in roots)
    assert len(dataset.manifest.files) == 90 - missing + doubled + 90 + 2


def test_every_workbook_carries_the_sentinel_as_cell_and_as_property(build):
    dataset = build(3, 30)
    for file in dataset.manifest.files:
        path = dataset.input_dir / file.path
        book = load_workbook(path, read_only=True)
        first = [str(v) for row in book.worksheets[0].iter_rows(values_only=True) for v in row if v]
        assert any(dataset.manifest.sentinel in text for text in first)
        assert any("デモ用合成データ" in text for text in first)
        assert dataset.manifest.sentinel in (book.properties.description or "")
        with zipfile.ZipFile(path) as archive:
            assert dataset.manifest.sentinel in archive.read("docProps/custom.xml").decode()


def test_every_company_is_fictional(build):
    rows = list(
        load_workbook(build(1, 90).input_dir / "連結決算要領.xlsx")["会社一覧"].iter_rows(values_only=True)
    )
    names = [row[1] for row in rows[1:]]
    assert len(set(names)) == 92
    assert all("（架空）" in name or "(Fictional)" in name for name in names)
    assert len({row[2] for row in rows[3:]}) >= 20 and len({row[5] for row in rows[3:]}) >= 15
    assert {row[8] for row in rows[3:]} == {3, 12}
    assert min(row[9] for row in rows[3:]) >= 0.51


def test_corporate_numbers_start_with_a_zero_which_no_valid_one_does(build):
    dataset = build(3, 30)
    found = []
    for file in (f for f in dataset.manifest.files if f.path.startswith("PKG_")):
        sheet = load_workbook(dataset.input_dir / file.path, read_only=True)["01_会社概要"]
        found += [
            row[2] for row in sheet.iter_rows(values_only=True) if len(row) > 2 and row[1] == "法人番号"
        ]
    domestic = [value for value in found if re.fullmatch(r"\d{13}", value)]
    assert domestic and all(value.startswith("0") for value in domestic)


def test_no_source_uses_a_company_or_name_provider():
    for path in Path(synthetic_pkg.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = {
            n.func.attr
            for n in ast.walk(tree)
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)
        }
        imported = {
            alias.name
            for n in ast.walk(tree)
            if isinstance(n, ast.Import | ast.ImportFrom)
            for alias in n.names
        }
        assert not calls & {"company", "company_name", "first_name", "last_name"}, path
        assert "mimesis" not in imported and "pandas" not in imported, path


def test_answers_lie_outside_the_input_folder(build):
    dataset = build(3, 30)
    assert not dataset.answers_path.is_relative_to(dataset.input_dir)
    assert all(path.suffix == ".xlsx" for path in dataset.input_dir.rglob("*") if path.is_file())


@pytest.mark.parametrize("field", [{"companies": 5}, {"level": "impossible"}, {"comapnies": 90}])
def test_a_wrong_spec_is_refused_by_field(field):
    with pytest.raises(ValidationError) as error:
        DatasetSpec(**field)
    assert next(iter(field)) in str(error.value)


@pytest.mark.parametrize(
    ("irregularities", "words"),
    [
        ({"R99": 1}, ["irregularities.R99", "unknown kind", "R07"]),
        ({"R04": 500}, ["irregularities.R04", "500", "companies"]),
        ({"R13": -1}, ["irregularities.R13", "negative"]),
    ],
)
def test_a_mix_that_cannot_be_planted_says_why_and_leaves_nothing(tmp_path, irregularities, words):
    with pytest.raises(DatasetError) as error:
        build_dataset(DatasetSpec(companies=24, irregularities=irregularities), 1, tmp_path)
    assert all(word in str(error.value) for word in words)
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_cannot_be_written_is_one_clear_error(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(DatasetError, match="cannot write"):
        build_dataset(SMALL, 1, blocked)


def test_an_interrupted_build_leaves_nothing_behind(tmp_path):
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_dataset(SMALL, 1, tmp_path, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_a_mix_in_the_spec_overrides_the_level():
    spec = DatasetSpec(companies=30, irregularities={"R07": 3, "R04": 0, "T01": 0})
    world, _ = settle(spec, 2)
    kinds = [a.kind for a in world.anomalies]
    assert kinds.count("R07") == 3 and "R04" not in kinds
    assert not [t for t in world.traps if t.kind == "T01"]


def test_the_manifest_written_file_by_file_is_the_model_as_json(build):
    dataset = build(1, 90)
    written = (dataset.root / "manifest.json").read_text(encoding="utf-8")
    assert written == dataset.manifest.model_dump_json(indent=1)
