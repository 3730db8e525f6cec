"""Mistakes of rounding and of signs that show only company by company: rounded before adding, made positive.

要領 rounds once, at the very end; a sum of rounded figures differs from it by a few 千円.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from synthetic_pkg.answers import Basis
from synthetic_pkg.chart import accounts
from synthetic_pkg.mistakes.eliminating import Told
from synthetic_pkg.mistakes.recount import BASES, Sums, counted, figures
from synthetic_pkg.mistakes.wording import rule
from synthetic_pkg.rates import MICRO
from synthetic_pkg.translation import THOUSAND_YEN, eliminations, round_to_thousand_yen
from synthetic_pkg.world import World

ROUNDING = rule("端数処理")


def _nearest(amount: int) -> int:
    return round_to_thousand_yen(amount) * THOUSAND_YEN


def _down(amount: int) -> int:
    size = abs(amount) // THOUSAND_YEN * THOUSAND_YEN
    return size if amount >= 0 else -size


def _to_yen(amount: int) -> int:
    size = (2 * abs(amount) + MICRO) // (2 * MICRO) * MICRO
    return size if amount >= 0 else -size


def _cut_to_yen(amount: int) -> int:
    size = abs(amount) // MICRO * MICRO
    return size if amount >= 0 else -size


WAYS: tuple[tuple[str, str, Callable[[int], int]], ...] = (
    ("thousand", "会社ごとに千円未満を四捨五入してから合計した", _nearest),
    ("thousand_down", "会社ごとに千円未満を切り捨ててから合計した", _down),
    ("yen", "会社ごとに1円未満を四捨五入してから合計した", _to_yen),
    ("yen_down", "会社ごとに1円未満を切り捨ててから合計した", _cut_to_yen),
)


def told(world: World) -> Iterator[Told]:
    for name, title, way in WAYS:
        for eliminated, words in (
            ("each", "（消去も1件ずつ）"),
            ("company", ""),
            ("exact", "（消去は丸めていない）"),
        ):
            yield f"round.{name}.{eliminated}", f"{title}{words}", ROUNDING, _rounded(world, way, eliminated)
    yield "positive", "負の金額（△）をすべて正の金額として集計した", rule("様式"), _positive(world)


def _rounded(world: World, way: Callable[[int], int], eliminated: str) -> Sums:
    """What rounding every company's figures adds; eliminations rounded each, within the company, or not at all."""
    sums: Sums = {}
    moves: dict[str, dict[str, int]] = {}
    for company, code, amount in eliminations(world, "修正後"):
        if eliminated == "each":
            _add(sums, world, "修正後", company, {code: way(amount) - amount})
        elif eliminated == "company":
            own = moves.setdefault(company, {})
            own[code] = own.get(code, 0) + amount
    for basis in BASES:
        for book in counted(world, basis):
            company = book.company.code
            amounts = figures(book, basis, world.rates)
            if basis == "修正後":
                for code, amount in moves.get(company, {}).items():
                    amounts[code] = amounts.get(code, 0) + amount
            _add(sums, world, basis, company, {code: way(n) - n for code, n in amounts.items()})
    return sums


def _add(sums: Sums, world: World, basis: Basis, company: str, amounts: dict[str, int]) -> None:
    segment = world.company[company].segment
    for code, amount in amounts.items():
        if amount:
            key = (basis, segment, code)
            sums[key] = sums.get(key, 0) + amount


def _positive(world: World) -> Sums:
    """Details of the books made positive; what is worked out (RE, CTA) keeps its sign."""
    sums: Sums = {}
    chart = accounts()
    for basis in BASES:
        for book in counted(world, basis):
            amounts = figures(book, basis, world.rates)
            wrong = {c: -2 * n for c, n in amounts.items() if n < 0 and chart[c].fx in ("CR", "AR", "HR")}
            _add(sums, world, basis, book.company.code, wrong)
    return sums
