"""The checks of 検査一覧 that hold the schedules (sheets 05 to 18) against the statements: E and F."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from .books import BS, PL, Book
from .reading import Line, decimal

Found = Iterator[tuple[str, str, str]]  # check, sheet, cell
EQUITY, ASSETS, PROVISIONS, TAXES = (
    "06_株主資本等変動",
    "11_固定資産増減",
    "14_引当金・退職給付",
    "15_税金・税効果",
)
LOANS, SECURITIES, SELF_CHECKS, RATES = "13_借入金・リース", "12_有価証券", "02_整合性チェック", "18_換算表"
CASH_FLOW, UNREALISED = "07_CF精算", "10_棚卸未実現"


def _amount(book: Book, sheet: str, code: str, title: str) -> Fraction:
    """A figure of a schedule, fixed like the statements; 0 where the sheet or the row is not there."""
    line = book.lines.get(sheet, {}).get(code)
    return line.figure(title) / book.unit_divisor / book.scale if line else Fraction(0)


def _ties(book: Book, left: Fraction, right: Fraction) -> bool:
    return abs(left - right) <= book.rules.tolerance["K1"]


def _fixed(book: Book, *codes: str) -> Fraction:
    return sum((book.fixed.get(code, Fraction(0)) for code in codes), Fraction(0))


def check_equity(book: Book) -> Found:
    """E01 and E02."""
    lines = book.lines.get(EQUITY, {})
    closing, income = (_amount(book, EQUITY, code, "利益剰余金") for code in ("EQ90", "EQ20"))
    if lines and BS in book.sheets and not _ties(book, closing, _fixed(book, "3103")):
        yield "E01", EQUITY, lines["EQ90"].address("利益剰余金")
    if lines and PL in book.sheets and not _ties(book, income, net_income(book)):
        yield "E02", EQUITY, lines["EQ20"].address("利益剰余金")


def net_income(book: Book) -> Fraction:
    """8399, from the fixed details."""
    return sum(
        (
            book.fixed[c] * (1 if book.rules.accounts[c]["正常残高"] == "貸方" else -1)
            for c in book.rules.details("PL")
        ),
        Fraction(0),
    )


def check_assets(book: Book) -> Found:
    """E03."""
    for code, line in book.lines.get(ASSETS, {}).items():
        closing = _amount(book, ASSETS, code, "期末")
        if book.rules.is_detail(code) and BS in book.sheets and not _ties(book, closing, _fixed(book, code)):
            yield "E03", ASSETS, line.address("期末")


def check_bonuses(book: Book) -> Found:
    """E04."""
    line = book.lines.get(PROVISIONS, {}).get("2112")
    added = _amount(book, PROVISIONS, "2112", "繰入（販管費等）")
    if line and PL in book.sheets and not _ties(book, added, _fixed(book, "6103")):
        yield "E04", PROVISIONS, line.address("繰入（販管費等）")


def check_self_checks(book: Book) -> Found:
    """E05: 02 says OK although the sheets disagree."""
    if BS not in book.sheets:
        return
    loans = _amount(book, LOANS, "L2104", "期末") + _amount(book, LOANS, "L2201", "期末")
    sides = {
        "V10": (LOANS, loans, _fixed(book, "2104", "2105", "2201")),
        "V15": (TAXES, _amount(book, TAXES, "TX53", "金額"), _fixed(book, "2109")),
        "V16": (SECURITIES, _amount(book, SECURITIES, "S99", "時価・BS計上額"), _fixed(book, "1401", "1402")),
    }
    lines = book.lines.get(SELF_CHECKS, {})
    for check, (sheet, left, right) in sides.items():
        said_ok = check in lines and lines[check].text("判定") == "OK"
        if said_ok and sheet in book.sheets and not _ties(book, left, right):
            yield "E05", SELF_CHECKS, lines[check].address("判定")


def check_cash(book: Book) -> Found:
    """E06."""
    lines = book.lines.get(CASH_FLOW, {})
    if lines and BS in book.sheets:
        end = _amount(book, CASH_FLOW, "CF89", "CF金額") + _amount(book, CASH_FLOW, "CF91", "CF金額")
        explained = any(footing.check in ("B02", "B03") for footing in book.footings(BS))
        if (
            not _ties(book, end, _fixed(book, "1101"))
            and not explained
            and abs(book.imbalance()) <= book.rules.tolerance["K1"]
        ):
            yield "E06", CASH_FLOW, lines["CF89"].address("CF金額")


def check_group_stock(book: Book) -> Found:
    """E07."""
    if UNREALISED not in book.sheets or BS not in book.sheets:
        return
    rows: list[Line] = [row for row in book.sheets[UNREALISED].lines() if row.code.isdigit()]
    stock = sum((row.figure("期末在庫") for row in rows), Fraction(0)) / book.unit_divisor / book.scale
    if stock > _fixed(book, "1106", "1107", "1108") + book.rules.tolerance["K1"]:
        yield "E07", UNREALISED, ""


def check_rates(book: Book) -> Found:
    """F01."""
    columns = {"RT01": "期首日レート", "RT02": "期末日レート", "RT03": "期中平均レート"}
    for code, title in columns.items():
        line = book.lines.get(RATES, {}).get(code)
        if line and decimal(line.cells["使用レート"]) != book.rules.rate(book.company, title):
            yield "F01", RATES, line.address("使用レート")


SCHEDULE_CHECKS: tuple[Callable[[Book], Found], ...] = (
    check_equity,
    check_assets,
    check_bonuses,
    check_self_checks,
    check_cash,
    check_group_stock,
    check_rates,
)
