"""Exchange rates of the fictional period, drawn from a seed: opening, closing, average.

Rates are integers in millionths of a yen for one unit of the currency, so every translation stays exact.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass

from synthetic_pkg.chart import read_rows

MICRO = 10**6  # rates are in 1/1,000,000 yen
# Last digits by decimals: a rate such as 148.50 would put every second figure on a rounding tie.
EVEN_STEP = {"2": 4, "4": 16, "6": 8}


@dataclass(frozen=True)
class Rate:
    """Yen for one unit of the currency, in micro-yen.

    opening: start of the year; closing: end of the period; average: of the year so far;
    dividend: day of the dividend resolution; previous: end of the quarter before (Q1: the start of the year).
    """

    opening: int
    closing: int
    average: int
    dividend: int
    previous: int


RateTable = dict[tuple[str, int], Rate]  # (currency, month of the year-end) -> rate


def draw_rates(rng: random.Random, quarters: int = 1) -> RateTable:
    """One row per (currency, year-end month); a 12月決算 company has the rates of its own dates.

    quarters: of the year so far, 1 or 2.
    """
    one_yen = Rate(MICRO, MICRO, MICRO, MICRO, MICRO)
    table: RateTable = {("JPY", 3): one_yen, ("JPY", 12): one_yen}
    for row in read_rows("currencies.csv"):
        step = EVEN_STEP[row["decimals"]] * 10 ** (6 - int(row["decimals"]))
        whole, _, fraction = row["base_yen"].partition(".")
        base = int(whole) * MICRO + int(fraction.ljust(6, "0"))
        points = [_move(base, step, rng, 600)]  # 12/31
        for _ in range(quarters + 1):  # 3/31, 6/30, ...
            points.append(_move(points[-1], step, rng, 250))
        averages = [_move((a + b) // 2, step, rng, 40) for a, b in itertools.pairwise(points)]
        for month, first in ((3, 1), (12, 0)):
            span = averages[first : first + quarters]
            table[(row["currency"], month)] = Rate(
                opening=points[first],
                closing=points[first + quarters],
                average=sum(span) // len(span) // step * step,
                dividend=_move((points[first] + points[first + 1]) // 2, step, rng, 90),
                previous=points[first + quarters - 1],
            )
    return table


def _move(rate: int, step: int, rng: random.Random, basis_points: int) -> int:
    moved = rate * (10_000 + rng.randint(-basis_points, basis_points)) // 10_000
    return max(step, moved // step * step)


def historical_rate(rate: Rate, rng: random.Random) -> int:
    """A rate of the day capital was paid in: up to 15% away from today's."""
    step = 100 if rate.closing > MICRO // 10 else 1
    return max(step, rate.closing * rng.randint(8_500, 11_500) // 10_000 // step * step)
