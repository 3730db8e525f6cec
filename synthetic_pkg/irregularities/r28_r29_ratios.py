"""R28: an effective tax rate far from the statutory one. R29: a gross margin unlike the last eight quarters.

Traps: a loss, a tax rate and a margin that the comment explains.
"""

from __future__ import annotations

import random

from synthetic_pkg.chart import COST_OF_SALES, OTHER_SGA, PRETAX, SALES, TAX, add_up
from synthetic_pkg.irregularities.base import Kind, areas, check, line, report, trap
from synthetic_pkg.layout import CURRENT, cell
from synthetic_pkg.rates import MICRO
from synthetic_pkg.world import Book, World

CLEAR_PRETAX_YEN = 13_000_000  # clearly more than K12; the plant itself makes it larger
EXTRA_TAX_PERCENT = (42, 60)  # of income before taxes, beyond what is due
MARGIN_PERCENT = (14, 20)  # of sales, moved from cost of sales to other expenses
MARGIN_WORD, TAX_WORD = "売上総利益率", "実効税率"
TAX_LINE, MARGIN_LINE = "8301", "5199"


def _move(book: Book, from_: str, to: str, amount: int) -> None:
    """Move an expense between two lines, also in the last quarter: net income stays."""
    for pl in (book.ledger.pl, book.ledger.quarter_pl):
        pl[from_] -= amount
        pl[to] += amount


def _profitable(world: World, book: Book) -> bool:
    company = book.company
    pretax = add_up("PL", book.ledger.pl)[PRETAX]
    rate = world.rates[(company.currency, company.year_end)].average
    has_room = book.ledger.pl[OTHER_SGA] > pretax * EXTRA_TAX_PERCENT[1] // 100
    return has_room and pretax * company.unit * rate > CLEAR_PRETAX_YEN * MICRO


def _makes_a_loss(world: World, book: Book) -> bool:
    return add_up("PL", book.ledger.pl)[PRETAX] < 0


def plant_tax(world: World, count: int, rng: random.Random) -> None:
    """Taxes that are too high for the income; other expenses give way, so that net income stays."""
    for number, book in enumerate(world.pick("R28", count, rng, lambda b: _profitable(world, b)), start=1):
        _overcharge(book, rng)
        totals = add_up("PL", book.ledger.pl)
        percent = 100 * (totals[TAX] + totals["8302"]) // totals[PRETAX]
        why = f"実効税率が {percent}% で、法定実効税率から大きく離れている"
        report(
            world,
            TAX_RATE,
            number,
            book,
            ("04", cell("04", TAX_LINE, CURRENT)),
            (f"{percent}%", "法定実効税率"),
            why,
        )


def _overcharge(book: Book, rng: random.Random) -> None:
    extra = add_up("PL", book.ledger.pl)[PRETAX] * rng.randint(*EXTRA_TAX_PERCENT) // 100
    _move(book, OTHER_SGA, TAX, extra)
    book.schedules.taxes.paid -= extra  # sheet 15 still ends at 2109


def plant_explained_tax(world: World, count: int, rng: random.Random) -> None:
    """By turns: a company that explains its rate, a company that makes a loss (as many as there are)."""
    picked = world.pick("R28-trap", (count + 1) // 2, rng, lambda book: _profitable(world, book))
    for number, book in enumerate(picked, start=1):
        _overcharge(book, rng)
        book.comments[("04", TAX)] = f"{TAX_WORD}の上昇は過年度の更正による追加納付のため"
        why = f"実効税率は大きく離れているが、コメントに{TAX_WORD}の説明がある"
        trap(world, TAX_RATE, number, book.company.code, why)
    losses = [b for b in world.latest() if _makes_a_loss(world, b) and world.may_carry(b, "R28-trap")]
    wanted = min(count // 2, len(losses))
    lost = world.pick("R28-trap", wanted, rng, lambda book: _makes_a_loss(world, book))
    for number, book in enumerate(lost, start=len(picked) + 1):
        trap(world, TAX_RATE, number, book.company.code, "税引前損失の会社で、実効税率は判定しない")


def _with_sales(book: Book) -> bool:
    pl = book.ledger.pl
    return pl[COST_OF_SALES] * 2 > pl[SALES] > 0


def _shift_margin(book: Book, rng: random.Random) -> None:
    amount = book.ledger.pl[SALES] * rng.randint(*MARGIN_PERCENT) // 100
    _move(book, COST_OF_SALES, OTHER_SGA, amount)
    book.schedules.move_production_cost(-amount)


def plant_margin(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R29", count, rng, _with_sales), start=1):
        _shift_margin(book, rng)
        pl = book.ledger.pl
        percent = 100 * (pl[SALES] - pl[COST_OF_SALES]) // pl[SALES]
        place = ("04", cell("04", MARGIN_LINE, CURRENT))
        why = f"{line(MARGIN_LINE)} の率 {percent}% が過去8四半期の水準から大きく離れている"
        report(world, MARGIN, number, book, place, (f"{percent}%", "過去8四半期の平均"), why)


def plant_explained(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R29-trap", count, rng, _with_sales), start=1):
        _shift_margin(book, rng)
        book.comments[("04", COST_OF_SALES)] = (
            f"{MARGIN_WORD}の変動は費用区分の見直し（売上原価から販管費へ）による"
        )
        why = f"粗利率は大きく変わったが、コメントに{MARGIN_WORD}の説明がある"
        trap(world, MARGIN, number, book.company.code, why)


TAX_RATE = Kind(
    id="R28",
    title="実効税率の異常",
    treatment="keep",
    plant=plant_tax,
    checks=(check("F02"),),
    trap_id="R28-trap",
    plant_traps=plant_explained_tax,
    areas=areas("statements", "checks"),
    trap_areas=areas("statements", "checks"),
)
MARGIN = Kind(
    id="R29",
    title="売上総利益率の異常",
    treatment="keep",
    plant=plant_margin,
    checks=(check("F03"),),
    trap_id="R29-trap",
    plant_traps=plant_explained,
    areas=areas("statements"),
    trap_areas=areas("statements"),
)
