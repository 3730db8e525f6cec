"""Comments on large movements, as the 経理 of each company would put them, drawn by a seeded Faker: no names.

`fill` runs when a book is rendered and gives each large movement a comment that has none; a plant that wants no
comment, or another one, has set it before. What a remark of data/remarks.json claims beside the direction it needs
as a fact of the book ("when", and the amounts it names): see synthetic_pkg.book_facts.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from string import Formatter

from faker import Faker
from faker.providers import BaseProvider

from synthetic_pkg.book_facts import facts, told
from synthetic_pkg.chart import DATA, details
from synthetic_pkg.group import Company
from synthetic_pkg.layout import STATEMENT_SHEETS, rows_by_code
from synthetic_pkg.ledger import Ledger
from synthetic_pkg.period import Period
from synthetic_pkg.rates import MICRO
from synthetic_pkg.world import Book, World

LARGE_MOVE_YEN = 1_000_000  # 1,000千円, and ...
LARGE_PERCENT = 20

NEUTRAL = "明細は別途提出"  # says nothing about the direction
MAKING = ("生産", "部材", "鋼材", "金型", "治具", "ライン", "工場", "仕掛", "工程", "量産", "次期車種")
CARS = ("新型車", "主力車種", "車種", "船積み", "市場処置")
UNFIT = {"sales": MAKING, "service": (*MAKING, *CARS), "finance": (*MAKING, *CARS, "出荷")}  # words, by shape
ONE_IN = 10  # comments say only that details come apart, or speak of a reversal
NEWCOMER = "新規連結のため前年同期なし"
EXPLAINED_BY_A_SCHEDULE = re.compile(
    r"12|13|2106|2202"
)  # fixed assets and leases: 11 and 13 tell the real reason
REVERSAL = "前期末の一時的な{direction}の反動"
DRAWN = frozenset({"month", "count"})  # what a remark names without being a figure of the book
MOST = 9  # things counted in a remark
Statement = dict[tuple[str, str], int]  # movements by (sheet, account)


@dataclass(frozen=True)
class Remark:
    """A sentence and the facts it needs: those it names as amounts, and "when"."""

    text: str
    needs: frozenset[str]

    @classmethod
    def of(cls, entry: str | Mapping[str, str]) -> Remark:
        text, when = (entry, "") if isinstance(entry, str) else (entry["text"], entry["when"])
        named = {name for _, name, _, _ in Formatter().parse(text) if name}
        return cls(text, frozenset((named - DRAWN) | set(when.split())))


@cache
def remarks() -> dict[str, tuple[tuple[Remark, ...], tuple[Remark, ...]]]:
    """(when it rose, when it fell) by account, from data/remarks.json; written as a PKG's 経理 would put it."""
    groups = json.loads((DATA / "remarks.json").read_text(encoding="utf-8"))
    return {
        code: (tuple(map(Remark.of, group["rise"])), tuple(map(Remark.of, group["fall"])))
        for group in groups
        for code in group["codes"]
    }


def _fits_trade(remark: Remark, company: Company) -> bool:
    return not any(word in remark.text for word in UNFIT.get(company.shape, ()))


def _months(company: Company, months: tuple[int, int]) -> tuple[int, int]:
    """First and last month of the company's own quarter. months: of a company with a year-end in March."""
    first, last = months
    return (first, last) if company.year_end == 3 else (first - 3, last - 3)


def opposite(
    company: Company, code: str, rose: bool, months: tuple[int, int], rng: random.Random
) -> str | None:
    """A remark that names the direction an account did not take, as if it were another one's; None: there is none."""
    word = "減少" if rose else "増加"
    texts = [
        remark.text
        for remark in remarks()[code][1 if rose else 0]
        if remark.text.endswith(word) and not remark.needs and _fits_trade(remark, company)
    ]
    if not texts:
        return None
    return rng.choice(texts).format(month=rng.randint(*_months(company, months)), count=rng.randint(2, MOST))


class VarianceProvider(BaseProvider):
    """Sentences that explain why a balance moved."""

    def start_book(self, seed: str) -> None:
        self.generator.seed_instance(seed)

    def variance_comment(
        self, book: Book, shown: Ledger, place: tuple[str, str], move: int, period: Period
    ) -> str:
        """Why an account moved as it did; only words that fit the company's trade and the figures of the book."""
        (sheet, code), company = place, book.author.company
        known = facts(book, shown, code, move)
        fitting = [
            remark.text
            for remark in remarks().get(code, ((), ()))[0 if move > 0 else 1]
            if remark.needs <= known.keys() and _fits_trade(remark, company)
        ]
        if not fitting or self.random_int(1, ONE_IN) == 1:
            fitting = [NEUTRAL]
        elif (
            sheet == "03"
            and not EXPLAINED_BY_A_SCHEDULE.match(code)
            and moved_the_other_way(book, period, code, move)
            and self.random_int(1, ONE_IN) == 1
        ):
            fitting = [reversal(move)]
        sentence: str = self.random_element(fitting)
        amounts = told(known, book.edits.scale, book.edits.unit_label or company.unit_label)
        drawn = {
            "month": self.random_int(*_months(company, period.months)),
            "count": self.random_int(2, MOST),
        }
        return sentence.format(**drawn, **amounts)


def reversal(move: int) -> str:
    """A comment that rightly names the direction of the period before."""
    return REVERSAL.format(direction="減少" if move > 0 else "増加")


def moved_the_other_way(book: Book, period: Period, code: str, move: int) -> bool:
    """Did the account move in the other direction in the period before, as far as the archived book tells?

    In a second quarter the archived book begins with our 前期末, and nothing is known of the year before.
    """
    prior = book.author.prior
    archived = prior.closing[code] - prior.opening[code]
    return period.quarters > 1 or archived * move < 0


def threshold(company: Company, rate: int) -> int:
    """The smallest movement in book units that is worth LARGE_MOVE_YEN. rate: micro-yen."""
    return -(-LARGE_MOVE_YEN * MICRO // (company.unit * rate))


def _moves(book: Book, world: World, ledger: Ledger) -> tuple[Statement, Statement]:
    """Movements of every detail, and those of them that need a comment."""
    company = book.company
    rate = world.rates[(company.currency, company.year_end)]
    sides = (
        ("03", ledger.opening, ledger.closing, rate.closing),
        ("04", ledger.prior_pl, ledger.pl, rate.average),
    )
    every: Statement = {}
    large: Statement = {}
    for sheet, earlier, current, used in sides:
        limit = threshold(company, used)
        for code in details(STATEMENT_SHEETS[sheet]):
            every[(sheet, code)] = move = current[code] - earlier[code]
            if abs(move) >= limit and abs(move) * 100 >= abs(earlier[code]) * LARGE_PERCENT:
                large[(sheet, code)] = move
    return every, large


def _over_written(book: Book, columns: Mapping[str, str]) -> Iterator[tuple[tuple[str, str, str], int]]:
    """Figures of details that a plant typed over on 03 and 04, by (sheet, account, column)."""
    for sheet, name in STATEMENT_SHEETS.items():
        for code in details(name) if book.edits.number else ():
            for column in columns.get(sheet, ""):
                value = book.edits.number.get((sheet, f"{column}{rows_by_code(sheet)[code]}"))
                if value is not None:
                    yield (sheet, code, column), int(value)


def shown_and_true(book: Book) -> tuple[Ledger, Ledger]:
    """The figures as the sheets show them, and as they are once all is corrected; both in the book's own unit."""
    shown = dict(_over_written(book, {"03": "DE", "04": "DEF"}))
    true = dict(_over_written(book, {"03": "D", "04": "D"}))
    return book.shown().replaced(shown), book.corrected().replaced(true)


@cache
def _writer() -> VarianceProvider:
    return VarianceProvider(Faker("ja_JP"))


def fill(book: Book, world: World, seed: int) -> None:
    """A comment for each large movement of the book that has none yet.

    A line that is wrong may move the other way once it is right: its comment names no direction.
    """
    company, writer = book.author.company, _writer()
    writer.start_book(f"{seed}/{company.code}/v{book.author.version}")
    shown, true = shown_and_true(book)
    moves, large = _moves(book, world, shown)
    true_moves, truly_large = _moves(book, world, true)
    for place, move in moves.items():
        sheet, code = place
        if company.code in world.newcomers and (sheet == "03" or place not in large):
            continue  # there is no earlier balance sheet to compare with
        if place not in large and place not in truly_large:
            continue
        text = writer.variance_comment(book, shown, place, move, world.period)
        if sheet == "03" and code in book.footnotes:
            continue
        if company.code in world.newcomers:
            text = NEWCOMER
        elif move * true_moves[place] <= 0:
            text = NEUTRAL
        book.comments.setdefault(place, text)
