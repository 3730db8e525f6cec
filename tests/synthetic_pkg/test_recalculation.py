"""LibreOffice opens the books, recalculates them, and every formula's cached value is what it gets."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from openpyxl import load_workbook

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


def _same(cached: object, fresh: object) -> bool:
    if isinstance(cached, int | float) and isinstance(fresh, int | float):
        return abs(cached - fresh) <= 1e-9 * max(1, abs(cached))
    return (cached or "") == (fresh or "")


def _differences(book: Path, saved: Path) -> tuple[int, list[tuple[str, ...]]]:
    """Number of formulas compared, and those whose cached value is not the recalculated one."""
    formulas, cached, fresh = (
        load_workbook(book),
        load_workbook(book, data_only=True),
        load_workbook(saved, data_only=True),
    )
    assert fresh.sheetnames == cached.sheetnames
    count, wrong = 0, []
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if not (isinstance(cell.value, str) and cell.value.startswith("=")):
                    continue
                count += 1
                before, after = (b[sheet.title][cell.coordinate].value for b in (cached, fresh))
                if not _same(before, after):
                    wrong.append(
                        (book.name, sheet.title, cell.coordinate, cell.value, str(before), str(after))
                    )
    return count, wrong


def _check(books: list[Path], folder: Path) -> int:
    compared = 0
    for book, saved in zip(books, office.recalculated(books, folder), strict=True):
        count, wrong = _differences(book, saved)
        assert wrong == []
        compared += count
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
