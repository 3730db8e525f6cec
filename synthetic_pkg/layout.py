"""Where everything stands in a PKG book: sheet names, header rows, columns, cell addresses.

Shared by the renderer, by the plants (which name cells) and by 要領 (which publishes the same table).
"""

from __future__ import annotations

from functools import cache

from synthetic_pkg.chart import statement

SHEETS = {
    "00": "00_表紙",
    "01": "01_会社概要",
    "03": "03_BS",
    "04": "04_PL",
    "08": "08_債権債務",
    "09": "09_取引高",
}
TITLES = {
    "00": "連結決算報告パッケージ",
    "01": "会社概要",
    "03": "貸借対照表",
    "04": "損益計算書",
    "08": "グループ内債権債務明細",
    "09": "グループ内取引高明細",
}
COLUMNS = {
    "03": ("コード", "科目", "Account", "前期末", "当四半期末", "増減", "コメント"),
    "04": ("コード", "科目", "Account", "前年同期累計", "当期累計", "当四半期", "コメント"),
    "08": (
        "相手会社コード",
        "相手会社名",
        "科目コード",
        "科目",
        "取引通貨",
        "取引通貨額",
        "報告通貨額",
        "備考",
    ),
    "09": (
        "相手会社コード",
        "相手会社名",
        "科目コード",
        "取引区分",
        "取引通貨",
        "取引通貨額",
        "報告通貨額",
        "備考",
    ),
}
STATEMENT_SHEETS = {"03": "BS", "04": "PL"}
OPTIONAL_SHEETS = ("08", "09")  # may be declared 該当なし on the cover
HEADER_ROW = 5  # 1-based, on the sheets that hold a table
FIRST_ROW = HEADER_ROW + 1
EARLIER, CURRENT = "D", "E"  # 前期末 / 当四半期末 on BS; 前年同期累計 / 当期累計 on PL


@cache
def rows_by_code(sheet: str) -> dict[str, int]:
    """1-based row of every account of sheet 03 or 04."""
    rows = statement(STATEMENT_SHEETS[sheet])
    return {account.code: FIRST_ROW + index for index, account in enumerate(rows) if account.code}


def cell(sheet: str, code: str, column: str) -> str:
    """Address of an account's cell on sheet 03 or 04, such as "E44"."""
    return f"{column}{rows_by_code(sheet)[code]}"


def file_name(company_code: str, version: int) -> str:
    return f"PKG_{company_code}_2027Q1_v{version}.xlsx"
