"""R19: a row with an account that the chart does not have. Trap: one that 要領 approves."""

from __future__ import annotations

import random

from synthetic_pkg.answers import Symptom
from synthetic_pkg.comments import NEUTRAL
from synthetic_pkg.edits import InsertedRow
from synthetic_pkg.irregularities.base import Kind, areas, check, money, report, trap
from synthetic_pkg.irregularities.r04_one_side import BALANCE
from synthetic_pkg.layout import CURRENT, cell, rows_by_code
from synthetic_pkg.world import Book, Reported, World

SMALLEST = 200  # book units
# code, name, Account, the account it belongs to; the row stands below that account
ADDED = (("1117", "仮払金", "Suspense payments", "1113"), ("1407", "保険積立金", "Insurance funds", "1406"))
APPROVED = (
    ("1115", "立替金", "Advances paid", "1113"),
    ("1408", "長期前払費用", "Long-term prepaid", "1406"),
)
Added = tuple[str, str, str, str]


def _large_enough(book: Book) -> list[str]:
    return [home for *_, home in ADDED if book.ledger.closing[home] >= SMALLEST]


def _insert(book: Book, added: Added, rng: random.Random) -> tuple[int, str]:
    """Split part of an account off into a row of its own. Gives the amount and the cell of its code."""
    code, name, english, home = added
    amount = book.ledger.closing[home] * rng.randint(30, 60) // 100
    row = rows_by_code("03")[home]
    rest = book.ledger.closing[home] - amount
    opening = book.ledger.opening[home]
    book.edits.number[("03", cell("03", home, CURRENT))] = rest
    book.edits.inserted["03"] = InsertedRow(row, (code, name, english, 0, amount, amount, NEUTRAL))
    book.edits.number[("07", cell("07", home, "C"))] = book.ledger.closing[home] - opening  # of both rows
    return amount, f"A{row + 1}"


def plant(world: World, count: int, rng: random.Random) -> None:
    picked = world.pick("R19", count, rng, lambda book: bool(_large_enough(book)))
    for number, book in enumerate(picked, start=1):
        added = rng.choice([a for a in ADDED if a[3] in _large_enough(book)])
        code, name, _, home = added
        amount, address = _insert(book, added, rng)
        rest = book.ledger.closing[home] - amount
        book.reported[("03", home, CURRENT)] = Reported(rest, kept=False)
        also = [Symptom(company=book.company.code, check_ids=[BALANCE.id])]
        why = f"勘定科目にない {code} {name}（{money(book, amount)}）の行が追加されている"
        report(world, KIND, number, book, ("03", address), (code, home), why, also=also)


def plant_approved(world: World, count: int, rng: random.Random) -> None:
    picked = world.pick("R19-trap", count, rng, lambda book: bool(_large_enough(book)))
    for number, book in enumerate(picked, start=1):
        added = rng.choice([a for a in APPROVED if a[3] in _large_enough(book)])
        _insert(book, added, rng)
        trap(
            world, KIND, number, book.company.code, f"{added[0]} {added[1]} は要領の追加科目で承認されている"
        )


KIND = Kind(
    id="R19",
    title="勘定科目にない科目",
    treatment="fix",
    plant=plant,
    checks=(check("B06"),),
    trap_id="R19-trap",
    plant_traps=plant_approved,
    areas=areas("statements", "form"),
    trap_areas=areas("statements", "form"),
)
