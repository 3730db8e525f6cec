"""報告値 and 期待値 of a reported row, as 検査一覧 defines them, worked out from the books and 要領 alone.

Figures come as Fraction, everything else as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from .books import BS, COVER, CURRENT, PL, Book, Dealing
from .ratio_checks import round_lines, tax_rate, usual_margin
from .reading import Line, decimal, text_of
from .schedule_checks import ASSETS, CASH_FLOW, EQUITY, PROVISIONS, RATES, UNREALISED, net_income
from .totals import Oracle

Value = Fraction | str
Pair = tuple[Value, Value]  # reported, expected
TEXTS = {
    "A01": ("未提出", "提出"), "A02": ("欠落", "提出"), "D02": ("", "コメント"), "E05": ("OK", "NG"),
}  # fmt: skip


def values(oracle: Oracle, check: str, company: str, sheet: str, cell: str) -> Pair:
    """What one row of 異常一覧.csv must say in 報告値 and 期待値."""
    if check in TEXTS:
        return TEXTS[check]
    if check == "A03":
        return Fraction(max(oracle.versions[company])), Fraction(1)
    book = oracle.books[company]
    if check in ("C01", "C02", "C03"):
        return _dealing(oracle, check, book, sheet, cell)
    return _BY_CHECK[check](book, sheet, cell)


def _raw(book: Book, sheet: str, cell: str) -> object:
    column, row = re.fullmatch(r"([A-Z]+)(\d+)", cell).groups()  # type: ignore[union-attr]
    number = 0
    for letter in column:
        number = 26 * number + ord(letter) - 64
    return book.sheets[sheet].rows[int(row) - 1][number - 1]


def _line(book: Book, sheet: str, cell: str) -> Line:
    row = int(cell.lstrip("ABCDEFGHIJ"))
    return next(line for line in book.lines[sheet].values() if line.number == row)


def _shown(book: Book, sheet: str, cell: str) -> Fraction:
    return _line(book, sheet, cell).figure(_title(book, sheet, cell))


def _title(book: Book, sheet: str, cell: str) -> str:
    line = _line(book, sheet, cell)
    return next(title for title in line.columns if line.address(title) == cell)


def _cover_code(book: Book, sheet: str, cell: str) -> Pair:
    return book.on_cover("会社コード"), book.company


def _cover_currency(book: Book, sheet: str, cell: str) -> Pair:
    return book.on_cover("報告通貨"), book.rules.companies[book.company]["通貨"]


def _cover_name(book: Book, sheet: str, cell: str) -> Pair:
    return book.on_cover("会社名"), book.rules.companies[book.company]["会社名"]


def _blank(book: Book, sheet: str, cell: str) -> Pair:
    wanted = "金額"
    if sheet == COVER:
        label = next(name for name, (_, at) in book.cover.items() if at == cell)
        wanted = "日付" if label.endswith("日") else "氏名"
    return text_of(_raw(book, sheet, cell)).strip(), f"値（{wanted}）"


def _stale(book: Book, sheet: str, cell: str) -> Pair:
    alike = 0
    for name, title in ((BS, "当四半期末"), (PL, "当期累計")):
        now = book.figures(name, title)
        for code, line in book.prior[name].by_code().items():
            alike += book.rules.is_detail(code) and now.get(code) == line.figure(title) != 0
    return Fraction(alike), Fraction(0)


def _thousandfold(book: Book, sheet: str, cell: str) -> Pair:
    shown = _shown(book, sheet, cell)
    return shown, shown / 1000


def _flipped(book: Book, sheet: str, cell: str) -> Pair:
    shown = _shown(book, sheet, cell)
    return shown, -shown


def _dropped(book: Book, sheet: str, cell: str) -> Pair:
    """B01: the amount with which the two sides are equal again."""
    code, shown = _line(book, sheet, cell).code, _shown(book, sheet, cell)
    return shown, shown - book.imbalance() if code < "2" else shown + book.imbalance()


def _total(book: Book, sheet: str, cell: str) -> Pair:
    line, title = _line(book, sheet, cell), CURRENT[sheet]
    parts = book.parts_sum(sheet, line.code)
    return ("#REF!" if cell in book.sheets[sheet].errors else line.figure(title)), parts


def _unknown(book: Book, sheet: str, cell: str) -> Pair:
    code = _line(book, sheet, cell).code
    return code, book.home_of(code)


def _negative(book: Book, sheet: str, cell: str) -> Pair:
    return _shown(book, sheet, cell), "0以上"


def _opening(book: Book, sheet: str, cell: str) -> Pair:
    archived = book.prior[BS].by_code()[_line(book, sheet, cell).code]
    return _shown(book, sheet, cell), archived.figure(book.archived_column)


def _comment(book: Book, sheet: str, cell: str) -> Pair:
    line = _line(book, sheet, cell)
    rose = line.figure("当四半期末") > line.figure("前期末")
    return line.text("コメント"), "増加" if rose else "減少"


def _quarter(book: Book, sheet: str, cell: str) -> Pair:
    return _shown(book, sheet, cell), book.misplaced_quarters()[_line(book, sheet, cell).code]


def _retained(book: Book, sheet: str, cell: str) -> Pair:
    return book.lines[EQUITY]["EQ90"].figure("利益剰余金"), book.fixed["3103"]


def _profit(book: Book, sheet: str, cell: str) -> Pair:
    return book.lines[EQUITY]["EQ20"].figure("利益剰余金"), net_income(book)


def _asset(book: Book, sheet: str, cell: str) -> Pair:
    line = _line(book, ASSETS, cell)
    return line.figure("期末"), book.fixed[line.code]


def _bonus(book: Book, sheet: str, cell: str) -> Pair:
    return book.lines[PROVISIONS]["2112"].figure("繰入（販管費等）"), book.fixed["6103"]


def _cash_end(book: Book, sheet: str, cell: str) -> Pair:
    lines = book.lines[CASH_FLOW]
    return sum((lines[code].figure("CF金額") for code in ("CF89", "CF91")), Fraction(0)), book.fixed["1101"]


def _stock(book: Book, sheet: str, cell: str) -> Pair:
    rows = [line.figure("期末在庫") for line in book.sheets[UNREALISED].lines() if line.code.isdigit()]
    return sum(rows, Fraction(0)), sum((book.fixed[code] for code in ("1106", "1107", "1108")), Fraction(0))


def _rate(book: Book, sheet: str, cell: str) -> Pair:
    columns = {"RT01": "期首日レート", "RT02": "期末日レート", "RT03": "期中平均レート"}
    line = _line(book, RATES, cell)
    return decimal(line.cells["使用レート"]), book.rules.rate(book.company, columns[line.code])


def _tax_rate(book: Book, sheet: str, cell: str) -> Pair:
    _, share = tax_rate(book)
    statutory = decimal(book.rules.companies[book.company]["法定実効税率"])
    allowed = f"（許容 ±{float(100 * book.rules.tolerance['K13']):g}pt）"
    return f"{float(100 * share):.2f}%", f"{float(100 * statutory):.2f}%{allowed}"


def _margin(book: Book, sheet: str, cell: str) -> Pair:
    quarter, (mean, spread) = book.figures(PL, "当四半期"), usual_margin(book)
    allowed = max(float(book.rules.tolerance["K14"]) * spread, float(book.rules.tolerance["K15"]))
    known = f"平均 {100 * mean:.2f}%（標準偏差 {100 * spread:.2f}pt、許容 ±{100 * allowed:.2f}pt）"
    return f"{float(100 * (1 - quarter['5101'] / quarter['4101'])):.2f}%", known


def _round(book: Book, sheet: str, cell: str) -> Pair:
    return Fraction(len(round_lines(book))), Fraction(0)


_BY_CHECK: dict[str, Callable[[Book, str, str], Pair]] = {
    "A04": _cover_name, "A05": _cover_code, "A06": _stale, "A07": _cover_currency, "A08": _blank,
    "A09": _thousandfold, "B01": _dropped, "B02": _thousandfold, "B03": _flipped, "B04": _total, "B05": _total,
    "B06": _unknown, "B07": _negative, "B08": _negative, "D01": _opening, "D03": _comment, "D04": _quarter,
    "E01": _retained, "E02": _profit, "E03": _asset, "E04": _bonus, "E06": _cash_end, "E07": _stock, "F01": _rate,
    "F02": _tax_rate, "F03": _margin, "F04": _round,
}  # fmt: skip


# ---------------------------------------------------------------- dealings: what the other side says


def _dealing(oracle: Oracle, check: str, book: Book, sheet: str, cell: str) -> Pair:
    """The debtor's (the buyer's) amount against the creditor's (the seller's); 0 for a row that is not there."""
    if check == "C03":
        return _wrong_partner(oracle, book, sheet, cell)
    for (creditor, debtor, _, _), pair in oracle.pairs().items():
        if pair.rule["シート名"] == sheet and book.company in (creditor, debtor):
            sides = (pair.creditor, pair.debtor)
            own = sides[book.company != creditor]
            if (cell and cell in [row.cell for row in own]) or (not cell and not own):
                return _sum(pair.debtor), _sum(pair.creditor)
    raise AssertionError((check, book.company, sheet, cell, "no such dealing"))


def _wrong_partner(oracle: Oracle, book: Book, sheet: str, cell: str) -> Pair:
    """C03: the only company that reports the other side of this amount and finds no answer here."""
    (row,) = [
        dealing for dealing in book.dealings() if (dealing.sheet, dealing.partner_cell) == (sheet, cell)
    ]
    alone = set()
    for (creditor, debtor, _, currency), pair in oracle.pairs().items():
        claims = row.label == pair.rule["債権側の科目・区分"]
        own, theirs = (pair.creditor, pair.debtor) if claims else (pair.debtor, pair.creditor)
        company, partner = (creditor, debtor) if claims else (debtor, creditor)
        labels = (pair.rule["債権側の科目・区分"], pair.rule["債務側の科目・区分"])
        unanswered = company == book.company and row.label in labels and not own
        if unanswered and currency == row.currency and _sum(theirs) == row.tx_amount:
            alone.add(partner)
    (partner,) = alone
    return row.partner, partner


def _sum(rows: list[Dealing]) -> Fraction:
    return sum((row.tx_amount for row in rows), Fraction(0))
