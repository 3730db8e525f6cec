"""R26: negative inventory. R27: negative cash. Trap: an overdraft shown as a loan, with no cash left."""

from __future__ import annotations

import random

from synthetic_pkg.chart import CASH, SHORT_LOANS
from synthetic_pkg.irregularities.base import Kind, areas, check, line, money, report, trap
from synthetic_pkg.layout import CURRENT, cell
from synthetic_pkg.world import Book, Reported, World

MATERIALS, PRODUCTS = "1108", "1106"
RECEIVABLE = "1113"
SMALLEST = 100  # book units


def _shift(book: Book, from_: str, to: str, amount: int) -> None:
    """Move an amount between two lines of the reported balance sheet; schedules keep the ledger's figures."""
    for code, change in ((from_, -amount), (to, amount)):
        value = book.ledger.closing[code] + change
        book.reported[("03", code, CURRENT)] = Reported(value, kept=True)
        book.edits.number[("03", cell("03", code, CURRENT))] = value


def plant_inventory(world: World, count: int, rng: random.Random) -> None:
    def fits(book: Book) -> bool:
        return book.ledger.closing[MATERIALS] >= SMALLEST and book.ledger.closing[PRODUCTS] >= SMALLEST

    for number, book in enumerate(world.pick("R26", count, rng, fits), start=1):
        before = book.ledger.closing[MATERIALS]
        _shift(book, MATERIALS, PRODUCTS, before * rng.randint(108, 140) // 100)
        after = book.reported[("03", MATERIALS, CURRENT)].value
        place = ("03", cell("03", MATERIALS, CURRENT))
        why = f"{line(MATERIALS)} が {money(book, after)} でマイナス（払出しの過大計上）"
        report(world, INVENTORY, number, book, place, (after, "0以上"), why)


def plant_cash(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R27", count, rng), start=1):
        before = book.ledger.closing[CASH]
        _shift(book, CASH, RECEIVABLE, before * rng.randint(105, 130) // 100 + rng.randint(9, 90))
        after = book.reported[("03", CASH, CURRENT)].value
        why = f"{line(CASH)} が {money(book, after)} でマイナス"
        report(world, NEGATIVE_CASH, number, book, ("03", cell("03", CASH, CURRENT)), (after, "0以上"), why)


def plant_overdraft(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R27-trap", count, rng), start=1):
        closing = book.ledger.closing
        closing[RECEIVABLE] += closing[CASH]
        closing[CASH] = 0
        book.schedules.time_deposits = (book.schedules.time_deposits[0], 0)
        book.comments[("03", SHORT_LOANS)] = "当座借越を含む"
        why = "現金及び預金は0で、当座借越は短期借入金に計上されており、マイナスではない"
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
