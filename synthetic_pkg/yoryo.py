"""Renders 連結決算要領.xlsx: each rule, rate, tolerance and check an answer depends on, one table a sheet.

Row 1 of each sheet is the header, so a plain `pandas.read_excel(path, sheet_name=..., dtype=str)` reads it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import xlsxwriter

from synthetic_pkg.chart import DATA, accounts, aliases, chart
from synthetic_pkg.group import names
from synthetic_pkg.intercompany import BALANCES, PAIR_RULES
from synthetic_pkg.irregularities import catalogue, checks
from synthetic_pkg.layout import COLUMNS, OPTIONAL_SHEETS, SHEETS, TITLES
from synthetic_pkg.period import Period
from synthetic_pkg.rates import MICRO
from synthetic_pkg.workbook_look import LINE_HEIGHT, NOTICE, Look, properties
from synthetic_pkg.world import World

FILE_NAME = "連結決算要領.xlsx"
KIND_WORDS = {"detail": "明細", "contra": "明細", "total": "合計", "difference": "差異"}
SIDE_WORDS = {"debit": "借方", "credit": "貸方"}
HEADER_HEIGHT = 21  # points
Cell = str | int | float
Table = tuple[str, Sequence[str], Sequence[float], Sequence[Sequence[Cell]]]


@cache
def _texts() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DATA / "yoryo.json").read_text(encoding="utf-8"))
    return loaded


def render(world: World, sentinel: str, path: Path) -> None:
    """Write 要領 for the group of `world` to `path`."""
    content = BytesIO()  # the disk is met once, by one write
    file = xlsxwriter.Workbook(content, {"in_memory": True})
    properties(file, "連結決算要領", sentinel)
    look = Look(file)
    for title, columns, widths, rows in _tables(world, sentinel):
        ws = file.add_worksheet(title)
        ws.hide_gridlines(2)
        ws.set_landscape()
        ws.set_paper(9)
        ws.fit_to_pages(1, 0)
        ws.set_footer(f"&L&8{sentinel}&R&8&P / &N")
        ws.freeze_panes(1, 0)
        ws.repeat_rows(0)
        ws.set_row(0, HEADER_HEIGHT)
        for column, (name, width) in enumerate(zip(columns, widths, strict=True)):
            ws.set_column(column, column, width)
            ws.write_string(0, column, name, look.header)
        for index, row in enumerate(rows, start=1):
            ws.set_row(index, LINE_HEIGHT * _lines(row, widths))
            for column, value in enumerate(row):
                _write(ws, index, column, value, columns[column], look)
        ws.ignore_errors({"number_stored_as_text": f"A1:L{len(rows) + 1}"})
        ws.print_area(0, 0, len(rows), len(columns) - 1)
    file.close()
    path.write_bytes(content.getvalue())


def _lines(row: Sequence[Cell], widths: Sequence[float]) -> int:
    """Lines that the tallest cell of a row needs when wrapped; a full-width character takes two half widths."""
    return (
        max(
            -(-sum(2 if east_asian_width(c) in "WFA" else 1 for c in str(value)) * 11 // int(10 * width - 10))
            for value, width in zip(row, widths, strict=True)
        )
        or 1
    )


def _write(ws: Any, row: int, column: int, value: Cell, name: str, look: Look) -> None:
    if isinstance(value, str):
        ws.write_string(row, column, value, look.prose)
    elif "レート" in name:
        ws.write_number(row, column, value, look.rate)
    elif name == "持分比率":
        ws.write_number(row, column, value, look.plain_percent)
    elif name in ("法定実効税率", "内部利益率"):
        ws.write_number(row, column, value, look.fine_percent)
    else:
        ws.write_number(row, column, value, look.cell if isinstance(value, float) else look.number)


def _tables(world: World, sentinel: str) -> Iterator[Table]:
    intro = _texts()["はじめに"]
    rows = [[cell.format_map(_words(world.period)) for cell in row] for row in intro["rows"]]
    rows += [[str(len(rows) + n), *rule] for n, rule in enumerate(catalogue.order_rules(), start=1)]
    rows.append([str(len(rows) + 1), "データの性質", f"{NOTICE} {sentinel}"])
    yield "はじめに", intro["columns"], intro["widths"], rows
    yield _companies(world)
    yield _rates(world)
    yield _accounts()
    alias_rows = [
        [alias, code, accounts()[code].name] for code, entry in aliases().items() for alias in entry
    ]
    yield "科目別名", ("別名", "科目コード", "科目名"), (32, 12, 32), alias_rows
    yield _forms()
    yield _checks()
    yield _tolerances()
    yield _pairs()
    columns = ("科目コード", "科目名", "集計先科目", "集計先科目名")
    yield "追加科目", columns, (12, 28, 12, 28), catalogue.added_accounts()
    for name in ("正規化", "出力仕様"):
        more = catalogue.normalisations() if name == "正規化" else []
        yield name, _texts()[name]["columns"], _texts()[name]["widths"], [*_texts()[name]["rows"], *more]


def _companies(world: World) -> Table:
    columns = (
        "会社コード", "会社名", "国", "地域", "セグメント", "通貨", "金額単位", "単位倍率", "決算月",
        "持分比率", "提出対象", "資本金レート", "期首利益剰余金円貨額", "法定実効税率", "内部利益率", "前期PKG", "備考",
    )  # fmt: skip
    rows: list[list[Cell]] = []
    for special in (names()["parent"], names()["outside"]):
        rows.append([special["code"], special["name"], *[""] * 8, "×", *[""] * 6])
    earned = {book.company.code: book.ledger.opening_re_yen for book in world.book_of_each()}
    rows += [
        [
            c.code, c.name, c.country, c.region, c.segment, c.currency, c.unit_label, c.unit, c.year_end,
            c.share / 100, "○", c.hr / MICRO, earned[c.code], c.tax_bp / 10_000,
            c.margin_bp / 10_000, "無" if c.code in world.newcomers else "有",
            world.master_notes.get(c.code, ""),
        ]
        for c in world.companies
    ]  # fmt: skip
    return "会社一覧", columns, (10, 46, 16, 9, 10, 7, 10, 10, 8, 9, 9, 13, 22, 13, 11, 9, 44), rows


def _rates(world: World) -> Table:
    columns = (
        "通貨", "決算月", "期首日レート", "期末日レート", "期中平均レート", "配当決議日レート", "前四半期末レート",
    )  # fmt: skip
    rows: list[list[Cell]] = [
        [
            currency, month,
            *(n / MICRO for n in (rate.opening, rate.closing, rate.average, rate.dividend, rate.previous)),
        ]
        for (currency, month), rate in world.rates.items()
    ]  # fmt: skip
    return "換算レート", columns, (8, 8, 15, 15, 15, 17, 17), rows


def _accounts() -> Table:
    columns = (
        "科目コード",
        "科目名",
        "Account",
        "表",
        "種別",
        "正常残高",
        "換算区分",
        "合計式",
        "EDINET要素名",
    )
    rows = [
        [
            a.code, a.name, a.name_en, a.statement, KIND_WORDS[a.kind], SIDE_WORDS[a.side], a.fx,
            a.parts.replace(":", "〜"), a.element,
        ]
        for a in chart()
        if a.code
    ]  # fmt: skip
    return "勘定科目", columns, (11, 34, 48, 7, 7, 9, 9, 26, 52), rows


def _forms() -> Table:
    columns = ("様式番号", "シート名", "表題", "必須", "見出し行", "列見出し", "備考")
    notes = _texts()["様式備考"]
    rows: list[list[Cell]] = []
    for sheet, name in SHEETS.items():
        titles = "｜".join(COLUMNS.get(sheet, ("項目（B列）", "値（C列）")))
        note = notes.get(sheet, "")
        if sheet in OPTIONAL_SHEETS:
            note = "。".join(filter(None, (note, _texts()["該当なし"])))
        rows.append([sheet, name, TITLES[sheet], "○", "5" if sheet in COLUMNS else "", titles, note])
    return "様式一覧", columns, (9, 22, 26, 6, 8, 64, 60), rows


def _words(period: Period) -> dict[str, str]:
    """What the prose of 要領 says differently in each period."""
    days = {month: "{}年{}月{}日".format(*day) for month, day in period.closing.items()}
    return {
        "period": period.title,
        "id": period.id,
        "march_day": days[3],
        "december_day": days[12],
        "cumulative": _texts()["累計"][str(period.quarters)],
        "archive": period.archive,
        "archive_title": period.archive_title,
        "archived_column": period.archived_column,
        "history": "、".join(period.history),
    }


def _checks() -> Table:
    columns = (
        "検査番号",
        "検査名",
        "シート",
        "判定",
        "許容差",
        "処理",
        "報告値",
        "期待値",
        "セル",
        "報告しないもの",
    )
    rows = [
        [
            c.id, c.title, c.sheet, c.rule, c.tolerance, c.treatment, c.reported_value, c.expected_value,
            c.cell, c.exceptions,
        ]
        for c in checks()
    ]  # fmt: skip
    return "検査一覧", columns, (9, 17, 13, 42, 11, 36, 17, 17, 18, 40), rows


def _tolerances() -> Table:
    columns = ("番号", "項目", "値", "単位", "使う検査")
    return "許容差", columns, (8, 28, 10, 46, 24), catalogue.tolerances()


def _pairs() -> Table:
    columns = (
        "組", "シート名", "債権側の科目・区分", "債権側の消去科目", "債権側の換算レート", "債務側の科目・区分",
        "債務側の消去科目", "債務側の換算レート", "差異科目", "備考",
    )  # fmt: skip
    notes = _texts()["内部取引備考"]
    rows = [
        [
            f"P{number}", SHEETS[r.sheet], r.creditor_label, r.creditor_code, r.rate_name(r.creditor_label),
            r.debtor_label, r.debtor_code if r.debtor_eliminated else "", r.rate_name(r.debtor_label),
            "2901" if r.sheet == BALANCES else "8901", notes.get(r.debtor_label, ""),
        ]
        for number, r in enumerate(PAIR_RULES, start=1)
    ]  # fmt: skip
    return "内部取引対応", columns, (6, 14, 20, 17, 19, 20, 17, 19, 11, 60), rows
