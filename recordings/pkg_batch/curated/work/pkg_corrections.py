"""要領の検査一覧で処理が「除外」「修正」のものを判定し、修正後の金額を作る。

aggregate_pkg.py は修正後の集計に、detect_anomalies.py は検査に使う。
"""

import re
from collections import defaultdict
from decimal import Decimal

from pkg_reader import BS, COVER, CURRENT, OPENING, PL, Finding, find_files, money

THOUSAND = Decimal(1000)
# 要領の検査B02・B03: 合計との差が、内訳の1行の何倍か。差＝誤った金額−正しい金額
DIGIT_SHIFT, SIGN_FLIP = 1 - 1 / THOUSAND, Decimal(2)


def treatment(yoryo, check):
    """検査一覧の処理（除外、修正、採用）。"""
    return yoryo.checks[check]["処理"].split("：")[0]


# ---------------------------------------------------------------- 提出の検査と除外会社


def check_submission(packages, yoryo):
    """A01 未提出、A02 必須シート欠落、A03 複数版、A04 同一ブックの提出、A06 前期データ。"""
    files = find_files(yoryo)
    found = []
    for code in yoryo.expected:
        if code not in packages:
            found.append(Finding(code, "", "", "A01", "未提出", "提出", "PKGファイルがありません"))
            continue
        for sheet in packages[code].missing:
            text = f"表紙では提出となっていますが、{sheet}がありません"
            found.append(Finding(code, sheet, "", "A02", "欠落", "提出", text))
        if len(files[code]) > 1:
            versions = "・".join(f"v{version}" for version, _ in files[code])
            text = f"{versions}の複数の版があります（v{files[code][-1][0]}を使用）"
            found.append(Finding(code, yoryo.sheet[COVER], "", "A03", len(files[code]), 1, text))
    incomplete = {finding.company for finding in found if finding.check == "A02"}
    complete = [package for code, package in packages.items() if code not in incomplete]
    found += [*find_copies(complete, yoryo), *find_stale(complete, yoryo)]
    return [finding for finding in found if finding.check in yoryo.checks]


def find_copies(packages, yoryo):
    """A04: 03・04の明細がすべて一致する会社のうち、表紙の会社名が会社一覧と異なる会社。"""
    sales = yoryo.account("売上高")
    alike = defaultdict(list)
    for package in packages:
        amounts = submitted_amounts(package)
        if amounts.get(sales):  # 売上高が0の会社（休眠会社）どうしの一致は報告しない
            alike[tuple(sorted(amounts.items()))].append(package)
    for group in alike.values():
        for package in group if len(group) > 1 else []:
            name, cell = package.fields(COVER)["会社名"]
            expected = yoryo.companies[package.company]["会社名"]
            if name != expected:
                others = "、".join(other.company for other in group if other is not package)
                text = f"金額がすべて{others}のブックと同じです（表紙は{name}）"
                yield Finding(package.company, yoryo.sheet[COVER], cell, "A04", name, expected, text)


def find_stale(packages, yoryo):
    """A06: 前期PKGの0でない明細が、ほとんど同額のまま当期の金額になっている会社。"""
    for package in packages:
        now = submitted_amounts(package)
        if package.prior is None or not now.get(yoryo.account("売上高")):
            continue
        before = {code: amount for code, amount in submitted_amounts(package.prior).items() if amount}
        same = sum(now.get(code) == amount for code, amount in before.items())
        if same >= yoryo.tolerance["K9"] * len(before):
            text = f"前期PKGの{len(before)}明細のうち{same}明細が同額です"
            yield Finding(package.company, yoryo.sheet[BS], "", "A06", same, 0, text)


def excluded_companies(findings, yoryo):
    """修正後に含めない会社: 処理が「除外」の検査に当たる会社。"""
    return {finding.company for finding in findings if treatment(yoryo, finding.check) == "除外"}


# ---------------------------------------------------------------- 提出値


def submitted_amounts(package):
    """科目コード→提出値。明細科目だけ。承認済みの追加科目は集計先科目に加える。"""
    by_sheet = {number: package.amounts(number, column) for number, column in CURRENT.items()}
    homes = {code: row["集計先科目"] for code, row in package.yoryo.added_accounts.items()}
    return gather_details(by_sheet, homes, package.yoryo)


def gather_details(by_sheet, homes, yoryo):
    """明細科目の金額。homes にある科目は、その先の科目に加える。"""
    amounts = defaultdict(Decimal)
    for sheet_amounts in by_sheet.values():
        for code, amount in sheet_amounts.items():
            account = homes.get(code, code)
            if yoryo.is_detail(account):
                amounts[account] += amount
    return dict(amounts)


# ---------------------------------------------------------------- 修正後


class Corrected:
    """1社の修正後の金額と、修正の根拠（異常一覧の行）。"""

    def __init__(self, package):
        self.package, self.yoryo, self.company = package, package.yoryo, package.company
        self.findings = []
        self.scale = self._find_scale()  # A09: ブック全体を何で割るか
        self._by_sheet = {
            number: {code: amount / self.scale for code, amount in package.amounts(number, column).items()}
            for number, column in CURRENT.items()
        }
        for number in CURRENT:
            self._check_totals(number)
        self._check_quarters()
        homes = {code: row["集計先科目"] for code, row in self.yoryo.added_accounts.items()}
        homes |= self._place_unknown_accounts()
        self.amounts = gather_details(self._by_sheet, homes, self.yoryo)

    def get(self, *accounts):
        """修正後の金額（ブックの金額単位）の合計。"""
        return sum((self.amounts.get(account, Decimal(0)) for account in accounts), Decimal(0))

    def opening(self, account):
        """前期末の金額。"""
        return self.figure(BS, account, OPENING)

    def change(self, account):
        """前期末からの増減。"""
        return self.get(account) - self.opening(account)

    def figure(self, number, code, column):
        """様式の1行の金額。行がなければ0。"""
        row = self.package.row(number, code)
        return self.package.amount(row, column) / self.scale if row else Decimal(0)

    def total(self, statement, side):
        """表（BS・PL）の明細の合計。side は正常残高（借方・貸方）。"""
        accounts = self.yoryo.details(statement)
        return self.get(*(code for code in accounts if self.yoryo.accounts[code]["正常残高"] == side))

    def total_of(self, number, code):
        """合計科目の金額を、合計式に従って明細から計算する。"""
        if self.yoryo.is_detail(code):
            return self._by_sheet[number][code]
        parts = self._parts(self.yoryo.accounts[code]["合計式"], self._by_sheet[number])
        return sum(sign * self.total_of(number, part) for part, sign in parts.items())

    def report(self, number, row, column, check, reported, expected, text):
        if check in self.yoryo.checks:
            sheet, cell = self.yoryo.sheet[number], row.cell(column)
            self.findings.append(Finding(self.company, sheet, cell, check, reported, expected, text))

    def _find_scale(self):
        """A09: 前期PKGの何百倍・何千倍にもなっている明細が大半なら、ブック全体の桁誤り。"""
        package, yoryo = self.package, self.yoryo
        if "A09" not in yoryo.checks or package.prior is None:
            return Decimal(1)
        column = CURRENT[BS]
        before, now = package.prior.amounts(BS, column), package.amounts(BS, column)
        ratios = [abs(now[code] / before[code]) for code in yoryo.details("BS") if before.get(code)]
        fitting = [ratio for ratio in ratios if yoryo.tolerance["K7"] <= ratio <= yoryo.tolerance["K8"]]
        share = Decimal(re.search("([0-9]+)%以上", yoryo.checks["A09"]["判定"])[1]) / 100
        if not ratios or len(fitting) < share * len(ratios):
            return Decimal(1)
        assets = yoryo.account("資産合計")
        text = f"{len(fitting)}科目で前期PKGの{yoryo.tolerance['K7']}倍以上です（1000で割って集計）"
        expected = now[assets] / THOUSAND
        self.report(BS, package.row(BS, assets), column, "A09", now[assets], expected, text)
        return THOUSAND

    def _check_totals(self, number):
        """B02 1行の桁ずれ、B03 符号誤り、B04 合計の不一致。B02・B03は金額も直す。"""
        amounts, column = self._by_sheet[number], CURRENT[number]
        fixes = {}
        for code, account in self.yoryo.accounts.items():
            if account["種別"] != "合計" or code not in amounts:
                continue
            parts = self._parts(account["合計式"], amounts)
            cells = [self.package.row(number, line).cell(column) for line in (code, *parts)]
            if any((number, cell) in self.package.errors for cell in cells):
                continue  # エラー値を含む合計は判定しない
            expected = sum(sign * amounts[line] for line, sign in parts.items())
            gap = expected - amounts[code]
            allowed = (len(parts) - 1) * self.yoryo.tolerance.get("K4", Decimal(0))
            if abs(gap) > allowed:
                cause = self._explain(gap, allowed, parts, amounts)
                if cause:
                    fixes[cause[0]] = cause
                else:
                    text = f"{account['科目名']}が内訳の合計と{money(-gap)}異なります"
                    row = self.package.row(number, code)
                    self.report(number, row, column, "B04", amounts[code], expected, text)
        for line, check, fixed, text in fixes.values():
            row = self.package.row(number, line)
            self.report(number, row, column, check, amounts[line], fixed, f"{row.text('科目')}の{text}")
            amounts[line] = fixed

    def _check_quarters(self):
        """D04: 当期累計が、前期PKG（前四半期）の当期累計と当四半期の合計と一致しない。金額も直す。"""
        package, column = self.package, CURRENT[PL]
        if package.prior is None or "第1四半期" in package.fields(COVER)["対象期"][0]:
            return
        before, amounts = package.prior.amounts(PL, column), self._by_sheet[PL]
        right = {code: before[code] + self.figure(PL, code, "当四半期") for code in self.yoryo.details("PL")}
        wrong = [code for code, amount in right.items() if amounts.get(code, amount) != amount]
        if wrong:
            sales = self.yoryo.account("売上高")
            code = sales if sales in wrong else wrong[0]
            text = f"{len(wrong)}明細の当期累計が、前四半期の累計と当四半期の合計と一致しません"
            row = package.row(PL, code)
            self.report(PL, row, column, "D04", amounts[code], right[code], text)
            amounts.update({code: right[code] for code in wrong})

    def _parts(self, formula, amounts):
        """合計式の内訳 {コード: 符号}。「〜」は、合計科目を除いて範囲の行をすべて含む。"""
        if "〜" in formula:
            first, last = formula.split("〜")
            totals = {code for code, row in self.yoryo.accounts.items() if row["種別"] == "合計"}
            return {code: 1 for code in amounts if first <= code <= last and code not in totals}
        return {code: -1 if sign == "-" else 1 for sign, code in re.findall("([+-]?)([0-9]+)", formula)}

    def _explain(self, gap, allowed, parts, amounts):
        """差を説明する内訳の1行: (コード, 検査番号, 直した金額, 説明)。なければ None。"""
        for check, factor in (("B02", DIGIT_SHIFT), ("B03", SIGN_FLIP)):
            for line, sign in parts.items() if check in self.yoryo.checks else ():
                if abs(gap - factor * sign * amounts[line]) <= allowed:
                    if check == "B02":
                        return line, check, amounts[line] / THOUSAND, "桁がずれています（1000で割って集計）"
                    return line, check, -amounts[line], "符号が逆です（符号を直して集計）"
        return None

    def _place_unknown_accounts(self):
        """B06: 勘定科目にも追加科目にもない科目コード→加える先の科目（検査一覧の処理による）。"""
        if "B06" not in self.yoryo.checks:
            return {}
        rules = dict(re.findall("([0-9]+)xxは([0-9]+)", self.yoryo.checks["B06"]["処理"]))
        homes = {}
        for number in CURRENT:
            for row in self.package.rows(number):
                if row.code in self.yoryo.accounts or row.code in self.yoryo.added_accounts:
                    continue
                home = next((to for head, to in rules.items() if row.code.startswith(head)), "")
                text = f"勘定科目にない科目「{row.text('科目')}」があります"
                text += f"（{home}に加算）" if home else "（加える先がないため含めない）"
                self.report(number, row, "コード", "B06", row.code, home, text)
                homes[row.code] = home
        return homes


def correct_all(packages, excluded):
    """会社コード→修正後。除外会社は含めない。"""
    return {code: Corrected(package) for code, package in packages.items() if code not in excluded}
