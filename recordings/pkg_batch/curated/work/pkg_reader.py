"""連結決算要領.xlsx と子会社のPKGを読む。aggregate_pkg.py と detect_anomalies.py が使う。

様式・表記の正規化・勘定科目・許容差は、すべて要領の表による。
（コメントの「要領4」などは、要領のシート「はじめに」の番号）
"""

import re
import sys
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook

INPUT, OUTPUT = Path("input"), Path("output")
YORYO = INPUT / "連結決算要領.xlsx"
PRIOR, HISTORY = INPUT / "前期PKG", "90_四半期推移"

COVER, BS, PL = "00", "03", "04"  # 様式番号
CURRENT = {BS: "当四半期末", PL: "当期累計"}  # 要領5: 集計する列
OPENING = "前期末"
AMOUNT_COLUMNS = {BS: ["前期末", "当四半期末", "増減"], PL: ["前年同期累計", "当期累計", "当四半期"]}
LABEL_COLUMN = {"08": "科目", "09": "取引区分"}
HEADER_AREA = 9  # 見出しを探す行数・列数


def read_grids(path, names=None):
    """シート名→セルの値（行のリスト）。左上の空白も残すので、番地は元のまま。"""
    book = CalamineWorkbook.from_path(path)
    return {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
        if names is None or name in names
    }


def to_text(value):
    """コードや備考の文字。数値で入ったコードの小数点は付けない。"""
    return str(int(value) if isinstance(value, float) and value.is_integer() else value).strip()


def to_number(value):
    """要領「正規化」N01〜N03: 金額の表記を数値にする。金額として読めない文字は None。"""
    if isinstance(value, int | float):
        return Decimal(str(value))
    text = re.sub(r"[\s,円¥]", "", unicodedata.normalize("NFKC", str(value)))
    if text in {"", "-", "−", "―", "—", "–", "ー"}:
        return Decimal(0)
    negative = text[0] in "△▲-−" or (text.startswith("(") and text.endswith(")"))
    digits = text.strip("△▲-−()") if negative else text
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", digits):
        return None
    return -Decimal(digits) if negative else Decimal(digits)


class Yoryo:
    """連結決算要領.xlsx のうち、集計と検査に使う表。"""

    def __init__(self, path=YORYO):
        self.tables = {}
        for name, (header, *rows) in read_grids(path).items():
            self.tables[name] = [dict(zip(header, map(to_text, row), strict=True)) for row in rows]
        self.companies = self.index("会社一覧", "会社コード")
        self.accounts = self.index("勘定科目", "科目コード")
        self.forms = self.index("様式一覧", "様式番号")
        self.checks = self.index("検査一覧", "検査番号")
        self.added_accounts = self.index("追加科目", "科目コード")
        self.tolerance = {row["番号"]: Decimal(row["値"]) for row in self.tables["許容差"]}
        self.rates = {(row["通貨"], row["決算月"]): row for row in self.tables["換算レート"]}
        self.sheet = {number: form["シート名"] for number, form in self.forms.items()}
        # 債権側・債務側それぞれの区分名から、内部取引の組を引けるようにする
        self.pairs = {}
        for row in self.tables["内部取引対応"]:
            for side in ("債権側", "債務側"):
                self.pairs[row["シート名"], row[f"{side}の科目・区分"]] = (side, row)

    def index(self, table, key):
        return {row[key]: row for row in self.tables.get(table, [])}

    @property
    def expected(self):
        """提出対象の会社コード。"""
        return [code for code, row in self.companies.items() if row["提出対象"] == "○"]

    def rate(self, currency, month, kind):
        return Decimal(self.rates[currency, month][kind])

    def company_rate(self, company, kind):
        """会社の通貨と決算月の行のレート（要領8）。"""
        row = self.companies[company]
        return self.rate(row["通貨"], row["決算月"], kind)

    def unit(self, company):
        return Decimal(self.companies[company]["単位倍率"])

    def is_detail(self, account):
        return account in self.accounts and self.accounts[account]["種別"] == "明細"

    def details(self, statement):
        """表（BS・PL）の明細科目のコード。"""
        return [
            code for code, row in self.accounts.items() if self.is_detail(code) and row["表"] == statement
        ]

    def account(self, name):
        """科目名→科目コード。"""
        return next(code for code, row in self.accounts.items() if row["科目名"] == name)

    @property
    def archived_column(self):
        """前期PKGのどの列が当期の前期末と一致するか（要領「前期PKG」）。"""
        text = next(row["内容"] for row in self.tables["はじめに"] if row["項目"] == "前期PKG")
        return re.search("前期PKGの03の「(.+?)」", text)[1]


@dataclass
class Row:
    """様式の明細1行。"""

    code: str
    number: int  # Excelの行番号
    values: dict  # 列名→値
    columns: dict  # 列名→Excelの列番号

    def cell(self, column):
        return f"{get_column_letter(self.columns[column])}{self.number}"

    def text(self, column):
        return to_text(self.values[column])


@dataclass
class Finding:
    """異常一覧の1行。"""

    company: str
    sheet: str
    cell: str
    check: str
    reported: object
    expected: object
    text: str


class Package:
    """1社のPKG。様式一覧にないシート（非表示の旧版など）は読まない（正規化N07）。"""

    def __init__(self, company, path, yoryo):
        self.company, self.path, self.yoryo = company, path, yoryo
        self.grids = read_grids(path, set(yoryo.sheet.values()))
        self.prior = None  # 前期PKG
        self._tables = {}

    def has(self, number):
        return self.yoryo.sheet[number] in self.grids

    def fields(self, number):
        """00・01シートの 項目→(値, セル番地)。B列が項目、C列が値（要領18）。"""
        fields = {}
        for row, (_, label, value, *_) in enumerate(self.grids[self.yoryo.sheet[number]], start=1):
            fields.setdefault(to_text(label), (to_text(value), f"C{row}"))
        return fields

    @cached_property
    def missing(self):
        """あるはずなのにないシート名（検査A02）。表紙で「該当なし」としたシートは除く。"""
        cover = self.grids.get(self.yoryo.sheet[COVER], [])
        not_applicable = {row[2] for row in cover if "該当なし" in row[3:4]}
        return [name for name in self.yoryo.sheet.values() if name not in {*self.grids, *not_applicable}]

    def rows(self, number):
        """コードのある行。見出しの位置は探す（正規化N04）。シートがなければ空。"""
        if number not in self._tables:
            self._tables[number] = list(self._read_rows(number)) if self.has(number) else []
        return self._tables[number]

    def _read_rows(self, number):
        grid = self.grids[self.yoryo.sheet[number]]
        first = self.yoryo.forms[number]["列見出し"].split("｜")[0]
        found = [
            (top, left)
            for top, values in enumerate(grid[:HEADER_AREA])
            for left, value in enumerate(values[:HEADER_AREA])
            if value == first
        ]
        if not found:
            sys.exit(f"見出し「{first}」がありません（{self.path.name} {self.yoryo.sheet[number]}）")
        top, left = found[0]
        columns = {to_text(name): left + i for i, name in enumerate(grid[top][left:]) if name != ""}
        for index, values in enumerate(grid[top + 1 :], start=top + 2):
            code = to_text(values[left])
            if re.fullmatch("[0-9A-Z]+", code):
                cells = {name: values[column] for name, column in columns.items()}
                yield Row(code, index, cells, {name: column + 1 for name, column in columns.items()})

    def row(self, number, code):
        return next((row for row in self.rows(number) if row.code == code), None)

    @cached_property
    def divisor(self):
        """正規化N09: 表紙の単位が会社一覧の金額単位の1000分の1なら、1000で割って読む。"""
        unit = self.yoryo.companies[self.company]["金額単位"]
        return Decimal(1000 if unit == "千" + self.fields(COVER)["単位"][0] else 1)

    def amount(self, row, column):
        """その行の金額（会社一覧の金額単位）。金額でない文字は0とする（検査A08の処理）。"""
        return (to_number(row.values[column]) or Decimal(0)) / self.divisor

    def amounts(self, number, column):
        """コード→金額。合計科目や勘定科目にないコードも含む。"""
        return {row.code: self.amount(row, column) for row in self.rows(number)}

    def quarters(self, code):
        """前期PKGの四半期推移の1行（古い順）。"""
        grid = read_grids(self.path, {HISTORY})[HISTORY]
        row = next(row for row in grid if to_text(row[0]) == code)
        return [to_number(value) for value in row[2:] if value != ""]

    def dealings(self, number):
        """08・09シートの明細行。相手会社コードが4桁の数字の行だけ（要領18）。"""
        return [row for row in self.rows(number) if re.fullmatch("[0-9]{4}", row.code)]

    def pair(self, number, row):
        """明細行の (債権側か債務側か, 内部取引対応の行)。"""
        return self.yoryo.pairs[self.yoryo.sheet[number], row.text(LABEL_COLUMN[number])]

    @cached_property
    def errors(self):
        """(様式番号, セル番地)→エラー値。表の範囲（コードのある行）だけで、欄外は見ない。"""
        found = {}
        for number in (BS, PL):
            rows = self.rows(number)
            amounts = [row.values[column] for row in rows for column in AMOUNT_COLUMNS[number]]
            if all(isinstance(value, int | float) for value in amounts):
                continue
            # calamine はエラー値を空欄で返すことがあるので、openpyxl で確かめる
            book = load_workbook(self.path, read_only=True, data_only=True)
            values = list(book[self.yoryo.sheet[number]].iter_rows(values_only=True))
            for row in rows:
                for column, position in row.columns.items():
                    value = values[row.number - 1][position - 1]
                    if str(value).startswith("#"):
                        found[number, row.cell(column)] = value
        return found


def find_files(yoryo):
    """会社コード→[(版数, ファイル)]。版数の小さい順。"""
    files = defaultdict(list)
    for path in sorted(INPUT.glob("PKG_*.xlsx")):
        match = re.fullmatch(r"PKG_([0-9]{4})_.+_v([0-9]+)\.xlsx", path.name)
        if match and match[1] in yoryo.companies:
            files[match[1]].append((int(match[2]), path))
    return {code: sorted(found) for code, found in files.items()}


def read_all(yoryo):
    """会社コード→PKG。複数の版があるときは最大の版だけ（要領4）。前期PKGがあれば付ける。"""
    files = find_files(yoryo)
    packages = {}
    for code in yoryo.expected:
        if code in files:
            packages[code] = Package(code, files[code][-1][1], yoryo)
            for path in PRIOR.glob(f"PKG_{code}_*.xlsx"):
                packages[code].prior = Package(code, path, yoryo)
    return packages


def money(amount):
    """金額の表示。マイナスは△。"""
    return ("△" if amount < 0 else "") + f"{abs(amount):,.0f}"


def pad(text, width, right=False):
    """全角を2桁と数えて表示幅をそろえる。長すぎる文字は「…」で切る。"""
    text = str(text)
    while sum(map(columns_of, text)) > width:
        text = text.rstrip("…")[:-1] + "…"
    space = " " * (width - sum(map(columns_of, text)))
    return space + text if right else text + space


def columns_of(char):
    return 2 if unicodedata.east_asian_width(char) in "WFA" else 1
