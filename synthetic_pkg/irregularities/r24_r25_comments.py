"""R24: a large movement without a comment. R25: a comment that says the opposite of the figures.

Trap: a comment about the reversal of last period's movement names the other direction, rightly.
"""

from __future__ import annotations

import random

from synthetic_pkg.chart import details
from synthetic_pkg.comments import moved_the_other_way, opposite, reversal
from synthetic_pkg.irregularities.base import Kind, areas, check, line, money, natural_trap, report, trap
from synthetic_pkg.layout import cell
from synthetic_pkg.rates import MICRO
from synthetic_pkg.world import Book, World

LARGE_YEN, LARGE_PERCENT = 1_000_000, 20  # K5, K6
CLEAR_YEN, CLEAR_PERCENT = 1_500_000, 24  # what is planted lies clearly beyond
COMMENT_COLUMN = "G"


def large_moves(world: World, book: Book, yen: int = CLEAR_YEN, percent: int = CLEAR_PERCENT) -> list[str]:
    """Lines of sheet 03 that moved by at least this much; the first period of a line counts."""
    company, ledger = book.company, book.ledger
    factor = company.unit * world.rates[(company.currency, company.year_end)].closing
    found = []
    for code in details("BS"):
        move, before = abs(ledger.closing[code] - ledger.opening[code]), abs(ledger.opening[code])
        if move * factor >= yen * MICRO and move * 100 >= before * percent:
            found.append(code)
    return found


def _moved(world: World, book: Book) -> bool:
    return len(large_moves(world, book)) >= 3


def _plain(world: World, book: Book) -> list[str]:
    return [code for code in large_moves(world, book) if code not in book.footnotes and code[0] in "12"]


def _move(book: Book, code: str) -> int:
    return book.ledger.closing[code] - book.ledger.opening[code]


def plant_missing(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R24", count, rng, lambda b: bool(_plain(world, b))), start=1):
        code = rng.choice(_plain(world, book))
        book.comments[("03", code)] = ""
        change = _move(book, code)
        why = f"{line(code)} が {money(book, change)} 動いたが、コメントがない"
        report(
            world,
            MISSING,
            number,
            book,
            ("03", cell("03", code, COMMENT_COLUMN)),
            ("", "コメント"),
            why,
            severity=1,
        )


def plant_contradiction(world: World, count: int, rng: random.Random) -> None:
    def texts(book: Book) -> dict[str, str]:
        months, company = world.period.months, book.company
        found = {
            code: opposite(company, code, _move(book, code) > 0, months, rng) for code in _plain(world, book)
        }
        return {code: text for code, text in found.items() if text}

    for number, book in enumerate(world.pick("R25", count, rng, lambda b: bool(texts(b))), start=1):
        code, text = rng.choice(sorted(texts(book).items()))
        rose = _move(book, code) > 0
        book.comments[("03", code)] = text
        why = f"{line(code)} は{'増えて' if rose else '減って'}いるが、コメントは「{text}」"
        place = ("03", cell("03", code, COMMENT_COLUMN))
        report(world, CONTRARY, number, book, place, (text, "増加" if rose else "減少"), why, severity=1)


def plant_reversals(world: World, count: int, rng: random.Random) -> None:
    def codes(book: Book) -> list[str]:
        lines = _plain(world, book)
        return [c for c in lines if moved_the_other_way(book, world.period, c, _move(book, c))]

    for number, book in enumerate(world.pick("R25-trap", count, rng, lambda b: bool(codes(b))), start=1):
        code = rng.choice(codes(book))
        book.comments[("03", code)] = reversal(_move(book, code))
        trap(
            world,
            CONTRARY,
            number,
            book.company.code,
            "コメントは前期末の動きの反動を述べたもので、矛盾していない",
        )


MISSING = Kind(
    id="R24",
    title="増減コメントの漏れ",
    treatment="keep",
    plant=plant_missing,
    checks=(check("D02"),),
    trap_id="R24-trap",
    plant_traps=natural_trap(
        "R24-trap", check("D02"), _moved, "大きく動いた科目があるが、どれにもコメントがある"
    ),
    areas=areas("statements"),
    trap_areas=areas("statements"),
)
CONTRARY = Kind(
    id="R25",
    title="増減コメントの矛盾",
    treatment="keep",
    plant=plant_contradiction,
    checks=(check("D03"),),
    trap_id="R25-trap",
    plant_traps=plant_reversals,
    areas=areas("statements"),
    trap_areas=areas("statements"),
)
