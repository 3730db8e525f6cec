"""Schedules that do not tie: R22 fixed assets, R32 bonuses, R34 a check that kept its old OK."""

from __future__ import annotations

import random

from synthetic_pkg.irregularities.base import Kind, areas, check, line, money, report, trap
from synthetic_pkg.layout import cell
from synthetic_pkg.wear import RIGHT_OF_USE
from synthetic_pkg.world import Book, World

BONUS, BONUS_EXPENSE = "2112", "6103"
CLOSING_COLUMN, ADDED_COLUMN = "J", "D"
TAX_CHECK, TAXES_PAYABLE = "V15", "2109"
LEFT, GAP, VERDICT = "D", "G", "I"
SMALLEST = 60  # book units, far above K1


def _size(amount: int, rng: random.Random) -> int:
    return max(SMALLEST, abs(amount) * rng.randint(6, 20) // 100) + rng.randint(1, 40)


def _assets(book: Book) -> list[str]:
    return [row.code for row in book.schedules.assets if row.closing > SMALLEST]


def plant_assets(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R22", count, rng, lambda b: bool(_assets(b))), start=1):
        code = rng.choice(_assets(book))
        row = book.schedules.asset(code)
        assert row
        before = row.closing
        row.acquired += _size(before, rng)
        place = ("11", cell("11", code, CLOSING_COLUMN))
        why = f"11の {line(code)} の期末 {money(book, row.closing)} が、03の {money(book, before)} と合わない"
        report(world, FIXED_ASSETS, number, book, place, (row.closing, before), why)


def plant_translated(world: World, count: int, rng: random.Random) -> None:
    """Part of an account's movement stands in the column of translation differences."""

    def bought(book: Book) -> list[str]:
        rows = [row for row in book.schedules.assets if row.code != RIGHT_OF_USE]  # tied to the leases of 13
        return [row.code for row in rows if row.acquired > SMALLEST]

    picked = world.pick("R22-trap", count, rng, lambda b: b.company.overseas and bool(bought(b)))
    for number, book in enumerate(picked, start=1):
        row = book.schedules.asset(rng.choice(bought(book)))
        assert row
        difference = min(row.acquired, _size(row.closing, rng) // 2)
        row.fx += difference
        row.acquired -= difference
        trap(world, FIXED_ASSETS, number, book.company.code, "換算差額の列を含めて期末が03と一致している")


def _has_bonus(book: Book) -> bool:
    row = book.schedules.provision(BONUS)
    return bool(row and row.added > 0)


def plant_bonuses(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R32", count, rng, _has_bonus), start=1):
        row = book.schedules.provision(BONUS)
        assert row
        before, gap = row.added, _size(row.added, rng)
        row.added += gap
        row.used -= gap
        place = ("14", cell("14", BONUS, ADDED_COLUMN))
        why = f"14の賞与繰入 {money(book, row.added)} が、04の {line(BONUS_EXPENSE)} {money(book, before)} と合わない"
        report(world, BONUSES, number, book, place, (row.added, before), why)


def plant_stale_check(world: World, count: int, rng: random.Random) -> None:
    """15 no longer ties to 03, but 02 kept the values of the version before."""
    fits = lambda book: book.ledger.closing[TAXES_PAYABLE] > SMALLEST  # noqa: E731
    for number, book in enumerate(world.pick("R34", count, rng, fits), start=1):
        payable = book.ledger.closing[TAXES_PAYABLE]
        gap = _size(payable, rng)
        book.schedules.taxes.paid -= gap
        for column, value in ((LEFT, payable), (GAP, 0), (VERDICT, "OK")):
            book.edits.cached[("02", cell("02", TAX_CHECK, column))] = value
        place = ("02", cell("02", TAX_CHECK, VERDICT))
        why = f"02の{TAX_CHECK}はOKのままだが、15の未払法人税等の期末は03と {money(book, gap)} の差がある"
        report(world, STALE_CHECK, number, book, place, ("OK", "NG"), why)


FIXED_ASSETS = Kind(
    id="R22",
    title="固定資産明細の不一致",
    treatment="keep",
    plant=plant_assets,
    checks=(check("E03"),),
    trap_id="R22-trap",
    plant_traps=plant_translated,
    areas=areas("fixed"),
    trap_areas=areas("fixed"),
)
BONUSES = Kind(
    id="R32",
    title="賞与引当金繰入額の不一致",
    treatment="keep",
    plant=plant_bonuses,
    checks=(check("E04"),),
    areas=areas("provisions"),
)
STALE_CHECK = Kind(
    id="R34",
    title="整合性チェックの誤り",
    treatment="keep",
    plant=plant_stale_check,
    checks=(check("E05"),),
    areas=areas("checks"),
)
