"""R05: the quarter's figures stand in the column of the year so far. Only a second-quarter dataset can have it."""

from __future__ import annotations

import random

from synthetic_pkg.chart import SALES, details
from synthetic_pkg.errors import DatasetError
from synthetic_pkg.irregularities.base import Kind, areas, check, report
from synthetic_pkg.layout import CURRENT, cell
from synthetic_pkg.ledger import BONUS, BONUS_EXPENSE
from synthetic_pkg.tolerances import tolerance
from synthetic_pkg.world import Book, Reported, World

BONUSES = check("E04")


def plant(world: World, count: int, rng: random.Random) -> None:
    if world.period.quarters == 1:
        raise DatasetError(
            "dataset: irregularities.R05: in the first quarter both columns are equal; use period 2027Q2"
        )
    for number, book in enumerate(world.pick("R05", count, rng), start=1):
        ledger = book.ledger
        for code in details("PL"):
            quarter = ledger.quarter_pl[code]
            if quarter != ledger.pl[code]:
                book.reported[("04", code, CURRENT)] = Reported(quarter, kept=False)
                book.edits.number[("04", cell("04", code, CURRENT))] = quarter
        place = ("04", cell("04", SALES, CURRENT))
        why = "当期累計の列に当四半期の金額が記入されている（前四半期までの累計＋当四半期と一致しない）"
        values = (ledger.quarter_pl[SALES], ledger.pl[SALES])
        resembling = [BONUSES.id] if _parts_from_sheet_14(book) else []
        report(world, KIND, number, book, place, values, why, severity=3, resembling=resembling)


def _parts_from_sheet_14(book: Book) -> bool:
    """Sheet 14 has the bonuses of the year so far: the quarter's, uncorrected, is another figure."""
    bonuses = book.schedules.provision(BONUS)
    quarter = book.ledger.quarter_pl[BONUS_EXPENSE]
    return bonuses is not None and abs(bonuses.added - quarter) > tolerance("K1")


KIND = Kind(
    id="R05",
    title="累計と当四半期の取違え",
    treatment="fix",
    plant=plant,
    checks=(check("D04"),),
    areas=areas("statements", "equity", "checks"),
)
