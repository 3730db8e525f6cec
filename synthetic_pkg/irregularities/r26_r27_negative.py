"""R26: negative inventory. R27: negative cash. Trap: an overdraft shown as a loan, with no cash left.

The cash went to those outside the group whom the company owed: part of each of DEBTS.
"""

from __future__ import annotations

import random

from synthetic_pkg.chart import CASH, SHORT_LOANS
from synthetic_pkg.irregularities.base import Kind, areas, check, line, money, report, trap
from synthetic_pkg.layout import CURRENT, cell
from synthetic_pkg.schedules import LONG, SHORT, Borrowing
from synthetic_pkg.world import Book, Reported, World

MATERIALS, PRODUCTS = "1108", "1106"
DEBTS = ("2101", "2102", "2103", "2107", "2108", "2111", "2114")  # that no schedule but 08 repeats
PAID_PERCENT = 75  # of each at most
BEYOND_PERCENT = (102, 110)  # of the cash, that is paid in all
SMALLEST = 100  # book units


def _shift(book: Book, from_: str, to: str, amount: int) -> None:
    """Move an amount between two lines of the reported balance sheet; schedules keep the ledger's figures."""
    for code, change in ((from_, -amount), (to, amount)):
        value = book.ledger.closing[code] + change
        book.reported[("03", code, CURRENT)] = Reported(value, kept=True)
        book.edits.number[("03", cell("03", code, CURRENT))] = value


def _used_up(book: Book, amount: int) -> None:
    """05 names the same stocks: more materials went into more products, and the cost of sales stays."""
    made = book.schedules.manufacturing
    if made:
        made["MC12"] += amount
        made["MC62"] -= amount


def plant_inventory(world: World, count: int, rng: random.Random) -> None:
    def fits(book: Book) -> bool:
        return book.ledger.closing[MATERIALS] >= SMALLEST and book.ledger.closing[PRODUCTS] >= SMALLEST

    for number, book in enumerate(world.pick("R26", count, rng, fits), start=1):
        amount = book.ledger.closing[MATERIALS] * rng.randint(108, 140) // 100
        _shift(book, MATERIALS, PRODUCTS, amount)
        _used_up(book, amount)
        after = book.reported[("03", MATERIALS, CURRENT)].value
        place = ("03", cell("03", MATERIALS, CURRENT))
        why = f"{line(MATERIALS)} が {money(book, after)} でマイナス（払出しの過大計上）"
        report(world, INVENTORY, number, book, place, (after, "0以上"), why)


def _payable(book: Book) -> dict[str, int]:
    """What can be paid of each debt: part of what is owed outside the group."""
    closing = book.ledger.closing
    inside = {code: sum(row.amount for row in book.rows if row.code == code) for code in DEBTS}
    return {code: max(0, closing[code] - inside[code]) * PAID_PERCENT // 100 for code in DEBTS}


def _can_be_spent(book: Book) -> bool:
    cash = book.ledger.closing[CASH]
    return cash >= SMALLEST and sum(_payable(book).values()) * 100 > cash * (BEYOND_PERCENT[1] + 1)


def _overpay(book: Book, rng: random.Random) -> int:
    """Pay debts with more than all cash. Gives what is missing, which the caller shows as one line or another."""
    closing, limits = book.ledger.closing, _payable(book)
    spent = closing[CASH] * rng.randint(*BEYOND_PERCENT) // 100
    parts = {code: spent * limit // sum(limits.values()) for code, limit in limits.items()}
    parts[max(limits, key=lambda code: limits[code])] += spent - sum(parts.values())
    for code, part in parts.items():
        closing[code] -= part
    missing = spent - closing[CASH]
    closing[CASH] = 0
    book.comments[("03", CASH)] = "期末に支払が集中したことによる減少"
    book.schedules.time_deposits = (book.schedules.time_deposits[0], 0)
    return missing


def plant_cash(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R27", count, rng, _can_be_spent), start=1):
        after = book.ledger.closing[CASH] = -_overpay(book, rng)
        why = f"{line(CASH)} が {money(book, after)} でマイナス（支払の過大計上。当座借越なら短期借入金に計上する）"
        report(world, NEGATIVE_CASH, number, book, ("03", cell("03", CASH, CURRENT)), (after, "0以上"), why)


def _bank_loan(book: Book) -> Borrowing | None:
    """A loan from a bank, the short-term one first: whoever grants it grants the overdraft."""
    return next((r for r in book.schedules.borrowings if r.kind in (SHORT, LONG) and not r.partner), None)


def plant_overdraft(world: World, count: int, rng: random.Random) -> None:
    fits = lambda book: bool(_bank_loan(book)) and _can_be_spent(book)  # noqa: E731
    for number, book in enumerate(world.pick("R27-trap", count, rng, fits), start=1):
        bank, overdraft = _bank_loan(book), _overpay(book, rng)
        assert bank
        book.ledger.closing[SHORT_LOANS] += overdraft
        contracts = book.schedules.borrowings
        contracts.insert(
            contracts.index(bank) + (bank.kind == SHORT),
            Borrowing(
                SHORT, "", f"{bank.lender}当座借越", bank.rate_bp, 0, overdraft, 0, overdraft, "随時返済"
            ),
        )
        book.comments[("03", SHORT_LOANS)] = "当座借越を含む"
        why = f"現金及び預金は0で、当座借越 {money(book, overdraft)} は短期借入金に計上されており、マイナスではない"
        trap(world, NEGATIVE_CASH, number, book.company.code, why)


INVENTORY = Kind(
    id="R26",
    title="棚卸資産のマイナス",
    treatment="keep",
    plant=plant_inventory,
    checks=(check("B07"),),
    areas=areas("statements"),
)
NEGATIVE_CASH = Kind(
    id="R27",
    title="現金のマイナス",
    treatment="keep",
    plant=plant_cash,
    checks=(check("B08"),),
    trap_id="R27-trap",
    plant_traps=plant_overdraft,
    areas=areas("statements", "cash"),
    trap_areas=areas("statements", "cash"),
)
