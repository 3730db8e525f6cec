"""Exchange rates of the fictional period, drawn from a seed: opening, closing, average.

Rates are integers in millionths of a yen for one unit of the currency, so every translation stays exact.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from synthetic_pkg.chart import read_rows

MICRO = 10**6  # rates are in 1/1,000,000 yen


@dataclass(frozen=True)
class Rate:
    """Yen for one unit of the currency, in micro-yen: start of the period, end of the period, average."""

    opening: int
    closing: int
    average: int


RateTable = dict[tuple[str, int], Rate]  # (currency, month of the year-end) -> rate


def draw_rates(rng: random.Random) -> RateTable:
    """One row per (currency, year-end month); a 12月決算 company has the rates of its own dates."""
    one_yen = Rate(MICRO, MICRO, MICRO)
    table: RateTable = {("JPY", 3): one_yen, ("JPY", 12): one_yen}
    for row in read_rows("currencies.csv"):
        step = 10 ** (6 - int(row["decimals"]))
        whole, _, fraction = row["base_yen"].partition(".")
        base = int(whole) * MICRO + int(fraction.ljust(6, "0"))
        points = [_move(base, step, rng, 600)]  # 12/31
        points.append(_move(points[-1], step, rng, 250))  # 3/31
        points.append(_move(points[-1], step, rng, 250))  # 6/30
        january_march, april_june = (_move((points[i] + points[i + 1]) // 2, step, rng, 40) for i in (0, 1))
        table[(row["currency"], 3)] = Rate(points[1], points[2], april_june)
        table[(row["currency"], 12)] = Rate(points[0], points[1], january_march)
    return table


def _move(rate: int, step: int, rng: random.Random, basis_points: int) -> int:
    moved = rate * (10_000 + rng.randint(-basis_points, basis_points)) // 10_000
    return max(step, moved // step * step)


def historical_rate(rate: Rate, rng: random.Random) -> int:
    """A rate of the day capital was paid in: up to 15% away from today's."""
    step = 100 if rate.closing > MICRO // 10 else 1
    return max(step, rate.closing * rng.randint(8_500, 11_500) // 10_000 // step * step)
