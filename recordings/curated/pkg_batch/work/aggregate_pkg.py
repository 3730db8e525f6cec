"""子会社のPKGを合算し、output/集計結果.xlsx を作る。

金額の読み方・換算・除外・内部取引の消去は、すべて input/連結決算要領.xlsx の定めによる。
（コメントの「要領3」などは、要領のシート「はじめに」の番号）
"""

import re
import sys
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path

import pandas as pd
from openpyxl.styles import Alignment, Font, PatternFill

INPUT = Path("input")
OUTPUT = Path("output")
YORYO = INPUT / "連結決算要領.xlsx"

SUBMITTED, CORRECTED, WHOLE = "提出値", "修正後", "全社"
# 要領5: 集計に使う列と、利益剰余金の増減に使う前期末の列
CURRENT_COLUMN = {"03": "当四半期末", "04": "当期累計"}
OPENING_COLUMN = "前期末"
# 要領13: 債権債務は期末日レート、取引高は期中平均レートで換算する
RATE_OF_SHEET = {"08": "期末日レート", "09": "期中平均レート"}


# ---------------------------------------------------------------- 読み込み


def read_sheets(path, **options):
    """ブックの全シートを読む。空欄は空文字とし、コードの先頭の0を落とさない。"""
    return pd.read_excel(path, sheet_name=None, engine="calamine", keep_default_na=False, **options)


def to_number(value, place=""):
    """要領「正規化」: △・▲・括弧・− は負の数、ダッシュと空白は0、桁区切りのカンマは除く。"""
    text = unicodedata.normalize("NFKC", str(value)).replace(",", "").strip()
    if text in {"", "-", "−", "―", "—", "–", "ー"}:
        return Decimal(0)
    negative = text[0] in "△▲-−" or (text.startswith("(") and text.endswith(")"))
    try:
        amount = Decimal(text.strip("△▲-−()"))
    except InvalidOperation:
        sys.exit(f"金額として読めない値があります: {value!r}（{place}）")
    return -amount if negative else amount


class Yoryo:
    """連結決算要領.xlsx のうち、集計と検査に使う表。"""

    def __init__(self, path=YORYO):
        tables = read_sheets(path, dtype=str)
        self.companies = tables["会社一覧"].set_index("会社コード").to_dict("index")
        self.accounts = tables["勘定科目"].set_index("科目コード").to_dict("index")
        self.forms = tables["様式一覧"].set_index("様式番号").to_dict("index")
        self.checks = tables["検査一覧"].set_index("検査番号").to_dict("index")
        self.tolerances = {row["項目"]: Decimal(row["値"]) for row in tables["許容差"].to_dict("records")}
        self.rates = {(row["通貨"], row["決算月"]): row for row in tables["換算レート"].to_dict("records")}
        # 債権側・債務側それぞれの区分名から、内部取引の組を引けるようにする
        self.pairs = {}
        for row in tables["内部取引対応"].to_dict("records"):
            for side in ("債権側", "債務側"):
                label = row[f"{side}の科目・区分"]
                self.pairs[row["シート名"], label] = (side, row)

    @property
    def expected(self):
        """提出対象の会社コード。"""
        return [code for code, row in self.companies.items() if row["提出対象"] == "○"]

    def rate(self, currency, month, kind):
        return Decimal(self.rates[currency, month][kind])

    def output_accounts(self):
        """集計結果に書く科目（種別が明細または差異）。"""
        return [code for code, row in self.accounts.items() if row["種別"] in {"明細", "差異"}]


@dataclass
class Package:
    """1社のPKG（版数が最大のファイル）。"""

    code: str
    path: Path
    sheets: dict  # シート名 → 表（見出しなしの生の表）
    not_applicable: set  # 表紙で「該当なし」としたシート名

    def missing(self, yoryo):
        """あるはずなのにないシート名（要領の検査A02）。"""
        return [
            form["シート名"]
            for form in yoryo.forms.values()
            if form["シート名"] not in self.sheets and form["シート名"] not in self.not_applicable
        ]

    def table(self, yoryo, number):
        """明細表を、列名→値 の行のリストにする。行には Excel の行番号を付ける。"""
        form = yoryo.forms[number]
        if form["シート名"] not in self.sheets:
            return []
        rows = self.sheets[form["シート名"]].values.tolist()
        header_row = int(form["見出し行"])
        header = [str(name).strip() for name in rows[header_row - 1]]
        return [
            {**dict(zip(header, values, strict=True)), "行": row}
            for row, values in enumerate(rows[header_row:], start=header_row + 1)
        ]

    def amounts(self, yoryo, number, column):
        """科目コード→金額（ブックの金額単位）。種別が「明細」の科目だけ（要領5）。"""
        return {
            str(row["コード"]): to_number(row[column], f"{self.path.name} {number} {row['行']}行目")
            for row in self.table(yoryo, number)
            if yoryo.accounts.get(str(row["コード"]), {}).get("種別") == "明細"
        }

    def dealings(self, yoryo, number):
        """08・09シートの明細行。相手会社コードが4桁の数字の行だけ（要領18）。"""
        return [
            row for row in self.table(yoryo, number) if re.fullmatch(r"[0-9]{4}", str(row["相手会社コード"]))
        ]


def find_files(yoryo):
    """会社コード→[(版数, ファイル)]。版数の小さい順。"""
    files = defaultdict(list)
    for path in sorted(INPUT.glob("PKG_*.xlsx")):
        match = re.fullmatch(r"PKG_([0-9]{4})_.+_v([0-9]+)\.xlsx", path.name)
        if match and match[1] in yoryo.companies:
            files[match[1]].append((int(match[2]), path))
    return {code: sorted(found) for code, found in files.items()}


def read_package(code, path, yoryo):
    sheets = read_sheets(path, header=None, dtype=object)
    cover = sheets.get(yoryo.forms["00"]["シート名"])
    rows = [] if cover is None else cover.values.tolist()
    not_applicable = {str(row[2]) for row in rows if len(row) > 3 and row[3] == "該当なし"}
    return Package(code, path, sheets, not_applicable)


def read_all(yoryo):
    """会社コード→PKG。複数の版があるときは最大の版だけ（要領4）。"""
    files = find_files(yoryo)
    return {code: read_package(code, files[code][-1][1], yoryo) for code in yoryo.expected if code in files}


# ---------------------------------------------------------------- 換算と消去


def translate(package, yoryo):
    """科目コード→円貨額。要領8（換算）、9（利益剰余金）、10（為替換算調整勘定）。"""
    company = yoryo.companies[package.code]
    currency, month = company["通貨"], company["決算月"]
    unit = Decimal(company["単位倍率"])
    rates = {
        "CR": yoryo.rate(currency, month, "期末日レート"),
        "AR": yoryo.rate(currency, month, "期中平均レート"),
        "HR": Decimal(company["資本金レート"]),
    }
    yen = {}
    for number, column in CURRENT_COLUMN.items():
        for code, amount in package.amounts(yoryo, number, column).items():
            kind = yoryo.accounts[code]["換算区分"]
            if kind in rates:
                yen[code] = amount * unit * rates[kind]
            elif kind == "RE":
                opening = package.amounts(yoryo, number, OPENING_COLUMN)[code]
                movement = (amount - opening) * unit * rates["AR"]
                yen[code] = Decimal(company["期首利益剰余金円貨額"]) + movement
            elif kind == "CTA":  # 国内会社は提出された金額のまま。在外会社は下で差引計算する
                yen[code] = amount * unit if currency == "JPY" else Decimal(0)
    if currency != "JPY":
        for code in [code for code in yen if yoryo.accounts[code]["換算区分"] == "CTA"]:
            yen[code] = sum(
                amount if yoryo.accounts[other]["正常残高"] == "借方" else -amount
                for other, amount in yen.items()
                if yoryo.accounts[other]["表"] == "BS"
            )
    return yen


def eliminations(packages, yoryo):
    """(セグメント, 科目コード, 円貨額) の消去仕訳。要領12〜14。"""
    for package in packages.values():
        company = yoryo.companies[package.code]
        unit = Decimal(company["単位倍率"])
        for number, rate_name in RATE_OF_SHEET.items():
            rate = yoryo.rate(company["通貨"], company["決算月"], rate_name)
            for row in package.dealings(yoryo, number):
                partner = str(row["相手会社コード"])
                if partner not in packages:  # 親会社、グループ外、除外会社
                    continue
                label = row["科目" if number == "08" else "取引区分"]
                side, pair = yoryo.pairs[yoryo.forms[number]["シート名"], label]
                yen = to_number(row["報告通貨額"], package.path.name) * unit * rate
                yield company["セグメント"], pair[f"{side}の消去科目"], -yen
                # 差異の計上先は債務側（費用側）の会社のセグメント
                debtor = package.code if side == "債務側" else partner
                debit_first = (side == "債務側") == (number == "08")
                difference = yen if debit_first else -yen
                yield yoryo.companies[debtor]["セグメント"], pair["差異科目"], difference


def aggregate(packages, yoryo):
    """(区分, セグメント, 科目コード)→円貨額（丸める前）。"""
    included = {code: p for code, p in packages.items() if not p.missing(yoryo)}
    totals = defaultdict(Decimal)
    for basis, members in ((SUBMITTED, packages), (CORRECTED, included)):
        for code, package in members.items():
            segment = yoryo.companies[code]["セグメント"]
            for account, yen in translate(package, yoryo).items():
                totals[basis, segment, account] += yen
    for segment, account, yen in eliminations(included, yoryo):
        totals[CORRECTED, segment, account] += yen
    for (basis, _, account), yen in list(totals.items()):
        totals[basis, WHOLE, account] += yen
    return totals


# ---------------------------------------------------------------- 出力


def to_rows(totals, yoryo):
    """出力仕様どおりの行。千円未満は最後に1回だけ四捨五入する（要領16）。"""
    segments = list(dict.fromkeys(yoryo.companies[code]["セグメント"] for code in yoryo.expected))
    return [
        {
            "区分": basis,
            "セグメント": segment,
            "科目コード": code,
            "科目名": yoryo.accounts[code]["科目名"],
            "金額": int((totals[basis, segment, code] / 1000).quantize(Decimal(1), ROUND_HALF_UP)),
        }
        for basis in (SUBMITTED, CORRECTED)
        for segment in [*segments, WHOLE]
        for code in yoryo.output_accounts()
    ]


def write_result(rows):
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "集計結果.xlsx"
    with pd.ExcelWriter(path, engine="openpyxl") as writer:
        pd.DataFrame(rows).to_excel(writer, sheet_name="集計", index=False)
        sheet = writer.sheets["集計"]
        for cell in sheet[1]:
            cell.font = Font(bold=True)
            cell.fill = PatternFill("solid", fgColor="D9E1F2")
            cell.alignment = Alignment(horizontal="center")
        for column, width in zip("ABCDE", (10, 14, 12, 34, 18), strict=True):
            sheet.column_dimensions[column].width = width
        for (cell,) in sheet.iter_rows(min_row=2, min_col=5, max_col=5):
            cell.number_format = '#,##0;"△"#,##0;"-"'
        sheet.freeze_panes = "A2"
    return path


def pad(text, width, right=False):
    """全角を2桁と数えて、表示幅をそろえる。"""
    text = str(text)
    used = sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)
    space = " " * max(0, width - used)
    return space + text if right else text + space


def print_summary(rows, packages, yoryo, path):
    """画面には先頭の3行だけが出ることがあるので、要点を先に書く。"""
    amounts = {(row["区分"], row["セグメント"], row["科目コード"]): row["金額"] for row in rows}
    missing = [code for code in yoryo.expected if code not in packages]
    excluded = [code for code, package in packages.items() if package.missing(yoryo)]
    sales = next(code for code, row in yoryo.accounts.items() if row["科目名"] == "売上高")
    before, after = (amounts[basis, WHOLE, sales] for basis in (SUBMITTED, CORRECTED))
    print(
        f"{len(packages)}社を集計しました（提出対象{len(yoryo.expected)}社、未提出{len(missing)}社、"
        f"シート欠落で修正後から除外{len(excluded)}社）。"
    )
    print(f"売上高（全社、千円）: 提出値 {before:,} → 修正後 {after:,}")
    print(f"{path} に {len(rows):,} 行を書きました。")

    print(f"\n未提出: {'、'.join(missing) or 'なし'}")
    print(f"必須シート欠落: {'、'.join(excluded) or 'なし'}")
    print("\n消去・除外の影響が大きい科目（全社、千円）")
    codes = sorted(
        yoryo.output_accounts(),
        key=lambda code: -abs(amounts[CORRECTED, WHOLE, code] - amounts[SUBMITTED, WHOLE, code]),
    )
    print(pad("科目", 34) + "".join(pad(title, 19, True) for title in (SUBMITTED, CORRECTED, "差")))
    print("-" * 91)
    for code in codes[:10]:
        before, after = (amounts[basis, WHOLE, code] for basis in (SUBMITTED, CORRECTED))
        name = f"{code} {yoryo.accounts[code]['科目名']}"
        print(pad(name, 34) + f"{before:>19,}{after:>19,}{after - before:>19,}")


def main():
    yoryo = Yoryo()
    packages = read_all(yoryo)
    rows = to_rows(aggregate(packages, yoryo), yoryo)
    print_summary(rows, packages, yoryo, write_result(rows))


if __name__ == "__main__":
    main()
