"""Comments on large movements, as the 経理 of each company would put them, drawn by a seeded Faker: no names.

`fill` runs when a book is rendered and gives each large movement a comment that has none; a plant that wants no
comment, or another one, has set it before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache

from faker import Faker
from faker.providers import BaseProvider

from synthetic_pkg.chart import DATA, details
from synthetic_pkg.group import Company
from synthetic_pkg.rates import MICRO
from synthetic_pkg.world import Book, World

LARGE_MOVE_YEN = 1_000_000  # 1,000千円, and ...
LARGE_PERCENT = 20

NEUTRAL = "明細は別途提出"  # says nothing about the direction; planted lines use it too
MAKING = ("生産", "部材", "鋼材", "金型", "治具", "ライン", "工場", "仕掛", "工程", "量産", "次期車種")
CARS = ("新型車", "主力車種", "車種", "船積み", "市場処置")
UNFIT = {"sales": MAKING, "service": (*MAKING, *CARS), "finance": (*MAKING, *CARS, "出荷")}  # words, by shape
ONE_IN = 10  # comments say only that details come apart, or speak of a reversal
REVERSAL = "前期末の一時的な{direction}の反動"


@cache
def _remarks() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """(when it rose, when it fell) by account, from data/remarks.json; written as a PKG's 経理 would put it."""
    groups = json.loads((DATA / "remarks.json").read_text(encoding="utf-8"))
    return {code: (tuple(g["rise"]), tuple(g["fall"])) for g in groups for code in g["codes"]}


class VarianceProvider(BaseProvider):
    """Sentences that explain why a balance moved."""

    months: tuple[int, int] = (4, 6)
    shape: str = "manufacturer"

    def start_book(self, seed: str, company: Company, months: tuple[int, int]) -> None:
        """months: of the quarter of a company with a year-end in March."""
        self.generator.seed_instance(seed)
        first, last = months
        self.months = (first, last) if company.year_end == 3 else (first - 3, last - 3)
        self.shape = company.shape

    def variance_comment(self, sheet: str, code: str, rising: bool) -> str:
        """Why an account rose or fell; only words that fit the company's trade."""
        known = _remarks().get(code, ((), ()))[0 if rising else 1]
        fitting = [text for text in known if not any(word in text for word in UNFIT.get(self.shape, ()))]
        if not fitting or self.random_int(1, ONE_IN) == 1:
            fitting = [NEUTRAL]
        elif sheet == "03" and self.random_int(1, ONE_IN) == 1:
            fitting = [REVERSAL.format(direction="減少" if rising else "増加")]
        sentence: str = self.random_element(fitting)
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


@cache
def _writer() -> VarianceProvider:
    return VarianceProvider(Faker("ja_JP"))


def fill(book: Book, world: World, seed: int) -> None:
    """A comment for each large movement of the book that has none yet."""
    company, writer = book.company, _writer()
    if company.code in world.newcomers:
        return  # there is no earlier period to compare with
    writer.start_book(f"{seed}/{company.code}/v{book.version}", company, world.period.months)
    for sheet, code, move in large_moves(book, world):
        text = writer.variance_comment(sheet, code, move > 0)
        if sheet == "03" and code in book.footnotes:
            continue
        book.comments.setdefault((sheet, code), text)
