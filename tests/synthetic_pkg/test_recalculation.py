"""LibreOffice opens the books, recalculates them, and every formula's cached value is what it gets."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from synthetic_pkg.answers import load_answers

_spec = importlib.util.spec_from_file_location("pkg_office", Path(__file__).with_name("office.py"))
assert _spec and _spec.loader
office = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(office)

STALE = {"R16", "R34"}  # planted: an error cell, a cached value that a recalculation refutes
TEN = 10
needs_office = pytest.mark.skipif(not office.installed(), reason="LibreOffice (libreoffice-calc) is not here")


def _books(dataset, wanted: int | None) -> list[Path]:
    """PKG files without a stale plant: the first and the last companies, domestic and overseas."""
    planted = {a.company for a in load_answers(dataset.answers_path).anomalies if a.kind in STALE}
    files = [f for f in dataset.manifest.files if f.path.startswith("PKG_") and f.company_code not in planted]
    if wanted:
        files = files[: wanted // 2] + files[-(wanted - wanted // 2) :]
    return [dataset.input_dir / f.path for f in files]


def _same(before: tuple[str, str, str], after: tuple[str, str, str] | None) -> bool:
    """The same value and type; LibreOffice writes a cell that shows nothing as empty text."""
    if after is None:
        return False
    (_, kind, cached), (_, new_kind, fresh) = before, after
    if kind == new_kind == "n" and cached and fresh:
        return abs(float(cached) - float(fresh)) <= 1e-9 * max(1, abs(float(cached)))
    return cached == fresh and (kind == new_kind or not cached)


def _differences(book: Path, saved: Path) -> tuple[int, list[tuple[object, ...]]]:
    """Number of formulas compared, and those whose cached value is not the recalculated one."""
    assert office.sheet_names(book) == office.sheet_names(saved)
    cached, fresh = office.formulas(book), office.formulas(saved)
    wrong = [
        (book.name, *place, before, fresh.get(place))
        for place, before in cached.items()
        if not _same(before, fresh.get(place))
    ]
    return len(cached), wrong


def _check(books: list[Path], folder: Path) -> int:
    compared = 0
    for book, saved in zip(books, office.recalculated(books, folder), strict=True):
        count, wrong = _differences(book, saved)
        assert wrong == []
        compared += count
        saved.unlink()
    return compared


@needs_office
def test_ten_books_keep_every_value_when_libreoffice_recalculates_them(build, tmp_path):
    books = _books(build(1, 24, "standard"), TEN)
    assert len(books) == TEN and _check(books, tmp_path) > TEN * 600


@needs_office
@pytest.mark.long
@pytest.mark.parametrize(("level", "seed"), [("core", 1), ("standard", 1), ("hard", 1)])
def test_all_books_keep_every_value_when_libreoffice_recalculates_them(build, tmp_path, level, seed):
    assert _check(_books(build(seed, 90, level), None), tmp_path) > 80_000


@needs_office
@pytest.mark.long
def test_a_check_that_kept_its_old_value_is_refuted_by_a_recalculation(build, tmp_path):
    """R34: what LibreOffice gets differs from the cached OK, so the comparison above can fail."""
    dataset = build(1, 90, "hard")
    (planted,) = [a for a in load_answers(dataset.answers_path).anomalies if a.kind == "R34"]
    (path,) = dataset.input_dir.glob(f"PKG_{planted.company}_*.xlsx")
    _, wrong = _differences(path, *office.recalculated([path], tmp_path))
    values = {(sheet, cell): (before[-1], after[-1]) for _, sheet, cell, before, after in wrong}
    assert values[(planted.sheet, planted.cell)] == ("OK", "NG")
