"""R23: the cash flow does not end at the cash of the balance sheet. R33: more group stock than stock.

Trap: the difference is time deposits, which the sheet reconciles.
"""

from __future__ import annotations

import random

from synthetic_pkg.chart import CASH
from synthetic_pkg.irregularities.base import Kind, areas, check, money, report, trap
from synthetic_pkg.layout import cell
from synthetic_pkg.world import World

END, AMOUNT = "CF89", "G"
STOCK = ("1106", "1107", "1108")
SMALLEST = 50  # book units


def plant_cash(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R23", count, rng), start=1):
        deposits = book.schedules.time_deposits[1]
        right = book.ledger.closing[CASH] - deposits
        wrong = right + max(SMALLEST, abs(right) * rng.randint(2, 9) // 100) + rng.randint(1, 30)
        place = ("07", cell("07", END, AMOUNT))
        book.edits.number[place] = wrong
        why = f"07の期末残高 {money(book, wrong)} に定期預金を加えても、03の現金及び預金と合わない"
        report(world, CASH_END, number, book, place, (wrong + deposits, right + deposits), why)


def plant_deposits(world: World, count: int, rng: random.Random) -> None:
    picked = world.pick("R23-trap", count, rng, lambda book: book.schedules.time_deposits[1] > 0)
    for number, book in enumerate(picked, start=1):
        trap(world, CASH_END, number, book.company.code, "差額は3か月超の定期預金で、07で調整されている")


def plant_stock(world: World, count: int, rng: random.Random) -> None:
    picked = world.pick("R33", count, rng, lambda book: bool(book.schedules.unrealised))
    for number, book in enumerate(picked, start=1):
        total = sum(book.ledger.closing[code] for code in STOCK)
        before = sum(row.stock for row in book.schedules.unrealised)
        row = rng.choice(book.schedules.unrealised)
        row.stock += total - before + max(SMALLEST, total * rng.randint(5, 30) // 100)
        after = sum(row.stock for row in book.schedules.unrealised)
        why = f"10のグループ内在庫 {money(book, after)} が、03の棚卸資産 {money(book, total)} を超える"
        report(world, GROUP_STOCK, number, book, ("10", ""), (after, total), why)


CASH_END = Kind(
    id="R23",
    title="現金の期末残高の不一致",
    treatment="keep",
    plant=plant_cash,
    checks=(check("E06"),),
    trap_id="R23-trap",
    plant_traps=plant_deposits,
    areas=areas("cash", "statements"),
    trap_areas=areas("cash", "statements"),
)
GROUP_STOCK = Kind(
    id="R33",
    title="グループ内在庫の超過",
    treatment="keep",
    plant=plant_stock,
    checks=(check("E07"),),
    areas=areas("stock", "statements"),
)
