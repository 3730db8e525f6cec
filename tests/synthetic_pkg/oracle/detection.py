"""Every row of 異常一覧.csv: the checks of 検査一覧, run in the order that 要領 gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import replace
from fractions import Fraction

from .books import BS, COVER, CURRENT, PL, Book
from .ratio_checks import RATIO_CHECKS
from .reading import decimal
from .schedule_checks import SCHEDULE_CHECKS
from .totals import Oracle, Pair

Reported = tuple[str, str, str, str]  # company, check id, sheet, cell
REQUIRED = [
    "会社コード",
    "会社名",
    "対象期",
    "決算日",
    "報告通貨",
    "単位",
    "提出版数",
    "提出日",
    "作成",
    "承認",
]
INVENTORY = ("1106", "1107", "1108")


class Detection:
    """anomalies() of an Oracle's books; an intercompany mismatch is reported at both of its companies."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle, self.rules = oracle, oracle.rules

    def anomalies(self) -> set[Reported]:
        rows: set[Reported] = set()
        for company in self.rules.companies:
            if company in self.oracle.excluded:
                check, sheet, cell = self.oracle.excluded[company]
                missing = self.oracle.books[company].missing if check == "A02" else [sheet]
                rows |= {(company, check, name, cell) for name in missing}
            if len(self.oracle.versions.get(company, [])) > 1:
                rows.add((company, "A03", COVER, ""))
        for company, book in self.oracle.kept.items():
            rows |= {(company, *found) for found in _of_one_book(book)}
        rows |= set(self._intercompany())
        return {row for row in rows if row[1] in self.rules.checks}

    def _intercompany(self) -> Iterator[Reported]:
        for (creditor, debtor, _, currency), pair in self.oracle.pairs().items():
            if self._mismatch(pair, currency):
                sheet = pair.rule["シート名"]
                check = "C01" if sheet == "08_債権債務" else "C02"
                for company, rows in ((creditor, pair.creditor), (debtor, pair.debtor)):
                    for row in rows:
                        yield company, check, sheet, row.cell

    def _mismatch(self, pair: Pair, currency: str) -> bool:
        if any("未達" in row.note for row in pair.creditor + pair.debtor):
            return False
        column = "期末日レート" if pair.rule["差異科目"] == "2901" else "期中平均レート"
        rate = decimal(self.rules.rates[(currency, "3")][column]) / 1000
        claim = sum((row.tx_amount for row in pair.creditor), Fraction(0)) * rate
        debt = sum((row.tx_amount for row in pair.debtor), Fraction(0)) * rate
        tolerance = max(self.rules.tolerance["K2"], max(claim, debt) * self.rules.tolerance["K3"])
        return abs(claim - debt) > tolerance


Found = Iterator[tuple[str, str, str]]  # check, sheet, cell


def _of_one_book(book: Book) -> Found:
    for run in (*BOOK_CHECKS, *SCHEDULE_CHECKS, *RATIO_CHECKS):
        yield from run(book)


def uncorrected(oracle: Oracle, company: str, check: str) -> set[Reported]:
    """What the book shows to a reader who leaves out one check and the correction that belongs to it."""
    rules = copy(oracle.rules)
    rules.checks = rules.checks - {check}
    book = replace(oracle.books[company], rules=rules)
    return {(company, *found) for found in _of_one_book(book) if found[0] in rules.checks}


def check_cover(book: Book) -> Found:
    """A05, A07 and A08."""
    master = book.rules.companies[book.company]
    if book.on_cover("会社コード") != book.company:
        yield "A05", COVER, book.cover["会社コード"][1]
    currency, note = book.on_cover("報告通貨"), master.get("備考", "")
    if currency and currency != master["通貨"] and f"通貨略号を{currency}から" not in note:
        yield "A07", COVER, book.cover["報告通貨"][1]
    for label in REQUIRED:
        if book.on_cover(label) == "":
            yield "A08", COVER, book.cover[label][1]
    employees, cell = book.sheets["01_会社概要"].fields()["従業員数"]
    if str(employees).strip() == "" and book.fixed.get("4101", Fraction(0)) != 0:
        yield "A08", "01_会社概要", cell
    for sheet in (BS, PL):
        for line in book.lines.get(sheet, {}).values():
            for title in list(line.columns)[3:6]:
                if not line.is_figure(title) and line.address(title) not in book.sheets[sheet].errors:
                    yield "A08", sheet, line.address(title)


def check_scale(book: Book) -> Found:
    """A09."""
    if book.scale != 1:
        yield "A09", BS, book.lines[BS]["1999"].address("当四半期末")


def check_balance(book: Book) -> Found:
    """B01, on the fixed figures."""
    if BS in book.sheets and abs(book.imbalance()) > book.rules.tolerance["K1"]:
        yield "B01", BS, ""


def check_footings(book: Book) -> Found:
    """B02, B03 and B04."""
    for sheet in (BS, PL):
        for footing in book.footings(sheet):
            yield footing.check, sheet, footing.cell


def check_errors(book: Book) -> Found:
    """B05: within the form only."""
    for sheet in (BS, PL):
        if sheet not in book.sheets:
            continue
        left = book.sheets[sheet].start
        assert left
        columns = {chr(65 + left[1] + i) for i in range(7)}
        inside = [cell for cell in book.sheets[sheet].errors if cell.rstrip("0123456789") in columns]
        if inside:
            yield "B05", sheet, inside[0]


def check_accounts(book: Book) -> Found:
    """B06."""
    for sheet in (BS, PL):
        for code in set(book.unknown_accounts()) & book.lines.get(sheet, {}).keys():
            yield "B06", sheet, book.lines[sheet][code].address("コード")


def check_negatives(book: Book) -> Found:
    """B07 and B08."""
    for check, codes in (("B07", INVENTORY), ("B08", ("1101",))):
        for code in codes:
            if book.fixed.get(code, Fraction(0)) < 0:
                yield check, BS, book.lines[BS][code].address(CURRENT[BS])


def check_partners(book: Book) -> Found:
    """C03."""
    for row in book.dealings():
        if row.partner not in book.rules.all_companies:
            yield "C03", row.sheet, row.partner_cell


def check_opening(book: Book) -> Found:
    """D01: against the archived book."""
    if not book.prior or BS not in book.sheets or book.scale != 1:
        return
    before, now = book.prior[BS].by_code(), book.figures(BS, "前期末")
    for code in book.rules.details("BS"):
        line = book.lines[BS][code]
        if now[code] != before[code].figure(book.archived_column) and "遡及修正" not in line.text("コメント"):
            yield "D01", BS, line.address("前期末")


def check_comments(book: Book) -> Found:
    """D02 and D03."""
    if BS not in book.sheets:
        return
    rules = book.rules
    factor = rules.unit(book.company) * rules.rate(book.company, "期末日レート") / 1000
    opening = book.opening()
    for code in rules.details("BS"):
        line = book.lines[BS][code]
        comment, before = line.text("コメント"), opening[code]
        change = book.fixed[code] - before
        if (
            "D02" in rules.checks
            and book.prior
            and not comment
            and _is_large(book, change * factor, change, before)
        ):
            yield "D02", BS, line.address("コメント")
        if (comment.endswith("増加") and change < 0) or (comment.endswith("減少") and change > 0):
            yield "D03", BS, line.address("コメント")


def _is_large(book: Book, thousand_yen: Fraction, change: Fraction, before: Fraction) -> bool:
    amount, share = book.rules.tolerance["K5"], book.rules.tolerance["K6"]
    return abs(thousand_yen) >= amount and abs(change) >= share * abs(before)


BOOK_CHECKS: tuple[Callable[[Book], Found], ...] = (
    check_cover,
    check_scale,
    check_balance,
    check_footings,
    check_errors,
    check_accounts,
    check_negatives,
    check_partners,
    check_opening,
    check_comments,
)
