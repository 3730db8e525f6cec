"""Every comment of a whole group is read against its own book: direction, other accounts it names, amounts.

The workbooks are read as the oracle reads them; what a phrase claims stands here once more, apart from the generator.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest

from synthetic_pkg.answers import load_answers
from synthetic_pkg.chart import accounts

BS, PL, ASSETS, LOANS = "03_BS", "04_PL", "11_固定資産増減", "13_借入金・リース"
PROVISIONS, TAXES, EQUITY, BALANCES = (
    "14_引当金・退職給付",
    "15_税金・税効果",
    "06_株主資本等変動",
    "08_債権債務",
)
COLUMNS = {BS: ("前期末", "当四半期末"), PL: ("前年同期累計", "当期累計")}
CLAIMS, DEBTS, BORROWED = ("1102", "1103", "1104", "1105"), ("2101", "2102", "2103"), ("2104", "2105", "2201")
TOTAL_OF = {"2104": "L2104", "2105": "L2201", "2201": "L2201", "2106": "L2202", "2202": "L2202"}
SECURITIES = "12_有価証券"
DISPOSED = "売却・除却・解約"
AMOUNT = re.compile(r"[0-9][0-9,]*(?=(?:千|百万)?(?:円|[A-Z]{3}))")


@dataclass
class Comment:
    """One comment, the line it stands on, and the book around it."""

    book: Any
    sheet: str
    code: str
    text: str

    def figure(self, sheet: str, code: str, title: str) -> Fraction:
        line = self.book.lines.get(sheet, {}).get(code)
        return line.figure(title) if line else Fraction(0)

    def move(self, *codes: str) -> Fraction:
        """By how much accounts rose together."""
        total = Fraction(0)
        for code in codes or (self.code,):
            sheet = BS if code < "4" else PL
            before, after = COLUMNS[sheet]
            total += self.figure(sheet, code, after) - self.figure(sheet, code, before)
        return total

    def asset(self, title: str) -> Fraction:
        return self.figure(ASSETS, self.code, title)

    def loan(self, title: str) -> Fraction:
        return self.figure(LOANS, TOTAL_OF[self.code], title)

    def kinds_of_securities(self) -> set[str]:
        return {line.text("区分") for line in self.book.sheets[SECURITIES].lines()}

    def half_by_value(self) -> bool:
        """Most of a movement of securities is one of their value."""
        return self.code != "1401" or 2 * abs(self.move("3201")) >= abs(self.move("1401"))

    def archived_move(self) -> Fraction:
        line = self.book.prior[BS].by_code()[self.code]
        return line.figure("当四半期末") - line.figure("前期末")


def rose(*codes: str) -> Callable[[Comment], bool]:
    return lambda c: c.move(*codes) > 0


def fell(*codes: str) -> Callable[[Comment], bool]:
    return lambda c: c.move(*codes) < 0


PHRASES: dict[str, Callable[[Comment], bool]] = {
    r"増加$": rose(),
    r"減少$|販売減$": fell(),
    r"売上代金の入金": fell(*CLAIMS),
    r"短期借入の実行": rose("2104"),
    r"仕入代金の支払が翌月": rose(*DEBTS),
    r"^納税": fell("2109"),
    r"^賞与の支給": fell("2112"),
    r"借入金の返済": fell(*BORROWED),
    r"仕入代金の支払による": fell(*DEBTS),
    r"電子記録債権への切替え": rose("1103"),
    r"手形からの切替え": fell("1102"),
    r"出荷が減った|売上の減少|生産調整による販売減": fell("4101"),
    r"売上の増加|出荷増": rose("4101"),
    r"仕入が減った": fell("5101"),
    r"時価が前期末を上回|時価上昇": lambda c: c.move("1401") > 0 < c.move("3201") and c.half_by_value(),
    r"時価が前期末を下回": lambda c: c.move("1401") < 0 > c.move("3201") and c.half_by_value(),
    r"長期借入への借換え": rose("2201"),
    r"長期借入金からの振替": fell("2201"),
    r"1年内返済予定への振替": lambda c: c.move({"2201": "2105", "2202": "2106"}[c.code]) > 0,
    r"1年内返済予定分の振替": fell("2202"),
    r"借入残高の増加": rose(*BORROWED),
    r"借入残高の減少": fell(*BORROWED),
    r"貸付残高の増加": rose("1111"),
    r"貸付残高の減少": fell("1111"),
    r"税引前利益の増加": rose("8299"),
    r"税引前利益の減少": fell("8299"),
    r"償却が(取得|新規契約)を上回|定額償却": lambda c: (
        -c.asset("減価償却") > c.asset("取得") + c.asset("振替")
    ),
    r"一時的な増加の反動": lambda c: c.archived_move() > 0,
    r"一時的な減少の反動": lambda c: c.archived_move() < 0,
    r"設備代金|設備[0-9]件の検収|設備売却代金": lambda c: (
        c.code == "1101" and c.figure(ASSETS, "FA99", "取得") > 0  # 07 has the others in operating activities
    ),
    r"銘柄の償還": lambda c: "その他有価証券（非上場）" in c.kinds_of_securities(),
    r"グループ内の資金融通": lambda c: any(row.label == "短期貸付金" for row in c.book.dealings()),
    r"建屋の売却|設備[0-9]台の売却": lambda c: -c.asset(DISPOSED) > c.figure(PL, "8201", "当期累計"),
    r"除却|解約": lambda c: 0 < -c.asset(DISPOSED) <= c.figure(PL, "8201", "当期累計"),
    r"約定返済（": lambda c: -c.loan("返済") <= c.figure(BS, "2105", "前期末"),
    r"期限前返済": lambda c: -c.loan("返済") > c.figure(BS, "2105", "前期末"),
    r"税額控除": lambda c: c.figure(TAXES, "TX21", "金額") < 0,
    r"回収可能性の見直し": lambda c: c.figure(TAXES, "TX22", "金額") > 0,
    r"課税所得の計上": lambda c: c.figure(PL, "8301", "当期累計") > 0,
    r"自己株式の処分": rose(),
    r"単元未満株式の買取り": fell(),
}
AMOUNTS: dict[str, Callable[[Comment], Fraction]] = {
    r"建設仮勘定からの振替": lambda c: c.asset("振替"),
    r"本勘定への振替": lambda c: -c.asset("振替"),
    r"除却|解約|売却": lambda c: -c.asset(DISPOSED),
    r"借入（": lambda c: c.loan("借入・新規"),
    r"返済（|リース料の支払": lambda c: -c.loan("返済"),
    r"繰入（|見積りの見直し": lambda c: (
        c.figure(PROVISIONS, c.code, "繰入（販管費等）") + c.figure(PROVISIONS, c.code, "繰入（製造原価）")
    ),
    r"支給（|支給に|取崩し（|への支給（": lambda c: -c.figure(PROVISIONS, c.code, "目的使用"),
    r"納付（": lambda c: -c.figure(TAXES, "TX52", "金額"),
    r"純利益（|純損失（": lambda c: abs(c.figure(EQUITY, "EQ20", "利益剰余金")),
    r"配当（": lambda c: -c.figure(EQUITY, "EQ30", "利益剰余金"),
}


def amount_of(comment: Comment) -> Fraction:
    """What the amount in a comment should be, by its words."""
    if comment.code in TOTAL_OF and "新規" in comment.text:
        return comment.loan("借入・新規")
    for phrase, expected in AMOUNTS.items():
        if re.search(phrase, comment.text):
            return expected(comment)
    assert comment.sheet == BS and comment.code.startswith(("12", "13")), comment.text
    return comment.asset("取得")


@pytest.fixture(scope="module")
def comments(build, oracle) -> list[Comment]:
    """Of 90 books; not those that a plant makes contradict its book, nor of a copy, which is of another's archive."""
    dataset = build(1, 90, "hard")
    anomalies = load_answers(dataset.answers_path).anomalies
    planted = {(a.company, a.cell) for a in anomalies if a.kind == "R25"}
    copies = {a.company for a in anomalies if a.kind == "R14"}
    found = []
    for company, book in oracle.Oracle(dataset.input_dir).books.items():
        for sheet in (BS, PL):
            for code, line in book.lines.get(sheet, {}).items():
                text = line.text("コメント")
                known = code in accounts() and not text.startswith("(注)")
                own = company not in copies and (company, line.address("コメント")) not in planted
                if text and known and own:
                    found.append(Comment(book, sheet, code, text))
    assert len(found) > 300
    return found


def test_no_comment_contradicts_the_figures_of_its_book(comments):
    read: Counter[str] = Counter()
    for comment in comments:
        for phrase, holds in PHRASES.items():
            if re.search(phrase, comment.text):
                assert holds(comment), (comment.book.company, comment.code, comment.text)
                read[phrase] += 1
    assert len(read) > 10 and sum(read.values()) > 200


def test_every_amount_in_a_comment_is_the_one_of_the_schedule_it_speaks_of(comments):
    read = 0
    for comment in comments:
        for amount in AMOUNT.findall(comment.text):
            assert int(amount.replace(",", "")) == amount_of(comment), (
                comment.book.company,
                comment.code,
                comment.text,
            )
            read += 1
    assert read > 30


def test_no_comment_names_another_account_without_its_claim_being_read(comments):
    names = [account.name for account in accounts().values() if account.is_detail and len(account.name) > 2]
    for comment in comments:
        own = accounts()[comment.code].name
        for name in names:
            if name in comment.text and name != own:
                phrases = [*PHRASES, *AMOUNTS]
                assert any(re.search(phrase, comment.text) for phrase in phrases), comment.text
