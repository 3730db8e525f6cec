"""Mistakes of translation: the wrong rate, the wrong unit, the wrong currency, retained earnings and what is left.

Rates and master data are changed in the world that is seen, so that `translate` itself works the totals out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from synthetic_pkg.layout import cell
from synthetic_pkg.mistakes.reading import Found
from synthetic_pkg.mistakes.recount import (
    Seen,
    seen_through,
    with_company,
    with_rates,
)
from synthetic_pkg.mistakes.wording import cell_of, several, table
from synthetic_pkg.rates import MICRO, Rate, RateTable
from synthetic_pkg.world import Book, World

RATES = table("換算レート")
ONE = Rate(MICRO, MICRO, MICRO, MICRO, MICRO)
TURNS: tuple[tuple[str, str, Callable[[Rate], Rate]], ...] = (
    ("bs_at_ar", "BSを期中平均レートで換算した", lambda r: replace(r, closing=r.average)),
    ("pl_at_cr", "PLを期末日レートで換算した", lambda r: replace(r, average=r.closing)),
    ("swapped", "期末日レートと期中平均レートを取り違えた", lambda r: replace(r, closing=r.average, average=r.closing)),
    ("bs_at_opening", "BSを期首日レートで換算した", lambda r: replace(r, closing=r.opening)),
    ("bs_at_previous", "BSを前四半期末レートで換算した", lambda r: replace(r, closing=r.previous)),
    ("pl_at_opening", "PLを期首日レートで換算した", lambda r: replace(r, average=r.opening)),
    ("all_at_opening", "BS・PLとも期首日レートで換算した", lambda r: replace(r, closing=r.opening, average=r.opening)),
    ("dividend_at_ar", "配当を期中平均レートで換算した", lambda r: replace(r, dividend=r.average)),
    ("dividend_at_cr", "配当を期末日レートで換算した", lambda r: replace(r, dividend=r.closing)),
    ("all_at_cr", "BS・PL・配当をすべて期末日レートで換算した",
     lambda r: replace(r, average=r.closing, dividend=r.closing)),
    ("all_at_ar", "BS・PL・配当をすべて期中平均レートで換算した",
     lambda r: replace(r, closing=r.average, dividend=r.average)),
)  # fmt: skip


def found(world: World) -> Iterator[Found]:
    yield from _rates(world)
    yield from _year_ends(world)
    yield from _currencies(world)
    yield from _units(world)
    yield from _capital(world)
    yield from _own_rates(world)
    yield from _labels(world)


def _both_ways(name: str, title: str, where: str, seen: World, *, alone: bool = True) -> Iterator[Found]:
    """A wrong world for translation, for translation and eliminations, and for eliminations alone."""
    yield name, title, where, Seen(seen, move=False)
    yield f"{name}.rows", f"{title}（内部取引の消去も同じ）", where, Seen(seen)
    if alone:
        yield f"{name}.rows_only", f"内部取引の消去だけで、{title}", where, Seen(seen, tell=False)


def _rates(world: World) -> Iterator[Found]:
    for name, title, turn in TURNS:
        wrong = with_rates(world, lambda table_: {key: turn(rate) for key, rate in table_.items()})  # noqa: B023
        yield from _both_ways(f"rate.{name}", title, RATES, wrong)


def _year_ends(world: World) -> Iterator[Found]:
    for own, other, title in (
        (12, 3, "12月決算会社を3月決算会社のレートで換算した"),
        (3, 12, "3月決算会社を12月決算会社のレートで換算した"),
    ):

        def turn(rates: RateTable, own: int = own, other: int = other) -> RateTable:
            return {
                (currency, month): rates[(currency, other if month == own else month)]
                for currency, month in rates
            }

        yield from _both_ways(f"year_end.{own}", title, RATES, with_rates(world, turn))
    for name, title, wanted in (
        ("december", "12月決算会社を集計しなかった", lambda b: b.company.year_end == 12),
        ("overseas", "在外会社を集計しなかった", lambda b: b.company.overseas),
        ("domestic", "国内会社を集計しなかった", lambda b: not b.company.overseas),
        (
            "new",
            "新規連結会社（前期PKGのない会社）を集計しなかった",
            lambda b: b.company.code in world.newcomers,
        ),
        ("minority", "持分比率100%でない会社を集計しなかった", lambda b: b.company.share < 100),
        ("dormant", "休眠会社（売上高0）を集計しなかった", lambda b: b.company.shape == "dormant"),
    ):  # type: tuple[str, str, Callable[[Book], bool]]
        seen = seen_through(world, lambda book: None if wanted(book) else book)  # noqa: B023
        yield (
            f"dropped.{name}.amounts",
            f"{title}（内部取引の消去は残る）",
            table("会社一覧"),
            Seen(seen, move=False),
        )
        yield (
            f"dropped.{name}",
            f"{title}（その会社との内部取引も消去していない）",
            table("会社一覧"),
            Seen(seen),
        )


def _currencies(world: World) -> Iterator[Found]:
    def only(currency: str, turn: Callable[[Rate], Rate]) -> World:
        return with_rates(
            world,
            lambda rates: {key: turn(rate) if key[0] == currency else rate for key, rate in rates.items()},
        )

    for currency in sorted({b.company.currency for b in world.latest() if b.company.overseas}):
        for name, title, turn in (
            ("none", "円に換算しなかった（1倍）", lambda _: ONE),
            ("hundred", "換算レートを100倍にした（100通貨単位との取り違え）", lambda r: _times(r, 100)),
            ("hundredth", "換算レートを100分の1にした（100通貨単位との取り違え）", lambda r: _times(r, 0)),
            ("previous", "BSを前四半期末レートで換算した", lambda r: replace(r, closing=r.previous)),
            ("swapped", "期末日レートと期中平均レートを取り違えた",
             lambda r: replace(r, closing=r.average, average=r.closing)),
        ):  # type: tuple[str, str, Callable[[Rate], Rate]]  # fmt: skip
            id_, words = f"currency.{currency}.{name}", f"{currency}の会社で、{title}"
            yield from _both_ways(id_, words, RATES, only(currency, turn), alone=False)
    for hr in (False, True):
        nothing = with_rates(world, lambda rates: {key: ONE for key in rates})
        seen = seen_through(nothing, lambda b: with_company(b, hr=MICRO)) if hr else nothing
        seen.rates = nothing.rates
        title = "外貨の金額を円に換算していない（現地通貨のまま加えた）" + (
            "" if hr else "。資本金だけは換算した"
        )
        yield from _both_ways(f"rate.none{'.hr' if hr else ''}", title, RATES, seen)


def _times(rate: Rate, factor: int) -> Rate:
    parts = (rate.opening, rate.closing, rate.average, rate.dividend, rate.previous)
    return Rate(*(part * factor if factor else part // 100 for part in parts))


def _units(world: World) -> Iterator[Found]:
    """The unit of the book: 会社一覧's 単位倍率 left out, one unit for all, and a unit that the cover declares."""
    units = sorted({company.unit for company in world.companies})
    for unit in sorted({1, 1000, *units}):
        seen = seen_through(world, lambda b: b if b.company.unit == unit else with_company(b, unit=unit))  # noqa: B023
        title = (
            "単位倍率を掛けていない（すべて1倍とした）"
            if unit == 1
            else f"すべての会社の単位倍率を{unit:,}倍とした（単位の違いを無視）"
        )
        yield from _both_ways(f"unit.{unit}", title, table("会社一覧"), seen)
    for own in units:
        for taken in {1, 1000} - {own}:
            seen = seen_through(world, lambda b: with_company(b, unit=taken) if b.company.unit == own else b)  # noqa: B023
            title = f"単位倍率{own:,}の会社を{taken:,}倍として集計した"
            yield from _both_ways(f"unit.{own}.as.{taken}", title, table("会社一覧"), seen)
    declared = [b for b in world.latest() if b.edits.scale != 1 and b.misscaled == 1]
    for chosen in [declared, *([book] for book in declared)] if declared else []:
        codes = {book.company.code for book in chosen}
        seen = seen_through(
            world,
            lambda b: with_company(b, unit=b.company.unit * b.edits.scale) if b.company.code in codes else b,  # noqa: B023
        )
        where = several([cell_of(code, "00", "C9") for code in sorted(codes)])
        name = "all" if chosen is declared else chosen[0].company.code
        title = "表紙の単位（円など）を無視し、会社一覧の単位のまま集計した"
        yield from _both_ways(f"N09.ignored.{name}", title, where, seen)


def _capital(world: World) -> Iterator[Found]:
    for name, title in (("closing", "期末日"), ("average", "期中平均"), ("opening", "期首日")):

        def change(book: Book, name: str = name) -> Book:
            rate = world.rates[(book.company.currency, book.company.year_end)]
            return with_company(book, hr=getattr(rate, name)) if book.company.overseas else book

        words = f"資本金・資本剰余金を資本金レートではなく{title}レートで換算した"
        yield f"HR.{name}", words, table("会社一覧"), Seen(seen_through(world, change), move=False)


def _own_rates(world: World) -> Iterator[Found]:
    """R10: the rate that sheet 18 shows instead of 要領's."""
    rows = {"RT02": "closing", "RT03": "average"}
    wrong: dict[str, dict[str, int]] = {}
    places = []
    for root in world.anomalies:
        if root.kind == "R10":
            book = world.book(root.company)
            row = next(r for r in rows if root.cell == cell("18", r, "E"))
            wrong.setdefault(root.company, {})[rows[row]] = round(
                float(book.edits.number[("18", root.cell)]) * MICRO
            )
            places.append(cell_of(root.company, "18", root.cell))
    for codes in [tuple(wrong), *((code,) for code in wrong if len(wrong) > 1)]:
        table_ = dict(world.rates)
        changed = {}
        for number, code in enumerate(codes):
            own = world.company[code]
            key = (own.currency, -1 - number)  # a year-end of its own: no other company may see this rate
            table_[key] = replace(world.rates[(own.currency, own.year_end)], **wrong[code])
            changed[code] = key[1]
        seen = seen_through(
            world,
            lambda b: with_company(b, year_end=changed[b.company.code]) if b.company.code in changed else b,  # noqa: B023
            table_,
        )
        name = "all" if len(codes) == len(wrong) else codes[0]
        where = several([p for p in places if any(code in p for code in codes)])
        title = "要領の換算レートではなく、PKGの換算表（18）の誤ったレートで換算した"
        yield from _both_ways(f"R10.own_rate.{name}", title, where, seen)


def _labels(world: World) -> Iterator[Found]:
    """R11: the currency that the cover names instead of 会社一覧's."""
    for root in world.anomalies:
        if root.kind != "R11" or not isinstance(root.observed, str):
            continue
        company = world.company[root.company]
        if (root.observed, company.year_end) not in world.rates:
            continue
        seen = seen_through(
            world,
            lambda b: with_company(b, currency=root.observed) if b.company.code == root.company else b,  # noqa: B023
        )
        title = f"会社一覧の通貨（{company.currency}）ではなく、表紙の誤った通貨（{root.observed}）で換算した"
        yield from _both_ways(
            f"R11.label.{root.company}", title, cell_of(root.company, "00", root.cell), seen
        )
