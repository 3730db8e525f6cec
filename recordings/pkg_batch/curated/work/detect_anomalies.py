"""要領の検査一覧に従って各社のPKGを検査し、output/異常一覧.csv を作る。

検査番号・許容差・報告しないものは input/連結決算要領.xlsx による。検査は修正後の金額で行う。
除外会社（A01・A02・A04・A06）では、他の検査を行わない。
"""

import csv
import re
import statistics
from collections import Counter, defaultdict
from decimal import Decimal
from string import ascii_uppercase as LETTERS

from pkg_corrections import check_submission, correct_all, excluded_companies
from pkg_reader import (
    AMOUNT_COLUMNS,
    BS,
    COVER,
    CURRENT,
    LABEL_COLUMN,
    OPENING,
    OUTPUT,
    PL,
    Finding,
    Yoryo,
    money,
    pad,
    read_all,
    to_number,
)

COLUMNS = ["会社コード", "シート", "セル", "検査番号", "報告値", "期待値", "説明"]
IMPLEMENTED = re.compile("A0[1-9]|B0[1-8]|C0[1-3]|D0[1-4]|E0[1-7]|F0[1-4]")
GROUPS = {"A": "提出・表紙", "B": "BS・PL", "C": "内部取引", "D": "前期比較", "E": "明細", "F": "換算・比率"}
PROFILE, SELF_CHECK, EQUITY, CASH_FLOW = "01", "02", "06", "07"  # 様式番号
UNREALISED, ASSETS, PROVISIONS, RATES = "10", "11", "14", "18"
INVENTORIES = ("商品及び製品", "仕掛品", "原材料及び貯蔵品")  # 検査B07・E07
CASH = "現金及び預金"  # 検査B08・E06
MILLION = 1000 * 1000
# 検査C01・C02: 取引通貨額の差の円換算は決算月3のレートによる（要領11）
CHECK_OF_SHEET = {"08": ("C01", "期末日レート"), "09": ("C02", "期中平均レート")}
BASE_MONTH = "3"
IN_TRANSIT = "未達"
# 検査E05: 検査ID→(明細の様式番号, 列, 行, BSの科目)
SELF_CHECKS = {
    "V10": ("13", "期末", ["L2104", "L2201"], ["短期借入金", "1年内返済予定の長期借入金", "長期借入金"]),
    "V15": ("15", "金額", ["TX53"], ["未払法人税等"]),
    "V16": ("12", "時価・BS計上額", ["S99"], ["投資有価証券", "関係会社株式"]),
}
USED_RATES = {"RT01": "期首日レート", "RT02": "期末日レート", "RT03": "期中平均レート"}  # 検査F01


class Inspector:
    """1社のブックを検査する。金額は修正後（books）による。"""

    def __init__(self, books):
        self.books, self.package = books, books.package
        self.yoryo, self.company = books.yoryo, books.company
        self.findings = list(books.findings)  # A09・B02・B03・B04・B06
        self.master = self.yoryo.companies[self.company]

    def run(self):
        self.check_cover()
        self.check_unreadable_amounts()
        self.check_errors()
        self.check_balance()
        self.check_inventories()
        self.check_partners()
        self.check_opening()
        self.check_comments()
        self.check_equity()
        self.check_fixed_assets()
        self.check_bonuses()
        self.check_self_checks()
        self.check_cash_flow()
        self.check_group_stock()
        self.check_rates()
        self.check_tax_rate()
        self.check_margin()
        self.check_round_amounts()
        return [finding for finding in self.findings if finding.check in self.yoryo.checks]

    def add(self, check, number, cell, reported, expected, text):
        sheet = self.yoryo.sheet[number]
        self.findings.append(Finding(self.company, sheet, cell, check, reported, expected, text))

    def compare(self, check, number, code, column, expected, what):
        """明細の1行の金額が、許容差K1を超えて expected と異なれば報告する。"""
        row = self.package.row(number, code)
        reported = self.books.figure(number, code, column)
        if row and abs(reported - expected) > self.yoryo.tolerance["K1"]:
            text = f"{what}と{money(reported - expected)}{self.master['金額単位']}異なります"
            self.add(check, number, row.cell(column), reported, expected, text)

    def check_cover(self):
        """A05 会社コード、A07 報告通貨、A08 表紙と01の必須項目。"""
        cover = self.package.fields(COVER)
        code, cell = cover["会社コード"]
        if code and code != self.company:
            text = f"表紙の会社コードが{code}です（ファイル名は{self.company}）"
            self.add("A05", COVER, cell, code, self.company, text)
        currency, cell = cover["報告通貨"]
        renamed = "通貨略号" in self.master.get("備考", "") and currency in self.master["備考"]
        if currency and currency != self.master["通貨"] and not renamed:
            text = f"表紙の報告通貨が{currency}です（会社一覧は{self.master['通貨']}）"
            self.add("A07", COVER, cell, currency, self.master["通貨"], text)
        if "A08" in self.yoryo.checks:
            required = re.search("必須項目（(.+?)）", self.yoryo.checks["A08"]["判定"])[1].split("、")
            items = [(COVER, item, *cover[item]) for item in required]
            if self.books.get(self.yoryo.account("売上高")):  # 売上高が0の会社の従業員数は報告しない
                items.append((PROFILE, "従業員数", *self.package.fields(PROFILE)["従業員数"]))
            for number, item, value, cell in items:
                if value == "":
                    self.add("A08", number, cell, "", "値", f"{item}が空白です")

    def check_unreadable_amounts(self):
        """A08 金額の欄の文字（0として集計する）。"""
        for number, columns in AMOUNT_COLUMNS.items():
            for row in self.package.rows(number):
                for column in columns:
                    error = (number, row.cell(column)) in self.package.errors
                    if to_number(row.values[column]) is None and not error:
                        value = row.text(column)
                        text = f"{row.text('科目')}の{column}が「{value}」で、金額がありません"
                        self.add("A08", number, row.cell(column), value, "値", text)

    def check_errors(self):
        """B05 表の中のエラー値。1シートにつき最初の1件。"""
        reported = set()
        for (number, cell), value in self.package.errors.items():
            if number not in reported:
                reported.add(number)
                row = next(r for r in self.package.rows(number) if cell.lstrip(LETTERS) == str(r.number))
                total = self.books.total_of(number, row.code)
                self.add("B05", number, cell, value, total, f"{row.text('科目')}がエラー値です")

    def check_balance(self):
        """B01 貸借不一致。合計は明細科目から計算する。"""
        assets, claims = self.books.total("BS", "借方"), self.books.total("BS", "貸方")
        if abs(assets - claims) > self.yoryo.tolerance["K1"]:
            row = self.package.row(BS, self.yoryo.account("資産合計"))
            unit = self.master["金額単位"]
            text = f"資産合計と負債純資産合計が{money(assets - claims)}{unit}合いません"
            self.add("B01", BS, row.cell(CURRENT[BS]), assets, claims, text)

    def check_inventories(self):
        """B07 棚卸資産のマイナス、B08 現金のマイナス。"""
        for name in (*INVENTORIES, CASH):
            account = self.yoryo.account(name)
            amount = self.books.get(account)
            if amount < 0:
                cell = self.package.row(BS, account).cell(CURRENT[BS])
                check = "B08" if name == CASH else "B07"
                self.add(check, BS, cell, amount, "0以上", f"{name}がマイナスです（{money(amount)}）")

    def check_partners(self):
        """C03 会社一覧にない相手会社コード。"""
        for number in CHECK_OF_SHEET:
            for row in self.package.dealings(number):
                if row.code not in self.yoryo.companies:
                    text = (
                        f"相手会社コード{row.code}（{row.text(LABEL_COLUMN[number])}）は会社一覧にありません"
                    )
                    cell = row.cell("相手会社コード")
                    self.add("C03", number, cell, row.code, "会社一覧にある会社コード", text)

    def check_opening(self):
        """D01 前期末と前期PKGの不一致。A09（桁誤り）の会社は判定しない。"""
        if self.package.prior is None or self.books.scale != 1:
            return
        archived = self.package.prior.amounts(BS, self.yoryo.archived_column)
        for row in self.package.rows(BS):
            if not self.yoryo.is_detail(row.code) or "遡及修正" in row.text("コメント"):
                continue
            opening, expected = self.package.amount(row, OPENING), archived.get(row.code, Decimal(0))
            if opening != expected:
                text = f"{row.text('科目')}の前期末が前期PKGと{money(opening - expected)}異なります"
                self.add("D01", BS, row.cell(OPENING), opening, expected, text)

    def check_comments(self):
        """D02 増減コメントの漏れ、D03 増減コメントの矛盾。"""
        for row in self.package.rows(BS):
            comment, change = row.text("コメント"), self.books.change(row.code)
            rose, fell = comment.endswith("増加"), comment.endswith("減少")
            if self.yoryo.is_detail(row.code) and ((rose and change < 0) or (fell and change > 0)):
                text = f"{row.text('科目')}の増減は{money(change)}ですが、コメントは「{comment}」です"
                right = "減少" if rose else "増加"
                self.add("D03", BS, row.cell("コメント"), comment, right, text)
        if self.package.prior is None:
            return
        amount_limit, ratio_limit = self.yoryo.tolerance["K5"], self.yoryo.tolerance["K6"]
        to_yen = self.yoryo.unit(self.company) * self.yoryo.company_rate(self.company, "期末日レート")
        for row in self.package.rows(BS):
            if not self.yoryo.is_detail(row.code) or row.text("コメント"):
                continue
            opening, change = self.books.opening(row.code), self.books.change(row.code)
            thousand_yen = abs(change) * to_yen / 1000
            if thousand_yen >= amount_limit and abs(change) >= ratio_limit * abs(opening):
                text = f"{row.text('科目')}の増減（約{money(thousand_yen)}千円）にコメントがありません"
                self.add("D02", BS, row.cell("コメント"), "", "コメント", text)

    def check_equity(self):
        """E01 利益剰余金の期末、E02 純利益。"""
        column, retained = "利益剰余金", self.yoryo.account("利益剰余金")
        self.compare("E01", EQUITY, "EQ90", column, self.books.get(retained), "期末の利益剰余金が03")
        income = self.books.total("PL", "貸方") - self.books.total("PL", "借方")
        self.compare("E02", EQUITY, "EQ20", column, income, "純利益が04")

    def check_fixed_assets(self):
        """E03 固定資産明細の期末。"""
        for row in self.package.rows(ASSETS):
            if self.yoryo.is_detail(row.code):
                expected = self.books.get(row.code)
                self.compare("E03", ASSETS, row.code, "期末", expected, f"{row.text('科目')}の期末が03")

    def check_bonuses(self):
        """E04 賞与引当金繰入額。"""
        provision, cost = self.yoryo.account("賞与引当金"), self.yoryo.account("賞与引当金繰入額")
        column = "繰入（販管費等）"
        self.compare("E04", PROVISIONS, provision, column, self.books.get(cost), "賞与引当金の繰入が04")

    def check_self_checks(self):
        """E05 02の判定がOKなのに、再計算すると合わないもの。"""
        for check_id, (number, column, codes, names) in SELF_CHECKS.items():
            row = self.package.row(SELF_CHECK, check_id)
            if row is None or row.text("判定") != "OK" or not self.package.has(number):
                continue
            left = sum(self.books.figure(number, code, column) for code in codes)
            right = self.books.get(*map(self.yoryo.account, names))
            if abs(left - right) > self.yoryo.tolerance["K1"]:
                text = f"{check_id}の判定はOKですが、再計算すると{money(left - right)}合いません"
                self.add("E05", SELF_CHECK, row.cell("判定"), "OK", "NG", text)

    def check_cash_flow(self):
        """E06 現金の期末残高。原因が03にある会社（B01〜B03）は報告しない。"""
        row, cash = self.package.row(CASH_FLOW, "CF89"), self.books.get(self.yoryo.account(CASH))
        if row is None or any(f.check in ("B01", "B02", "B03") for f in self.findings):
            return
        end = sum(self.books.figure(CASH_FLOW, code, "CF金額") for code in ("CF89", "CF91"))
        if abs(end - cash) > self.yoryo.tolerance["K1"]:
            text = f"期末残高と定期預金の合計が03の{CASH}と{money(end - cash)}異なります"
            self.add("E06", CASH_FLOW, row.cell("CF金額"), end, cash, text)

    def check_group_stock(self):
        """E07 グループ内在庫の超過。"""
        rows = self.package.dealings(UNREALISED)
        stock = sum((self.package.amount(row, "期末在庫") for row in rows), Decimal(0)) / self.books.scale
        limit = self.books.get(*map(self.yoryo.account, INVENTORIES))
        if stock > limit + self.yoryo.tolerance["K1"]:
            text = f"グループ内の期末在庫が03の棚卸資産を{money(stock - limit)}超えています"
            self.add("E07", UNREALISED, "", stock, limit, text)

    def check_tax_rate(self):
        """F02 実効税率。"""
        taxes = [self.yoryo.account(name) for name in ("法人税等", "法人税等調整額")]
        row, tax = self.package.row(PL, taxes[0]), self.books.get(*taxes)
        pretax = self.books.total("PL", "貸方") - self.books.total("PL", "借方") + tax
        to_yen = self.yoryo.unit(self.company) * self.yoryo.company_rate(self.company, "期中平均レート")
        if pretax * to_yen < self.yoryo.tolerance["K12"] * 1000 or "実効税率" in row.text("コメント"):
            return
        rate, statutory = tax / pretax, Decimal(self.master["法定実効税率"])
        if abs(rate - statutory) > self.yoryo.tolerance["K13"]:
            text = f"実効税率が{rate:.1%}です（法定実効税率は{statutory:.1%}）"
            self.add("F02", PL, row.cell(CURRENT[PL]), f"{rate:.4f}", statutory, text)

    def check_margin(self):
        """F03 当四半期の売上総利益率を、前期PKGの8四半期と比べる。"""
        names = [self.yoryo.account(name) for name in ("売上高", "売上原価")]
        sales, cost = (self.books.figure(PL, code, "当四半期") for code in names)
        explained = "売上総利益率" in self.package.row(PL, names[1]).text("コメント")
        if self.package.prior is None or not sales or explained:
            return
        past = [1 - c / s for s, c in zip(*map(self.package.prior.quarters, names), strict=True) if s]
        margin, mean, spread = 1 - cost / sales, statistics.mean(past), statistics.stdev(past)
        limits = (self.yoryo.tolerance["K14"] * spread, self.yoryo.tolerance["K15"])
        if abs(margin - mean) > max(limits):
            row = self.package.row(PL, self.yoryo.account("売上総利益"))
            text = f"売上総利益率が{margin:.1%}です（過去8四半期の平均は{mean:.1%}）"
            self.add("F03", PL, row.cell(CURRENT[PL]), f"{margin:.4f}", f"{mean:.4f}", text)

    def check_round_amounts(self):
        """F04 百万単位の丸い金額のまま動いていない科目。"""
        unit = self.yoryo.unit(self.company)
        usual = re.findall("[0-9]{4}", self.yoryo.checks["F04"]["報告しないもの"])
        rows = [
            row
            for row in self.package.rows(BS)
            if self.yoryo.is_detail(row.code) and row.code not in usual
            if self.books.get(row.code) == self.books.opening(row.code) != 0
            if self.books.get(row.code) * unit % MILLION == 0
        ]
        if unit != MILLION and len(rows) >= self.yoryo.tolerance["K11"]:
            names = "、".join(row.text("科目") for row in rows)
            text = f"丸い金額のまま動いていない科目が{len(rows)}あります（{names}）"
            self.add("F04", BS, rows[0].cell(CURRENT[BS]), len(rows), 0, text)

    def check_rates(self):
        """F01 換算表の使用レート。"""
        for code, kind in USED_RATES.items():
            row = self.package.row(RATES, code)
            expected = self.yoryo.company_rate(self.company, kind)
            if row and to_number(row.values["使用レート"]) != expected:
                used = row.text("使用レート")
                text = f"{kind}に{used}を使っています（要領は{expected}）"
                self.add("F01", RATES, row.cell("使用レート"), used, expected, text)


# ---------------------------------------------------------------- 内部取引の照合


def collect_pairs(corrected, number):
    """(債権側会社, 債務側会社, 組, 取引通貨)→{側: [(会社コード, 明細行)]}（要領11・12）。"""
    pairs = defaultdict(lambda: {"債権側": [], "債務側": []})
    for code, books in corrected.items():
        for row in books.package.dealings(number):
            if row.code not in corrected:  # 親会社、グループ外、除外会社、会社一覧にない会社
                continue
            side, pair = books.package.pair(number, row)
            creditor, debtor = (code, row.code) if side == "債権側" else (row.code, code)
            pairs[creditor, debtor, pair["組"], row.text("取引通貨")][side].append((code, row))
    return pairs


def check_dealings(corrected, yoryo, number):
    """C01 債権債務の不一致、C02 取引高の不一致。"""
    check, rate_name = CHECK_OF_SHEET[number]
    for (creditor, debtor, _, currency), sides in collect_pairs(corrected, number).items():
        rate = yoryo.rate(currency, BASE_MONTH, rate_name)
        claim, debt = (
            sum((to_number(row.values["取引通貨額"]) for _, row in sides[side]), Decimal(0))
            for side in ("債権側", "債務側")
        )
        allowed = max(
            yoryo.tolerance["K2"] * 1000,  # 千円 → 円
            yoryo.tolerance["K3"] * max(claim, debt) * rate,
        )
        rows = [*sides["債務側"], *sides["債権側"]]
        in_transit = any(IN_TRANSIT in row.text("備考") for _, row in rows)
        if abs(claim - debt) * rate <= allowed or in_transit:
            continue
        code, row = rows[0]  # 債務側（なければ債権側）の会社で報告する
        partner = creditor if code == debtor else debtor
        thousand_yen = (claim - debt) * rate / 1000
        label = row.text(LABEL_COLUMN[number])
        text = (
            f"{label}（相手{partner}）の差額 {money(claim - debt)} {currency}（約{money(thousand_yen)}千円）"
        )
        yield Finding(code, yoryo.sheet[number], row.cell("取引通貨額"), check, debt, claim, text)


# ---------------------------------------------------------------- 出力


def detect(packages, yoryo):
    found = check_submission(packages, yoryo)
    corrected = correct_all(packages, excluded_companies(found, yoryo))
    for books in corrected.values():
        found += Inspector(books).run()
    for number in CHECK_OF_SHEET:
        found += check_dealings(corrected, yoryo, number)
    return sorted(found, key=lambda finding: (finding.check, finding.company, finding.cell))


def plain(value):
    """CSVに書く値。金額は桁区切りなしの数字。"""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def write_result(found):
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "異常一覧.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in found:
            reported, expected = plain(row.reported), plain(row.expected)
            writer.writerow([row.company, row.sheet, row.cell, row.check, reported, expected, row.text])
    return path


def print_summary(found, packages, yoryo, path):
    """画面には先頭の3行だけが出ることがあるので、要点を先に書く。"""
    groups = Counter(finding.check[0] for finding in found)
    print(f"{len(packages)}社を検査し、異常を {len(found)} 件検出しました。")
    print("分類別: " + "、".join(f"{GROUPS.get(g, g)} {count}件" for g, count in sorted(groups.items())))
    print(f"{path} に {len(found)} 件を書きました。")

    unknown = [check for check in yoryo.checks if not IMPLEMENTED.fullmatch(check)]
    if unknown:
        print(f"このスクリプトにない検査（要確認）: {'、'.join(unknown)}")
    print("\n" + pad("検査", 6) + pad("会社", 6) + pad("シート", 22) + pad("セル", 6) + "内容")
    print("-" * 100)
    for row in found:
        head = pad(row.check, 6) + pad(row.company, 6) + pad(row.sheet, 22) + pad(row.cell, 6)
        print(head + pad(row.text, 60).rstrip())


def main():
    yoryo = Yoryo()
    packages = read_all(yoryo)
    found = detect(packages, yoryo)
    print_summary(found, packages, yoryo, write_result(found))


if __name__ == "__main__":
    main()
