"""Renders 用語集.xlsx: Japanese terms and their English, the chart of accounts first, then data/glossary.csv."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import xlsxwriter

from synthetic_pkg.chart import accounts, read_rows
from synthetic_pkg.grid import Grid
from synthetic_pkg.workbook import save
from synthetic_pkg.workbook_look import NOTICE, Look, properties

FILE_NAME = "用語集.xlsx"
COLUMNS = ("区分", "日本語", "英語", "備考")


def render(sentinel: str, path: Path) -> None:
    """Write 用語集 to `path`. Its header is row 1, so a plain read_excel reads it."""
    content = BytesIO()  # the disk is met once, by one write
    file = xlsxwriter.Workbook(content, {"in_memory": True})
    properties(file, "用語集", sentinel)
    look = Look(file)
    grid = Grid("用語集", "用語集", (10, 36, 60, 44), freeze=1)
    rows: list[tuple[str, ...]] = [
        ("科目", a.name, a.name_en, f"科目コード {a.code}") for a in accounts().values()
    ]
    rows += [tuple(row[name] for name in COLUMNS) for row in read_rows("glossary.csv")]
    rows.append(
        ("注意", NOTICE, "Synthetic data for demonstration; no real company, no real figure", sentinel)
    )
    for column, name in enumerate(COLUMNS):
        grid.put(0, column, name, look.header)
    for index, row in enumerate(rows, start=1):
        for column, text in enumerate(row):
            grid.put(index, column, text, look.prose)
    save(file, {"glossary": grid}, sentinel, {})
    file.close()
    path.write_bytes(content.getvalue())
