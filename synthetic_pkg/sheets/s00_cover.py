"""00_表紙: who reports what, in which currency and unit, and which sheets are handed in."""

from __future__ import annotations

from datetime import datetime, timedelta

from synthetic_pkg.grid import Content, Grid
from synthetic_pkg.layout import SHEETS
from synthetic_pkg.sheets.page import Page
from synthetic_pkg.workbook_look import NOTICE, Look

FIRST_FIELD = 2  # 0-based row
SATURDAY = 5
HOLIDAYS = {(7, 20), (10, 12)}  # 海の日, スポーツの日 of 2026


def business_day(start: datetime, days: int) -> datetime:
    """The day so many working days after `start`."""
    day = start
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < SATURDAY and (day.month, day.day) not in HOLIDAYS
    return day


def put_field(grid: Grid, row: int, value: Content, look: Look) -> None:
    """A value beside its label, by its type."""
    if isinstance(value, datetime):
        grid.put(row, 2, value, look.japanese_date)
    elif isinstance(value, float):
        grid.put(row, 2, value, look.percent)
    elif isinstance(value, int):
        grid.put(row, 2, value, look.input_left)
    else:
        grid.put(row, 2, value, look.input_text)


def fill(page: Page) -> Grid:
    company, look, book, period = page.company, page.look, page.book, page.world.period
    grid = page.grid("00", (3, 20, 44, 14, 10))
    submitted = business_day(datetime(*period.submission), int(company.code) % 6 + book.version)
    fields: list[tuple[str, Content]] = [
        ("様式版", "2027-1.0"),
        ("会社コード", company.code),
        ("会社名", company.name),
        ("対象期", period.title),
        ("決算日", datetime(*period.closing[company.year_end])),
        ("報告通貨", company.currency),
        ("単位", company.unit_label),
        ("端数処理", "単位未満四捨五入"),
        ("提出版数", book.version),
        ("提出日", submitted),
        ("作成", "担当A"),
        ("承認", "担当B"),
        ("データ識別", page.sentinel),
        ("注意", NOTICE),
    ]
    for row, (label, value) in enumerate(fields, start=FIRST_FIELD):
        grid.put(row, 1, label, look.label)
        put_field(grid, row, value, look)
    start = FIRST_FIELD + len(fields) + 1
    for column, title in enumerate(("様式番号", "シート名", "提出区分"), start=1):
        grid.put(start, column, title, look.header)
    for row, (sheet, name) in enumerate(SHEETS.items(), start=start + 1):
        grid.put(row, 1, sheet, look.code)
        grid.put(row, 2, name, look.cell)
        grid.put(row, 3, "提出" if page.has(sheet) else "該当なし", look.input_text)
    return grid
