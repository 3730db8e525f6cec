"""Comments on large movements, from a seeded Faker with an own provider: no names, no companies.

`fill` runs after planting and gives a comment to each large movement that has none; a plant that wants no
comment, or another one, has set it before.
"""

from __future__ import annotations

from collections.abc import Iterator

from faker import Faker
from faker.providers import BaseProvider

from synthetic_pkg.chart import details
from synthetic_pkg.group import Company
from synthetic_pkg.rates import MICRO
from synthetic_pkg.world import Book, World

LARGE_MOVE_YEN = 1_000_000  # 1,000千円, and ...
LARGE_PERCENT = 20

NEUTRAL = "明細は別途提出"  # says nothing about the direction; planted lines use it too
RISING = (
    "{month}月の取引増加に伴う増加",
    "期末月の検収集中による増加",
    "新規契約{count}件の開始による増加",
    "季節要因（{month}月の生産調整）による増加",
    "前期末の一時的な減少の反動",
    NEUTRAL,
)
FALLING = (
    "{month}月の決済進捗に伴う減少",
    "契約{count}件の終了による減少",
    "在庫圧縮の取組みに伴う減少",
    "季節要因（{month}月の生産調整）による減少",
    "前期末の一時的な増加の反動",
    NEUTRAL,
)


class VarianceProvider(BaseProvider):
    """Sentences that explain why a balance moved."""

    months: tuple[int, int] = (4, 6)

    def start_book(self, seed: str) -> None:
        self.generator.seed_instance(seed)

    def variance_comment(self, rising: bool) -> str:
        sentence: str = self.random_element(RISING if rising else FALLING)
        return sentence.format(month=self.random_int(*self.months), count=self.random_int(2, 9))


def threshold(company: Company, rate: int) -> int:
    """The smallest movement in book units that is worth LARGE_MOVE_YEN. rate: micro-yen."""
    return -(-LARGE_MOVE_YEN * MICRO // (company.unit * rate))


def large_moves(book: Book, world: World) -> Iterator[tuple[str, str, int]]:
    """(sheet, account, movement) of every detail that needs a comment, as the book shows it."""
    company, ledger = book.company, book.submitted()
    rate = world.rates[(company.currency, company.year_end)]
    sides = (
        ("03", "BS", ledger.opening, ledger.closing, rate.closing),
        ("04", "PL", ledger.prior_pl, ledger.pl, rate.average),
    )
    for sheet, name, earlier, current, used in sides:
        limit = threshold(company, used)
        for code in details(name):
            move = current[code] - earlier[code]
            if abs(move) >= limit and abs(move) * 100 >= abs(earlier[code]) * LARGE_PERCENT:
                yield sheet, code, move


def fill(world: World, seed: int) -> None:
    """A comment for each large movement of each book that has none yet."""
    writer = VarianceProvider(Faker("ja_JP"))
    writer.months = world.period.months
    for book in world.books:
        writer.start_book(f"{seed}/{book.company.code}/v{book.version}")
        for sheet, code, move in large_moves(book, world):
            text = writer.variance_comment(move > 0)
            if sheet == "03" and code in book.footnotes:
                continue
            book.comments.setdefault((sheet, code), text)
