"""R10: sheet 18 shows a rate that is not the group's. Trap: a December company with the rates of its own dates."""

from __future__ import annotations

import random

from synthetic_pkg.irregularities.base import Kind, areas, check, report, trap
from synthetic_pkg.layout import cell
from synthetic_pkg.rates import MICRO
from synthetic_pkg.world import Book, World

RATE_COLUMN = "E"
CLOSING_ROW, AVERAGE_ROW = "RT02", "RT03"


def _swapped(world: World, book: Book) -> list[tuple[str, int, int, str]]:
    """(row, wrong rate, right rate, why) of mistakes that can be told from the right rate."""
    rate = world.rates[(book.company.currency, book.company.year_end)]
    mistakes = [
        (CLOSING_ROW, rate.average, rate.closing, "期末日レートに期中平均レートを使用"),
        (AVERAGE_ROW, rate.closing, rate.average, "期中平均レートに期末日レートを使用"),
        (CLOSING_ROW, rate.previous, rate.closing, "期末日レートに前四半期末のレートを使用"),
    ]
    return [m for m in mistakes if m[1] != m[2]]


def plant(world: World, count: int, rng: random.Random) -> None:
    def fits(book: Book) -> bool:
        return book.company.overseas and bool(_swapped(world, book))

    for number, book in enumerate(world.pick("R10", count, rng, fits), start=1):
        row, wrong, right, text = rng.choice(_swapped(world, book))
        place = ("18", cell("18", row, RATE_COLUMN))
        book.edits.number[place] = wrong / MICRO
        why = f"{text}（{wrong / MICRO}、要領は {right / MICRO}）"
        report(world, KIND, number, book, place, (str(wrong / MICRO), str(right / MICRO)), why)


def plant_traps(world: World, count: int, rng: random.Random) -> None:
    picked = world.pick("R10-trap", count, rng, lambda b: b.company.overseas and b.company.year_end == 12)
    for number, book in enumerate(picked, start=1):
        why = "12月決算会社であり、自社の決算日のレートを使っている"
        trap(world, KIND, number, book.company.code, why)


KIND = Kind(
    id="R10",
    title="換算レートの誤り",
    treatment="fix",
    plant=plant,
    checks=(check("F01"),),
    trap_id="R10-trap",
    plant_traps=plant_traps,
    areas=areas("rates"),
    trap_areas=areas("rates"),
)
