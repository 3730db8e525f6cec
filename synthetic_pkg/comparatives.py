"""What an income statement is compared with: its last quarter, and the same part of the year before."""

from __future__ import annotations

import random

from synthetic_pkg.chart import COST_OF_SALES, SALES

PERMILLE = 1000


def last_quarter(pl: dict[str, int], rng: random.Random) -> dict[str, int]:
    """The last of two quarters: near half of every line, sales and their cost together."""
    sales = rng.randint(470, 540)
    shares = {code: sales if code in (SALES, COST_OF_SALES) else rng.randint(450, 560) for code in pl}
    return {code: _part(amount, shares[code]) for code, amount in pl.items()}


def _part(amount: int, permille: int) -> int:
    size = abs(amount) * permille // PERMILLE
    return size if amount >= 0 else -size


def prior_pl(pl: dict[str, int], rng: random.Random) -> dict[str, int]:
    """The same quarter a year before: sales and costs moved together, the smaller lines more freely."""
    growth = rng.randint(880, 1070)
    prior = {}
    for code, amount in pl.items():
        spread = 6 if code in (SALES, COST_OF_SALES) else 90
        size = abs(amount) * (growth + rng.randint(-spread, spread)) // PERMILLE
        prior[code] = size if amount >= 0 else -size
    return prior
