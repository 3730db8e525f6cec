"""One figure that breaks its total: R02 typed ×1000, R03 with the wrong sign, R17 a total typed over.

All three show Σ ≠ total; the size of the difference tells them apart (999×, 2×, other).
Traps: a negative line that is right, a total within rounding.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from synthetic_pkg.answers import Symptom
from synthetic_pkg.chart import accounts, add_up, terms
from synthetic_pkg.irregularities.base import Kind, areas, check, line, money, report, trap
from synthetic_pkg.irregularities.r04_one_side import BALANCE
from synthetic_pkg.layout import CURRENT, cell
from synthetic_pkg.translation import near_tie
from synthetic_pkg.world import Book, Reported, World

TOTAL_OF = {
    "1199": ("1102", "1103", "1105", "1109", "1110", "1113"),
    "1499": ("1403", "1406"),
    "2199": ("2101", "2102", "2108", "2110", "2111", "2114"),
    "2299": ("2203", "2206"),
    "6199": ("6101", "6102", "6105", "6106"),
    "7199": ("7104",),
    "7299": ("7203",),
}  # lines that no schedule repeats
PARENTS = {
    "1199": ("1999",),
    "1499": ("1900", "1999"),
    "2199": ("2999", "3999"),
    "2299": ("2999", "3999"),
}
SMALLEST, REVERSED_INTEREST = 300, 40  # book units
Spot = tuple[str, str, str]  # sheet, total, line

THOUSAND, SIGN, TOTAL = check("B02"), check("B03"), check("B04")


def amounts_of(book: Book, sheet: str) -> dict[str, int]:
    """Details and totals of the current column as the clean book shows them."""
    return add_up("BS", book.ledger.closing) if sheet == "03" else add_up("PL", book.ledger.pl)


def rounding_bound(total: str) -> int:
    """K4: parts less one, in book units."""
    return len(terms(total)) - 1


def told_apart(values: list[int], difference: int, bound: int) -> list[str]:
    """What 要領 calls a difference d between Σ and total, given the lines as reported."""
    names = ["R02" for v in values if abs(1000 * difference - 999 * v) <= 1000 * bound]
    return names + ["R03" for v in values if abs(difference - 2 * v) <= bound]


def _spots(book: Book, change: Callable[[int], int], name: str) -> list[Spot]:
    """Lines that can be changed so that exactly one line explains the difference."""
    found = []
    for total, codes in TOTAL_OF.items():
        sheet = "03" if total < "4" else "04"
        amounts = amounts_of(book, sheet)
        for code in codes:
            value = change(amounts[code])
            lines = [amounts[c] for c, _ in terms(total) if c != code] + [value]
            apart = told_apart(lines, value - amounts[code], rounding_bound(total))
            if amounts[code] >= SMALLEST and apart == [name]:
                found.append((sheet, total, code))
    return found


def _change_line(world: World, kind: Kind, number: int, book: Book, spot: Spot, value: int, why: str) -> None:
    sheet, total, code = spot
    before = amounts_of(book, sheet)
    address = cell(sheet, code, CURRENT)
    book.reported[(sheet, code, CURRENT)] = Reported(value, kept=False)
    book.edits.number[(sheet, address)] = value
    book.edits.number[(sheet, cell(sheet, total, CURRENT))] = before[total]
    company = book.company.code
    also = [Symptom(company=company, check_ids=[BALANCE.id])] if sheet == "03" else []
    text = (
        f"{line(code)} が {why}（{money(book, value)}、正しくは {money(book, before[code])}）。合計は正しい"
    )
    report(world, kind, number, book, (sheet, address), (value, before[code]), text, severity=3, also=also)


def _plant_lines(
    kind_id: str, change: Callable[[int], int], why: str
) -> Callable[[World, int, random.Random], None]:
    def plant(world: World, count: int, rng: random.Random) -> None:
        picked = world.pick(kind_id, count, rng, lambda book: bool(_spots(book, change, kind_id)))
        for number, book in enumerate(picked, start=1):
            spot = rng.choice(_spots(book, change, kind_id))
            value = change(amounts_of(book, spot[0])[spot[2]])
            kind = THOUSANDFOLD if kind_id == "R02" else FLIPPED
            _change_line(world, kind, number, book, spot, value, why)

    return plant


def type_over(book: Book, total: str, difference: int) -> tuple[str, int]:
    """Show a total of sheet 03 off by `difference`; what is added up from it follows. Gives cell and value."""
    before = amounts_of(book, "03")
    book.edits.number[("03", cell("03", total, CURRENT))] = before[total] + difference
    return cell("03", total, CURRENT), before[total] + difference


def plant_totals(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R17", count, rng), start=1):
        total = rng.choice(sorted(PARENTS))
        before, bound = amounts_of(book, "03"), rounding_bound(total)
        size = max(bound * 3, abs(before[total]) // 40) + rng.randint(7, 90)
        while told_apart([before[c] for c, _ in terms(total)], -size, bound):
            size += bound + 1
        address, value = type_over(book, total, size)
        why = f"{line(total)} が {money(book, value)} と入力され、内訳の合計 {money(book, before[total])} と合わない"
        report(world, TYPED_OVER, number, book, ("03", address), (value, before[total]), why)


def plant_rounding(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R17-trap", count, rng), start=1):
        total = rng.choice(sorted(PARENTS))
        type_over(book, total, rng.choice((-1, 1)))
        why = f"{accounts()[total].name}と内訳の差は1単位で、端数処理の許容差の内である"
        trap(world, TYPED_OVER, number, book.company.code, why, check_ids=[TOTAL.id, SIGN.id, THOUSAND.id])


def average_rate(world: World, book: Book) -> int:
    """Micro-yen for one unit of the book."""
    company = book.company
    return company.unit * world.rates[(company.currency, company.year_end)].average


def plant_reversed_interest(world: World, count: int, rng: random.Random) -> None:
    def fits(book: Book) -> bool:
        inside = any(row.code == "7101" for row in book.rows)
        return not inside and book.ledger.pl["7101"] > 0 and book.ledger.pl["7104"] > SMALLEST // 3

    for number, book in enumerate(world.pick("R03-trap", count, rng, fits), start=1):
        left, yen = rng.randint(3, REVERSED_INTEREST), average_rate(world, book)
        while near_tie(left * yen):
            left += 1
        moved = book.ledger.pl["7101"] + left
        for pl in (book.ledger.pl, book.ledger.quarter_pl):
            pl["7101"] -= moved
            pl["7104"] += moved
        book.comments[("04", "7101")] = "前期に計上した未収利息の戻し"
        why = "受取利息が負だが、合計と一致しており、コメントに前期の未収利息の戻しとある"
        trap(world, FLIPPED, number, book.company.code, why)


THOUSANDFOLD = Kind(
    id="R02",
    title="1行の桁ずれ",
    treatment="fix",
    plant=_plant_lines("R02", lambda v: v * 1000, "1,000倍で記入されている"),
    checks=(THOUSAND,),
    areas=areas("statements"),
)
FLIPPED = Kind(
    id="R03",
    title="符号誤り",
    treatment="fix",
    plant=_plant_lines("R03", lambda v: -v, "反対の符号で記入されている"),
    checks=(SIGN,),
    trap_id="R03-trap",
    plant_traps=plant_reversed_interest,
    areas=areas("statements"),
    trap_areas=areas("statements"),
)
TYPED_OVER = Kind(
    id="R17",
    title="合計の直接入力",
    treatment="keep",
    plant=plant_totals,
    checks=(TOTAL,),
    trap_id="R17-trap",
    plant_traps=plant_rounding,
    areas=areas("statements"),
    trap_areas=areas("statements"),
)
