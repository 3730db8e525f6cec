"""Where everything stands in a PKG book: sheet names, header rows, columns, rows by code, cell addresses.

Shared by the sheets, by the plants (which name cells) and by 要領 (which publishes the same table). The rows of
the fixed forms (02, 05, 06, 07, 15, 18) come from data/forms.json.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from synthetic_pkg.chart import CASH, DATA, details, statement
from synthetic_pkg.group import Company
from synthetic_pkg.schedules import ASSET_CODES, PROVISION_CODES, Schedules

SHEETS = {
    "00": "00_表紙",
    "01": "01_会社概要",
    "02": "02_整合性チェック",
    "03": "03_BS",
    "04": "04_PL",
    "05": "05_製造原価報告書",
    "06": "06_株主資本等変動",
    "07": "07_CF精算",
    "08": "08_債権債務",
    "09": "09_取引高",
    "10": "10_棚卸未実現",
    "11": "11_固定資産増減",
    "12": "12_有価証券",
    "13": "13_借入金・リース",
    "14": "14_引当金・退職給付",
    "15": "15_税金・税効果",
    "16": "16_注記",
    "17": "17_増減分析",
    "18": "18_換算表",
}
STATEMENT_SHEETS = {"03": "BS", "04": "PL"}
OPTIONAL_SHEETS = ("05", "08", "09", "10", "11", "12", "13", "14", "17", "18")  # may be declared 該当なし
DORMANT_EMPTY = ("05", "08", "09", "10", "11", "12", "13", "14", "17")
HEADER_ROW = 5  # 1-based, on the sheets that hold a table
FIRST_ROW = HEADER_ROW + 1
EARLIER, CURRENT = "D", "E"  # 前期末 / 当四半期末 on BS; 前年同期累計 / 当期累計 on PL


@dataclass(frozen=True)
class FormRow:
    """One row of a fixed form. formula: a template, {code} or {sheet:code:column}; empty = an input.

    kind: line | total | head. note: what stands in the last column.
    """

    code: str
    label: str
    formula: str = ""
    kind: str = "line"
    note: str = ""
    right: str = ""  # 02: the right-hand side
    right_label: str = ""
    left_label: str = ""


@cache
def _forms() -> dict[str, dict[str, list[dict[str, str]]]]:
    loaded: dict[str, dict[str, list[dict[str, str]]]] = json.loads(
        (DATA / "forms.json").read_text(encoding="utf-8")
    )
    return loaded


@cache
def form(sheet: str) -> tuple[FormRow, ...]:
    """The rows of a fixed form, in order."""
    return tuple(FormRow(**row) for row in _forms()[sheet]["rows"])


@cache
def _titles() -> dict[str, str]:
    titles: dict[str, str] = json.loads((DATA / "forms.json").read_text(encoding="utf-8"))["titles"]
    return titles


@cache
def _columns() -> dict[str, tuple[str, ...]]:
    columns = json.loads((DATA / "forms.json").read_text(encoding="utf-8"))["columns"]
    return {sheet: tuple(names) for sheet, names in columns.items()}


TITLES = _titles()
COLUMNS = _columns()


@cache
def rows_by_code(sheet: str) -> dict[str, int]:
    """1-based row of every code of a sheet whose rows are the same in every book."""
    if sheet in STATEMENT_SHEETS:
        rows = statement(STATEMENT_SHEETS[sheet])
        return {account.code: FIRST_ROW + index for index, account in enumerate(rows) if account.code}
    if sheet == "07":
        codes = [*cash_flow_accounts(), *(row.code for row in form("07"))]
        gap = 1  # one heading between the two blocks
        first = len(cash_flow_accounts())
        return {c: FIRST_ROW + i + (gap if i >= first else 0) for i, c in enumerate(codes)}
    if sheet == "11":
        codes = [*ASSET_CODES[:6], "1299", *ASSET_CODES[6:], "1399", "FA99"]
    elif sheet == "14":
        codes = list(PROVISION_CODES)
    elif sheet == "17":
        codes = [*details("BS"), *details("PL")]
    else:
        codes = [row.code for row in form(sheet)]
    return {code: FIRST_ROW + index for index, code in enumerate(codes)}


@cache
def cash_flow_accounts() -> tuple[str, ...]:
    """Accounts of block 1 of 07: every detail of the balance sheet but cash."""
    return tuple(code for code in details("BS") if code != CASH)


def cell(sheet: str, code: str, column: str) -> str:
    """Address of a code's cell on a sheet with fixed rows, such as "E44"."""
    return f"{column}{rows_by_code(sheet)[code]}"


def not_applicable(company: Company, schedules: Schedules) -> tuple[str, ...]:
    """Sheets that a company declares 該当なし on its cover."""
    if company.shape == "dormant":
        return DORMANT_EMPTY if company.overseas else (*DORMANT_EMPTY, "18")
    empty = {
        "05": not schedules.manufacturing,
        "10": not schedules.unrealised,
        "12": not schedules.securities,
        "13": not schedules.borrowings,
        "18": not company.overseas,
    }
    return tuple(sheet for sheet, is_empty in empty.items() if is_empty)


def file_name(company_code: str, version: int, period: str = "2027Q1") -> str:
    return f"PKG_{company_code}_{period}_v{version}.xlsx"
