"""子会社のPKGを合算し、output/集計結果.xlsx を作る。

換算・除外・修正・内部取引の消去は、すべて input/連結決算要領.xlsx の定めによる。
（コメントの「要領8」などは、要領のシート「はじめに」の番号）
"""

from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
from openpyxl.styles import Alignment, Font, PatternFill
from pkg_corrections import (
    check_submission,
    correct_all,
    excluded_companies,
    submitted_amounts,
    treatment,
)
from pkg_reader import BS, OPENING, OUTPUT, Yoryo, pad, read_all

SUBMITTED, CORRECTED, WHOLE = "提出値", "修正後", "全社"
BALANCES, TRADE = "08", "09"  # 債権債務、取引高
EQUITY_CHANGES, DIVIDEND = "06", "EQ30"  # 要領9: 剰余金の配当


# ---------------------------------------------------------------- 換算


def translate(package, amounts, scale, yoryo):
    """科目コード→円貨額（要領8〜10）。scale は前期末と配当を割る数（検査A09の修正）。"""
    company = yoryo.companies[package.company]
    unit, overseas = yoryo.unit(package.company), company["通貨"] != "JPY"
    rates = {
        "CR": yoryo.company_rate(package.company, "期末日レート"),
        "AR": yoryo.company_rate(package.company, "期中平均レート"),
        "HR": Decimal(company["資本金レート"]),
    }
    yen = {}
    for code, amount in amounts.items():
        kind = yoryo.accounts[code]["換算区分"]
        if kind in rates:
            yen[code] = amount * unit * rates[kind]
        elif kind == "RE":
            opening = package.amounts(BS, OPENING)[code] / scale
            dividend = dividend_of(package) / scale
            paid = dividend * unit * yoryo.company_rate(package.company, "配当決議日レート")
            earned = (amount - opening + dividend) * unit * rates["AR"]
            yen[code] = Decimal(company["期首利益剰余金円貨額"]) + earned - paid
        elif kind == "CTA":  # 国内会社は提出された金額のまま。在外会社は下で差引計算する
            yen[code] = Decimal(0) if overseas else amount * unit
    if overseas:
        for code in [code for code in yen if yoryo.accounts[code]["換算区分"] == "CTA"]:
            yen[code] = sum(
                amount if yoryo.accounts[other]["正常残高"] == "借方" else -amount
                for other, amount in yen.items()
                if yoryo.accounts[other]["表"] == "BS"
            )
    return yen


def dividend_of(package):
    """配当（要領9）: 06シートの剰余金の配当の絶対値。なければ0。"""
    row = package.row(EQUITY_CHANGES, DIVIDEND)
    return abs(package.amount(row, "利益剰余金")) if row else Decimal(0)


# ---------------------------------------------------------------- 消去と集計


def eliminations(corrected, yoryo):
    """(セグメント, 科目コード, 円貨額) の消去仕訳（要領12〜14）。"""
    for code, books in corrected.items():
        segment = yoryo.companies[code]["セグメント"]
        for number in (BALANCES, TRADE):
            for row in books.package.dealings(number):
                if row.code not in corrected:  # 親会社、グループ外、除外会社、会社一覧にない会社
                    continue
                side, pair = books.package.pair(number, row)
                rate = yoryo.company_rate(code, pair[f"{side}の換算レート"])
                yen = books.package.amount(row, "報告通貨額") * yoryo.unit(code) * rate / books.scale
                if pair[f"{side}の消去科目"]:  # 配当の支払側にはない（要領13）
                    yield segment, pair[f"{side}の消去科目"], -yen
                # 差異の計上先は債務側（費用側）の会社のセグメント
                debtor = code if side == "債務側" else row.code
                debit_first = (side == "債務側") == (number == BALANCES)
                difference = yen if debit_first else -yen
                yield yoryo.companies[debtor]["セグメント"], pair["差異科目"], difference


def aggregate(packages, corrected, yoryo):
    """(区分, セグメント, 科目コード)→円貨額（丸める前）。"""
    totals = defaultdict(Decimal)

    def add(basis, code, yen_by_account):
        for account, yen in yen_by_account.items():
            totals[basis, yoryo.companies[code]["セグメント"], account] += yen

    for code, package in packages.items():
        add(SUBMITTED, code, translate(package, submitted_amounts(package), 1, yoryo))
    for code, books in corrected.items():
        add(CORRECTED, code, translate(books.package, books.amounts, books.scale, yoryo))
    for segment, account, yen in eliminations(corrected, yoryo):
        totals[CORRECTED, segment, account] += yen
    for (basis, _, account), yen in list(totals.items()):
        totals[basis, WHOLE, account] += yen
    return totals


# ---------------------------------------------------------------- 出力


def to_rows(totals, yoryo):
    """出力仕様どおりの行。千円未満は最後に1回だけ四捨五入する（要領16）。"""
    segments = list(dict.fromkeys(yoryo.companies[code]["セグメント"] for code in yoryo.expected))
    accounts = [code for code, row in yoryo.accounts.items() if row["種別"] in {"明細", "差異"}]
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
        for code in accounts
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


def print_summary(rows, packages, corrected, findings, yoryo, path):
    """画面には先頭の3行だけが出ることがあるので、要点を先に書く。"""
    amounts = {(row["区分"], row["セグメント"], row["科目コード"]): row["金額"] for row in rows}
    excluded = len(excluded_companies(findings, yoryo))
    missing = len(yoryo.expected) - len(packages)
    fixes = [finding for books in corrected.values() for finding in books.findings]
    fixes = [finding for finding in fixes if treatment(yoryo, finding.check) == "修正"]
    sales = yoryo.account("売上高")
    before, after = (amounts[basis, WHOLE, sales] for basis in (SUBMITTED, CORRECTED))
    print(
        f"{len(packages)}社を集計しました（提出対象{len(yoryo.expected)}社。"
        f"修正後は未提出{missing}社を含む{excluded}社を除外、金額の修正{len(fixes)}件）。"
    )
    print(f"売上高（全社、千円）: 提出値 {before:,} → 修正後 {after:,}")
    print(f"{path} に {len(rows):,} 行を書きました。")

    print("\n除外・修正した会社")
    print(pad("会社", 6) + pad("検査", 6) + pad("シート", 22) + pad("セル", 6) + "内容")
    print("-" * 100)
    exclusions = [finding for finding in findings if treatment(yoryo, finding.check) == "除外"]
    for finding in [*exclusions, *fixes]:
        head = pad(finding.company, 6) + pad(finding.check, 6) + pad(finding.sheet, 22)
        print(head + pad(finding.cell, 6) + pad(finding.text, 60).rstrip())

    print("\n修正・消去・除外の影響が大きい科目（全社、千円）")
    print(pad("科目", 34) + "".join(pad(title, 19, True) for title in (SUBMITTED, CORRECTED, "差")))
    print("-" * 91)
    change = Counter()
    for basis, segment, code in amounts:
        if (basis, segment) == (CORRECTED, WHOLE):
            change[code] = abs(amounts[CORRECTED, WHOLE, code] - amounts[SUBMITTED, WHOLE, code])
    for code, _ in change.most_common(10):
        before, after = (amounts[basis, WHOLE, code] for basis in (SUBMITTED, CORRECTED))
        name = f"{code} {yoryo.accounts[code]['科目名']}"
        print(pad(name, 34) + f"{before:>19,}{after:>19,}{after - before:>19,}")


def main():
    yoryo = Yoryo()
    packages = read_all(yoryo)
    findings = check_submission(packages, yoryo)
    corrected = correct_all(packages, excluded_companies(findings, yoryo))
    rows = to_rows(aggregate(packages, corrected, yoryo), yoryo)
    print_summary(rows, packages, corrected, findings, yoryo, write_result(rows))


if __name__ == "__main__":
    main()
