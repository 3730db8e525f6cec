"""要領の検査一覧に従って各社のPKGを検査し、output/異常一覧.csv を作る。

許容差と検査番号は input/連結決算要領.xlsx から読む。読み込みは aggregate_pkg.py と同じ処理を使う。
"""

import csv
from collections import Counter, defaultdict
from decimal import Decimal

from aggregate_pkg import (
    CURRENT_COLUMN,
    OUTPUT,
    RATE_OF_SHEET,
    Yoryo,
    find_files,
    pad,
    read_all,
    to_number,
)
from openpyxl.utils import get_column_letter

COLUMNS = ["会社コード", "シート", "セル", "検査番号", "報告値", "期待値", "説明"]
CHECK_OF_SHEET = {"08": "C01", "09": "C02"}
BASE_MONTH = "3"  # 要領11: 差額の円換算は決算月3のレートによる
IN_TRANSIT = "未達"  # 検査C01・C02で「報告しないもの」


def finding(code, sheet, cell, check, reported, expected, text):
    return dict(zip(COLUMNS, (code, sheet, cell, check, reported, expected, text), strict=True))


def cell_address(package, yoryo, number, column, row):
    """明細表の列名と行番号からセル番地（例: E44）を作る。"""
    form = yoryo.forms[number]
    header = package.sheets[form["シート名"]].values.tolist()[int(form["見出し行"]) - 1]
    return f"{get_column_letter(header.index(column) + 1)}{row}"


def check_files(packages, yoryo):
    """A01 未提出、A02 必須シート欠落、A03 複数版の提出。"""
    files = find_files(yoryo)
    for code in yoryo.expected:
        if code not in files:
            yield finding(code, "", "", "A01", "未提出", "提出", "PKGファイルがありません")
            continue
        for sheet in packages[code].missing(yoryo):
            text = f"表紙では提出となっていますが、{sheet}シートがありません"
            yield finding(code, sheet, "", "A02", "欠落", "提出", text)
        if len(files[code]) > 1:
            versions = "・".join(f"v{version}" for version, _ in files[code])
            text = f"{versions} の複数の版があります（v{files[code][-1][0]} を使用）"
            sheet = yoryo.forms["00"]["シート名"]
            yield finding(code, sheet, "", "A03", len(files[code]), 1, text)


def check_balance(packages, yoryo):
    """B01 貸借不一致。合計は明細科目から計算する。"""
    tolerance = yoryo.tolerances["貸借差額"]
    assets_code = next(c for c, row in yoryo.accounts.items() if row["科目名"] == "資産合計")
    for code, package in packages.items():
        amounts = package.amounts(yoryo, "03", CURRENT_COLUMN["03"])
        sides = {"借方": Decimal(0), "貸方": Decimal(0)}
        for account, amount in amounts.items():
            sides[yoryo.accounts[account]["正常残高"]] += amount
        gap = sides["借方"] - sides["貸方"]
        if abs(gap) > tolerance:
            row = next(r for r in package.table(yoryo, "03") if str(r["コード"]) == assets_code)
            cell = cell_address(package, yoryo, "03", CURRENT_COLUMN["03"], row["行"])
            unit = yoryo.companies[code]["金額単位"]
            text = f"資産合計と負債純資産合計が {gap:,} {unit} 合いません"
            sheet = yoryo.forms["03"]["シート名"]
            yield finding(code, sheet, cell, "B01", sides["借方"], sides["貸方"], text)


def collect_pairs(packages, yoryo, number):
    """(債権側会社, 債務側会社, 組, 取引通貨)→{側: [(会社コード, 明細行)]}。要領11・12。"""
    pairs = defaultdict(lambda: {"債権側": [], "債務側": []})
    for code, package in packages.items():
        for row in package.dealings(yoryo, number):
            partner = str(row["相手会社コード"])
            if partner not in packages:  # 親会社、グループ外、除外会社
                continue
            label = row["科目" if number == "08" else "取引区分"]
            side, pair = yoryo.pairs[yoryo.forms[number]["シート名"], label]
            creditor, debtor = (code, partner) if side == "債権側" else (partner, code)
            pairs[creditor, debtor, pair["組"], row["取引通貨"]][side].append((code, row))
    return pairs


def check_dealings(packages, yoryo, number):
    """C01 債権債務の不一致、C02 取引高の不一致。"""
    included = {code: p for code, p in packages.items() if not p.missing(yoryo)}
    sheet, check = yoryo.forms[number]["シート名"], CHECK_OF_SHEET[number]
    for key, sides in collect_pairs(included, yoryo, number).items():
        creditor, debtor, _, currency = key
        rate = yoryo.rate(currency, BASE_MONTH, RATE_OF_SHEET[number])
        claim, debt = (
            sum((to_number(row["取引通貨額"]) for _, row in sides[side]), Decimal(0))
            for side in ("債権側", "債務側")
        )
        allowed = max(
            yoryo.tolerances["内部取引差額（金額）"] * 1000,  # 千円 → 円
            yoryo.tolerances["内部取引差額（率）"] * max(claim, debt) * rate,
        )
        rows = [*sides["債務側"], *sides["債権側"]]
        in_transit = any(IN_TRANSIT in str(row["備考"]) for _, row in rows)
        if abs(claim - debt) * rate <= allowed or in_transit:
            continue
        code, row = rows[0]  # 債務側（なければ債権側）の会社で報告する
        partner = creditor if code == debtor else debtor
        cell = cell_address(included[code], yoryo, number, "取引通貨額", row["行"])
        thousand_yen = round((claim - debt) * rate / 1000)
        label = row["科目" if number == "08" else "取引区分"]
        text = f"{label}（相手 {partner}）: 差額 {claim - debt:,} {currency}、約 {thousand_yen:,} 千円"
        yield finding(code, sheet, cell, check, debt, claim, text)


def detect(packages, yoryo):
    found = [
        *check_files(packages, yoryo),
        *check_balance(packages, yoryo),
        *(row for number in CHECK_OF_SHEET for row in check_dealings(packages, yoryo, number)),
    ]
    return sorted(found, key=lambda row: (row["検査番号"], row["会社コード"], row["セル"]))


def write_result(found):
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "異常一覧.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=COLUMNS)
        writer.writeheader()
        writer.writerows(found)
    return path


def print_summary(found, packages, yoryo, path):
    """画面には先頭の3行だけが出ることがあるので、要点を先に書く。"""
    counts = Counter(row["検査番号"] for row in found)
    print(f"{len(packages)}社を検査し、異常を {len(found)} 件検出しました。")
    print("検査番号別: " + "、".join(f"{check} {counts[check]}件" for check in yoryo.checks))
    print(f"{path} に {len(found)} 件を書きました。")

    print("\n" + pad("検査", 6) + pad("会社", 6) + pad("シート", 14) + pad("セル", 6) + "内容")
    print("-" * 96)
    for row in found:
        head = pad(row["検査番号"], 6) + pad(row["会社コード"], 6) + pad(row["シート"], 14)
        print(head + pad(row["セル"], 6) + row["説明"])


def main():
    yoryo = Yoryo()
    packages = read_all(yoryo)
    found = detect(packages, yoryo)
    print_summary(found, packages, yoryo, write_result(found))


if __name__ == "__main__":
    main()
