"""The yardstick of the book benchmark is fair: raw XlsxWriter, given the collected cells, writes the same bytes."""

from __future__ import annotations

import zipfile

from benchmarks import cell_stream
from synthetic_pkg import comments, workbook
from synthetic_pkg.settle import settle
from synthetic_pkg.spec import DatasetSpec


def test_raw_xlsxwriter_writes_the_collected_cells_to_the_same_bytes(tmp_path):
    world, _ = settle(DatasetSpec(companies=30, level="standard"), 3)
    plain = [book for book in world.books if not book.edits.hidden_sheets][:8]
    for book in plain:
        comments.fill(book, world, 3)
    for book, stream in zip(plain, cell_stream.collect(plain, world), strict=True):
        ours, raw = tmp_path / "ours.xlsx", tmp_path / "raw.xlsx"
        workbook.render(book, world, "SYNTH-benchmark", ours)
        cell_stream.write(stream, raw)
        assert sum(map(len, stream.cells)) > 500
        with zipfile.ZipFile(ours) as one, zipfile.ZipFile(raw) as other:
            assert one.namelist() == other.namelist()
            assert [n for n in one.namelist() if one.read(n) != other.read(n)] == []
