"""R01: a whole book 1,000 times too large. N09 (and R01's trap): the same, but the cover declares the unit."""

from __future__ import annotations

import random

from synthetic_pkg.chart import TOTAL_ASSETS, add_up
from synthetic_pkg.irregularities.base import Kind, check, money, normalised, report, trap
from synthetic_pkg.layout import CURRENT, cell
from synthetic_pkg.world import Book, World

FACTOR = 1000
UNIT_CELL = ("00", "C9")


def _in_thousands(book: Book) -> bool:
    return book.company.unit == FACTOR


def plant(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R01", count, rng, _in_thousands), start=1):
        book.edits.scale = book.misscaled = FACTOR
        assets = add_up("BS", book.ledger.closing)[TOTAL_ASSETS]
        why = f"ブック全体が1,000倍（資産合計 {money(book, assets * FACTOR)}）。単位の表示は変わっていない"
        place = ("03", cell("03", TOTAL_ASSETS, CURRENT))
        report(world, SCALED, number, book, place, (assets * FACTOR, assets), why, severity=3)


def _declare(book: Book) -> str:
    """Show everything in whole currency units, and say so."""
    label = "円" if book.company.currency == "JPY" else book.company.currency
    book.edits.scale = FACTOR
    book.edits.text[UNIT_CELL] = label
    book.edits.unit_label = label
    return label


def plant_declared(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("N09", count, rng, _in_thousands), start=1):
        label = _declare(book)
        normalised(world, "N09", number, book, UNIT_CELL, label, book.company.unit_label)


def plant_traps(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R01-trap", count, rng, _in_thousands), start=1):
        label = _declare(book)
        trap(
            world,
            SCALED,
            number,
            book.company.code,
            f"金額は1,000倍だが、表紙の単位が「{label}」と申告されている",
        )


SCALED = Kind(
    id="R01",
    title="ブック全体の桁誤り",
    treatment="fix",
    plant=plant,
    checks=(check("A09"),),
    trap_id="R01-trap",
    plant_traps=plant_traps,
)
DECLARED = Kind(id="N09", title="単位の違い", treatment="normalise", plant=plant_declared)
