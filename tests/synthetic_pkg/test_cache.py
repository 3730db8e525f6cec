"""The cache tells the truth: a folder counts only while it is, file by file, what was built."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import faker
import pytest
import xlsxwriter

from synthetic_pkg import seal
from synthetic_pkg.dataset import build_dataset, dataset_id
from synthetic_pkg.period import ARCHIVE_FOLDER
from synthetic_pkg.spec import DatasetSpec

SMALL = DatasetSpec(companies=24)
HIT_SECONDS = 0.06


def _append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")


def _any_book(root: Path) -> Path:
    return min((root / "input").glob("PKG_*"))


DAMAGE: dict[str, Callable[[Path], object]] = {
    "a book was changed": lambda root: _append(_any_book(root)),
    "a book was deleted": lambda root: _any_book(root).unlink(),
    "a book was emptied": lambda root: _any_book(root).write_bytes(b""),
    "a file came in": lambda root: (root / "input" / "extra.xlsx").write_bytes(b"x"),
    "the archive is gone": lambda root: shutil.rmtree(root / "input" / ARCHIVE_FOLDER),
    "the answers were changed": lambda root: _append(root / "answers.json"),
    "the known mistakes are gone": lambda root: (root / "mistakes.jsonl").unlink(),
    "the deeper answers are gone": lambda root: (root / "answers_detail.jsonl").unlink(),
    "the manifest was changed": lambda root: _append(root / "manifest.json"),
    "the manifest is no manifest": lambda root: (root / "manifest.json").write_text("{}"),
    "the seal is gone": lambda root: (root / seal.FILE_NAME).unlink(),
    "the seal is no seal": lambda root: (root / seal.FILE_NAME).write_text("[]"),
    "the folder is empty": lambda root: (shutil.rmtree(root), root.mkdir()),
}


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_dataset(SMALL, 5, tmp_path_factory.mktemp("cache")).root


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_any_damage_is_seen(tmp_path, pristine, damage):
    root = tmp_path / pristine.name
    shutil.copytree(pristine, root)
    assert not seal.difference(root)
    damage(root)
    assert seal.difference(root)


@pytest.mark.parametrize("name", ["a book was changed", "the manifest is no manifest", "the folder is empty"])
def test_a_damaged_dataset_is_built_again_and_nothing_else_is_left(tmp_path, pristine, name):
    root = tmp_path / pristine.name
    shutil.copytree(pristine, root)
    DAMAGE[name](root)
    built = build_dataset(SMALL, 5, tmp_path)
    assert not built.from_cache and not seal.difference(root)
    assert [path.name for path in tmp_path.iterdir()] == [pristine.name]
    assert (root / "manifest.json").read_bytes() == (pristine / "manifest.json").read_bytes()
    assert build_dataset(SMALL, 5, tmp_path).from_cache


def test_a_difference_is_told_by_file(tmp_path, pristine):
    root = tmp_path / "copy"
    shutil.copytree(pristine, root)
    book = _any_book(root)
    _append(book)
    assert seal.difference(root) == f"input/{book.name} was changed"
    book.unlink()
    assert seal.difference(root) == f"input/{book.name} is missing"


def test_a_hit_on_a_whole_group_is_checked_in_a_blink(build):
    dataset = build(1, 90)
    spent = []
    for _ in range(5):
        began = time.process_time()
        assert not seal.difference(dataset.root)
        spent.append(time.process_time() - began)
    assert len(dataset.manifest.files) > 180 and min(spent) < HIT_SECONDS


@pytest.mark.parametrize(
    "library", [(faker, "VERSION"), (xlsxwriter, "__version__")], ids=["faker", "XlsxWriter"]
)
def test_another_version_of_a_library_that_shapes_the_files_is_another_dataset(monkeypatch, library):
    before = dataset_id(SMALL, 5)
    monkeypatch.setattr(*library, "0.0.1")
    assert dataset_id(SMALL, 5) != before
