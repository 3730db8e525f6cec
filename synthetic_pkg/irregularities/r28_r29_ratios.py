"""R28: an effective tax rate far from the statutory one. R29: a gross margin unlike the last eight quarters.

Net income stays, so several lines of expenses give way, each by no more than SHARE of what it is in the quarter.
Traps: a loss, a tax rate and a margin that the comment explains.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from statistics import mean, stdev

from synthetic_pkg.chart import COST_OF_SALES, PRETAX, SALES, TAX, add_up
from synthetic_pkg.comments import NEUTRAL
from synthetic_pkg.irregularities.base import Kind, areas, check, report, trap
from synthetic_pkg.layout import CURRENT, cell
from synthetic_pkg.rates import MICRO
from synthetic_pkg.tolerances import tolerance
from synthetic_pkg.world import Book, World

CLEAR_PRETAX_YEN = 13_000_000  # clearly more than K12; the plant itself makes it larger
TAX_GAP = (Fraction(17, 100), Fraction(20, 100))  # from the statutory rate; K13 is 15 points
LEAST_MARGIN_GAP, CLEAR_SPREADS = 0.053, 3.3  # from the average: beyond K15 and K14
MORE_MARGIN = 8  # 1/1000 of sales at most, beyond that
SHARE = Fraction(35, 100)  # roughly a third
EXPENSES = ("6101", "6102", "6105", "6106")  # that no schedule repeats
DEPRECIATION, PRODUCTION_DEPRECIATION = "6104", "MC30"
DEFERRED = "8302"
MARGIN_WORD, TAX_WORD = "売上総利益率", "実効税率"
TAX_LINE, MARGIN_LINE = "8301", "5199"


def _move(book: Book, changes: Mapping[str, int]) -> None:
    """Change lines of the income statement, also in the last quarter."""
    for pl in (book.ledger.pl, book.ledger.quarter_pl):
        for code, change in changes.items():
            pl[code] += change


def _room(book: Book, codes: tuple[str, ...]) -> int:
    """What these lines can give or take together."""
    return sum(max(0, book.ledger.quarter_pl[code]) for code in codes) * SHARE // 1


def _spread(book: Book, codes: tuple[str, ...], amount: int) -> dict[str, int]:
    """The amount over the lines, in proportion to what they are in the quarter."""
    weights = {code: max(0, book.ledger.quarter_pl[code]) for code in codes}
    parts = {code: amount * weight // sum(weights.values()) for code, weight in weights.items()}
    parts[max(weights, key=lambda code: weights[code])] += amount - sum(parts.values())
    return parts


def tax_rate(pl: Mapping[str, int]) -> Fraction:
    totals = add_up("PL", pl)
    return Fraction(totals[TAX] + totals[DEFERRED], totals[PRETAX])


def percent(share: Fraction | float) -> str:
    """A rate as explanations show it: two decimals."""
    return f"{float(100 * share):.2f}%"


def _points(share: float) -> str:
    return f"{100 * share:.2f}pt"


# ---------------------------------------------------------------- R28


def _extra_tax(book: Book, gap: Fraction) -> int:
    """Taxes that bring the rate to the statutory one plus `gap`, while expenses fall by the same amount."""
    totals, rate = add_up("PL", book.ledger.pl), Fraction(book.company.tax_bp, 10_000) + gap
    return (rate * totals[PRETAX] - totals[TAX] - totals[DEFERRED]) / (1 - rate) // 1


def _profitable(world: World, book: Book) -> bool:
    company = book.company
    pretax = add_up("PL", book.ledger.pl)[PRETAX]
    rate = world.rates[(company.currency, company.year_end)].average
    has_room = 0 < _extra_tax(book, TAX_GAP[1]) <= _room(book, EXPENSES)
    return has_room and pretax * company.unit * rate > CLEAR_PRETAX_YEN * MICRO


def _makes_a_loss(world: World, book: Book) -> bool:
    return add_up("PL", book.ledger.pl)[PRETAX] < 0


def plant_tax(world: World, count: int, rng: random.Random) -> None:
    """Taxes that are too high for the income; other expenses give way, so that net income stays."""
    for number, book in enumerate(world.pick("R28", count, rng, lambda b: _profitable(world, b)), start=1):
        _overcharge(book, rng)
        if book.company.code not in world.newcomers:  # whose comments speak of no year before
            book.comments[("04", TAX)] = NEUTRAL  # a drawn remark would half explain what nothing does
        shown = percent(tax_rate(book.ledger.pl))
        allowed = f"{percent(book.company.tax_bp / 10_000)}（許容 ±{100 * tolerance('K13'):g}pt）"
        why = f"実効税率が {shown} で、法定実効税率 {allowed}から大きく離れている"
        place = ("04", cell("04", TAX_LINE, CURRENT))
        report(world, TAX_RATE, number, book, place, (shown, allowed), why)


def _overcharge(book: Book, rng: random.Random) -> None:
    least, most = TAX_GAP
    extra = _extra_tax(book, least + (most - least) * rng.randint(0, 100) / 100)
    _move(book, {TAX: extra, **_spread(book, EXPENSES, -extra)})
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


# ---------------------------------------------------------------- R29


def _margin(quarter: Mapping[str, int]) -> float:
    return 1 - quarter[COST_OF_SALES] / quarter[SALES]


def _history(book: Book) -> tuple[float, float]:
    """Average and spread of the margins of the eight quarters before."""
    margins = [1 - cost / sales for sales, cost in book.prior.quarters]
    return mean(margins), stdev(margins)


def _takers(book: Book) -> tuple[str, ...]:
    """Lines that costs can be moved to; depreciation too, where sheet 05 shows the part of production."""
    return (*EXPENSES, DEPRECIATION) if book.schedules.manufacturing else EXPENSES


def _least_shift(book: Book) -> int:
    """What must leave the cost of sales for a margin clearly beyond K14 and K15."""
    quarter, (usual, spread) = book.ledger.quarter_pl, _history(book)
    gap = max(LEAST_MARGIN_GAP, CLEAR_SPREADS * spread) - (_margin(quarter) - usual)
    return int(quarter[SALES] * gap) + 1


def _with_room(world: World, book: Book) -> bool:
    code, quarter, made = book.company.code, book.ledger.quarter_pl, book.schedules.manufacturing
    if code in world.newcomers or quarter[SALES] <= 0 or not all(sales for sales, _ in book.prior.quarters):
        return False
    worn = quarter[DEPRECIATION] * SHARE * 2
    return 0 < _least_shift(book) <= _room(book, _takers(book)) and (
        not made or made[PRODUCTION_DEPRECIATION] > worn
    )


def _shift_margin(book: Book, rng: random.Random) -> dict[str, int]:
    """Costs leave the cost of sales. Gives what each line took, which may be nothing where it has nothing."""
    least, takers = _least_shift(book), _takers(book)
    more = book.ledger.quarter_pl[SALES] * rng.randint(0, MORE_MARGIN) // 1000
    amount = min(least + more, _room(book, takers))
    parts = _spread(book, takers, amount)
    _move(book, {COST_OF_SALES: -amount, **parts})
    worn = parts.get(DEPRECIATION, 0)
    if worn:
        book.schedules.manufacturing[PRODUCTION_DEPRECIATION] -= worn
    book.schedules.move_production_cost(worn - amount)
    return parts


def plant_margin(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R29", count, rng, lambda b: _with_room(world, b)), start=1):
        _shift_margin(book, rng)
        shown, (usual, spread) = percent(_margin(book.ledger.quarter_pl)), _history(book)
        allowed = max(tolerance("K15"), tolerance("K14") * spread)
        known = f"平均 {percent(usual)}（標準偏差 {_points(spread)}、許容 ±{_points(allowed)}）"
        place = ("04", cell("04", MARGIN_LINE, CURRENT))
        why = f"当四半期の{MARGIN_WORD} {shown} が、過去8四半期の{known}から大きく離れている"
        report(world, MARGIN, number, book, place, (shown, known), why)


def plant_explained(world: World, count: int, rng: random.Random) -> None:
    picked = world.pick("R29-trap", count, rng, lambda b: _with_room(world, b))
    for number, book in enumerate(picked, start=1):
        parts = _shift_margin(book, rng)
        for code in (code for code, part in parts.items() if part):
            book.comments[("04", code)] = "費用区分の見直しによる"
        book.comments[("04", COST_OF_SALES)] = (
            f"{MARGIN_WORD}の変動は費用区分の見直し（売上原価から販管費へ）による"
        )
        why = f"売上総利益率は大きく変わったが、コメントに{MARGIN_WORD}の説明がある"
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
