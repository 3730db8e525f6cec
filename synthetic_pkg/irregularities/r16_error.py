"""R16: a total that shows #REF!. Trap: an error outside the print area."""

from __future__ import annotations

import random

from synthetic_pkg.irregularities.base import Kind, areas, check, line, report, trap
from synthetic_pkg.irregularities.r02_r03_r17_footing import PARENTS, amounts_of
from synthetic_pkg.layout import CURRENT, cell
from synthetic_pkg.world import World

ERROR = "#REF!"
OUTSIDE_CELL, OUTSIDE_FORMULA = ("03", "L8"), "=1/0"


def plant(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R16", count, rng), start=1):
        total = rng.choice(sorted(PARENTS))
        place = ("03", cell("03", total, CURRENT))
        book.edits.error[place] = ERROR
        why = f"{line(total)} が {ERROR} になっている（参照先の行が削除された）"
        report(world, KIND, number, book, place, (ERROR, amounts_of(book, "03")[total]), why)


def plant_outside(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R16-trap", count, rng), start=1):
        book.edits.extra[("03", "K8")] = "検算"
        book.edits.extra[OUTSIDE_CELL] = OUTSIDE_FORMULA
        trap(
            world, KIND, number, book.company.code, "エラー値は印刷範囲の外の検算欄にあり、報告の対象ではない"
        )


KIND = Kind(
    id="R16",
    title="合計のエラー値",
    treatment="fix",
    plant=plant,
    checks=(check("B05"),),
    trap_id="R16-trap",
    plant_traps=plant_outside,
    areas=areas("statements"),
    trap_areas=areas("statements"),
)
