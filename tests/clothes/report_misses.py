"""異常一覧 in the same clothes with wrong content: an accountant would send each back. For the corpus."""

from __future__ import annotations

from pathlib import Path

from tests.clothes.report_clothes import BOOK, listed, titled
from tests.clothes.spoilt import Spoil, Spoilt
from tests.clothes.work import REPORT_HEADER, Row, Rows, Wear, Work
from tests.clothes.writers import book, report


def but_reported(wear: Wear, spoil: Spoil) -> Wear:
    """`wear` over a spoilt report."""
    return lambda work, output: wear(Spoilt(work, report=spoil), output)


def column_down(column: int) -> Spoil:
    """One column of the report one row down."""
    return lambda rows: [
        [*row[:column], above[column], *row[column + 1 :]]
        for row, above in zip(rows, [rows[-1], *rows], strict=False)
    ]


def zeros_lost(row: Row) -> Row:
    return [str(int(str(row[0]))), *row[1:]]


def codes_as_numbers(work: Work, output: Path) -> None:
    rows = [[int(str(row[0])), *row[1:]] for row in work.report]
    book(output, [REPORT_HEADER, *rows], file=BOOK, sheet="異常一覧")


def with_alarms_on_traps(rows: Rows) -> Rows:
    return [*rows, *([f"{number:04d}", "03_BS", "E7", "B01", 1, 2, "思い違い"] for number in range(1, 9))]


def once_per_company(work: Work, output: Path) -> None:
    """Company codes shown once although no merged cell says how far they reach."""
    rows = [line for row in work.report for line in (row, ["", *row[1:]])]
    report(output, rows)


ALL: dict[str, Wear] = {
    f"異常一覧: {title}": wear
    for title, wear in {
        "three findings missing, cp932": but_reported(listed(encoding="cp932"), lambda rows: rows[3:]),
        "three findings missing, under a title": but_reported(titled, lambda rows: rows[3:]),
        "company codes without their zeros": listed(zeros_lost),
        "company codes as bare numbers in a workbook": codes_as_numbers,
        "company codes one row down": but_reported(listed(), column_down(0)),
        "check numbers one row down, TSV": but_reported(
            listed(file="異常一覧.tsv", delimiter="\t"), column_down(3)
        ),
        "company and check under each other's heading": listed(
            header=["検査番号", *REPORT_HEADER[1:3], "会社コード", *REPORT_HEADER[4:]]
        ),
        "eight false alarms": but_reported(listed(encoding="utf-16"), with_alarms_on_traps),
        "blank company codes": once_per_company,
        "no finding under the right headings": but_reported(listed(), lambda rows: []),
    }.items()
}
