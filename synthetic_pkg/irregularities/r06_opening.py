"""R06: 前期末 differs from the archived book. Trap: restated, and the comment says so."""

from __future__ import annotations

import random

from synthetic_pkg.irregularities.base import Kind, areas, check, line, money, report, sheet_name, trap
from synthetic_pkg.layout import EARLIER, cell
from synthetic_pkg.world import Book, World

LINES = ("1109", "1110", "1112", "1113", "1403", "1406")
SMALLEST = 200  # book units
RESTATED = "遡及修正"


def _two_lines(book: Book) -> list[str]:
    return [code for code in LINES if book.ledger.opening[code] >= SMALLEST]


def _move(book: Book, rng: random.Random, comment: str = "") -> tuple[str, str, int]:
    """Shift part of one opening balance to another line, so that the totals stay. Gives both and the amount."""
    giving, taking = rng.sample(_two_lines(book), 2)
    opening = book.ledger.opening
    amount = opening[giving] * rng.randint(4, 15) // 100 + rng.randint(1, 9)
    for code, change in ((giving, -amount), (taking, amount)):
        book.edits.number[("03", cell("03", code, EARLIER))] = opening[code] + change
        if comment:
            book.comments[("03", code)] = comment
    return giving, taking, amount


def plant(world: World, count: int, rng: random.Random) -> None:
    picked = world.pick("R06", count, rng, lambda book: len(_two_lines(book)) >= 2)
    for number, book in enumerate(picked, start=1):
        giving, taking, amount = _move(book, rng)
        before = book.ledger.opening[giving]
        why = f"前期末の {line(giving)} と {line(taking)} が前期PKGと {money(book, amount)} ずつ異なる"
        place, values = ("03", cell("03", giving, EARLIER)), (before - amount, before)
        other = f"{sheet_name('03')} {cell('03', taking, EARLIER)}（{line(taking)}）にも同じ差があり、2行に書いてもよい"
        report(world, KIND, number, book, place, values, why, as_ruled=other)


def plant_traps(world: World, count: int, rng: random.Random) -> None:
    picked = world.pick("R06-trap", count, rng, lambda book: len(_two_lines(book)) >= 2)
    for number, book in enumerate(picked, start=1):
        _move(book, rng, f"{RESTATED}（表示方法の変更による組替え）")
        why = f"前期末は前期PKGと異なるが、コメントに「{RESTATED}」とある"
        trap(world, KIND, number, book.company.code, why)


KIND = Kind(
    id="R06",
    title="前期末の不一致",
    treatment="keep",
    plant=plant,
    checks=(check("D01"),),
    trap_id="R06-trap",
    plant_traps=plant_traps,
    areas=areas("statements"),
    trap_areas=areas("statements"),
)
