"""The fictional group: who the companies are (codes, names, countries, segments, shares), drawn from a seed.

Every name carries （架空） or (Fictional), which no registered trade name can;
法人番号 start with 0, which no valid one does.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from functools import cache
from typing import Any

from synthetic_pkg.chart import DATA, read_rows
from synthetic_pkg.rates import MICRO, RateTable, historical_rate

PARENT_CODE, OUTSIDE_CODE = "0000", "9999"
FIRST_DOMESTIC, FIRST_OVERSEAS = 11, 2001  # codes; overseas ones start later when there are too many domestic
SHARES = (100, 100, 100, 100, 100, 95, 90, 80, 75, 70, 67, 60, 55, 51)  # %
STATUTORY_TAX_BP = 3152  # 31.52%, Tokyo, large company, years starting 2026-04
HOME, HOME_COST = "JP", 6500  # 千円 a head and year
TRIES = 100  # at a name, before the next ordinal is taken
UNIT_WORDS = {1: "", 1000: "千", 1_000_000: "百万"}


@dataclass(frozen=True, slots=True)
class Company:
    """Master data of one subsidiary. unit: currency units per 1 in its book. hr: micro-yen.

    tax_bp: statutory tax rate of its country; margin_bp: its margin on sales inside the group; both 1/10,000.
    """

    code: str
    name: str
    country: str
    country_code: str
    region: str
    segment: str
    shape: str
    currency: str
    unit: int
    year_end: int
    share: int
    corporate_number: str
    hr: int
    alias_names: bool
    tax_bp: int
    margin_bp: int

    @property
    def overseas(self) -> bool:
        return self.currency != "JPY"

    @property
    def unit_label(self) -> str:
        return "千円" if self.currency == "JPY" else f"{UNIT_WORDS[self.unit]}{self.currency}"


@cache
def names() -> dict[str, Any]:
    """Words that company names are made of (data/names.json)."""
    loaded: dict[str, Any] = json.loads((DATA / "names.json").read_text(encoding="utf-8"))
    return loaded


@cache
def _costs() -> dict[str, int]:
    return {HOME: HOME_COST} | {
        row["country"]: int(row["cost_per_head"]) for row in read_rows("countries.csv")
    }


def cost_per_head(company: Company) -> int:
    """Personnel cost of one employee a year, 千円."""
    return _costs()[company.country_code]


def draw_group(count: int, rates: RateTable, rng: random.Random) -> list[Company]:
    """`count` companies, domestic ones (40%) first, codes ascending, names and codes unique."""
    domestic = round(count * 0.4)
    dormant = max(2, count // 30)
    first_overseas = max(FIRST_OVERSEAS, FIRST_DOMESTIC + domestic)
    used: dict[str, int] = {}
    places: list[dict[str, str] | None] = [None] * domestic
    places += _countries(count - domestic)
    companies = []
    for index, place in enumerate(places):
        number = FIRST_DOMESTIC + index if place is None else first_overseas + index - domestic
        shape = "dormant" if index < dormant else ""
        companies.append(_company(f"{number:04d}", place, shape, rates, used, rng))
    return companies


def _countries(count: int) -> list[dict[str, str]]:
    """Countries for `count` overseas companies: rounds over the list, heavier countries in more rounds."""
    rows = read_rows("countries.csv")
    picked: list[dict[str, str]] = []
    turn = 0
    while len(picked) < count:
        picked += [row for row in rows if int(row["weight"]) > turn]
        turn = turn + 1 if turn < 4 else 0
    order = {row["country"]: n for n, row in enumerate(rows)}
    return sorted(picked[:count], key=lambda row: order[row["country"]])


def _company(
    code: str,
    place: dict[str, str] | None,
    shape: str,
    rates: RateTable,
    used: dict[str, int],
    rng: random.Random,
) -> Company:
    segments = names()["segments"]
    segment = rng.choices(list(segments), [entry["share"] for entry in segments.values()])[0]
    name, word = _name(segments[segment], place, used, rng)
    if not shape:
        shape = "finance" if word in names()["finance_words"] else segments[segment]["shape"]
    currency = place["currency"] if place else "JPY"
    year_end = int(rng.choice(place["year_ends"].split())) if place else 3
    return Company(
        code=code,
        name=name,
        country=place["name_ja"] if place else "日本",
        country_code=place["country"] if place else HOME,
        region=place["region"] if place else "日本",
        segment=segment,
        shape=shape,
        currency=currency,
        unit=int(place["unit"]) if place else 1000,
        year_end=year_end,
        share=rng.choice(SHARES),
        corporate_number="" if place else "0" + "".join(str(rng.randint(0, 9)) for _ in range(12)),
        hr=MICRO if currency == "JPY" else historical_rate(rates[(currency, year_end)], rng),
        alias_names=rng.random() < 0.15,
        tax_bp=int(place["tax_bp"]) if place else STATUTORY_TAX_BP,
        margin_bp=rng.randint(40, 180) * 10,
    )


def _name(
    words: dict[str, Any], place: dict[str, str] | None, used: dict[str, int], rng: random.Random
) -> tuple[str, str]:
    """A name not used yet, and the trade word in it; an ordinal is added once the combinations run out.

    used: names, and how often combinations of the same kind have run out.
    """
    kind = f"{words['en'][0]} {place['place_en'] if place else ''}"
    for attempt in range(used.get(kind, 0) * TRIES, 10_000):
        ordinal = attempt // TRIES + 1
        if place is None:
            word = rng.choice(words["ja"])
            which = f"第{ordinal}" if ordinal > 1 else ""
            name = f"カクウ{word}{rng.choice(names()['domestic_places'])}{which}（架空）株式会社"
        else:
            word = rng.choice(words["en"])
            which = f" {ordinal}" if ordinal > 1 else ""
            name = f"Kakuu {word}{which} (Fictional) {place['place_en']}"
        if name not in used:
            used |= {name: 0, kind: ordinal - 1}
            return name, word
    raise AssertionError("names are numbered, so they cannot run out")
