"""Assets that only wear off: goodwill, rights of use and other intangibles fall by depreciation alone, never by a sale.

Leases are paid off in level instalments while new ones enter assets and debts alike. Called by synthetic_pkg.ledger,
which draws the balances, and synthetic_pkg.schedule_draws, which shows how the one became the other.
"""

from __future__ import annotations

import random
from collections.abc import Mapping

from synthetic_pkg.schedules import DEPRECIABLE

GOODWILL, RIGHT_OF_USE, INTANGIBLES = "1301", "1205", ("1302", "1303")
LEASED_CURRENT, LEASED_LATER = "2106", "2202"  # due within a year, and later
LEASES = (RIGHT_OF_USE, LEASED_CURRENT, LEASED_LATER)  # all of them, or none
DEPRECIATION = "6104"
PERMILLE, YEAR = 1000, 4  # quarters
WITHOUT_LEASES = 120  # 1/1,000 of companies
DUE_PER_DEPRECIATION = (1300, 2000)  # 1/1,000: due within a year at most, of what a quarter is charged
NEW_LEASES, WORN_LEASES = (500, 1300), (850, 1050)  # 1/1,000 of what is repaid
MOST_WORN, MOST_WRITTEN_OFF = 50, 80  # 1/1,000 of all assets, and of one intangible, in a quarter


def most_depreciation(closing: Mapping[str, int], quarters: int) -> int:
    """What a period is charged at most."""
    return sum(closing[code] for code in DEPRECIABLE) * MOST_WORN * quarters // PERMILLE


def settle_leases(closing: dict[str, int], rng: random.Random) -> None:
    """Some companies lease nothing: no right of use, and no debt for one."""
    if rng.randint(1, PERMILLE) <= WITHOUT_LEASES:
        closing.update(dict.fromkeys(LEASES, 0))


def spread_leases(closing: dict[str, int], depreciation: int, quarters: int, rng: random.Random) -> None:
    """No more is due within a year than what is leased wears off; the rest is due later."""
    most = max(1, depreciation * rng.randint(*DUE_PER_DEPRECIATION) // (PERMILLE * quarters))
    later = max(0, closing[LEASED_CURRENT] - most)
    closing[LEASED_CURRENT] -= later
    closing[LEASED_LATER] += later


def instalments(opening: Mapping[str, int], quarters: int, permille: int = PERMILLE) -> int:
    """Part of the period of what was due within a year."""
    return opening[LEASED_CURRENT] * quarters * permille // (YEAR * PERMILLE)


def open_leases(
    opening: dict[str, int], closing: Mapping[str, int], quarters: int, rng: random.Random
) -> int:
    """Opening figures from which leases were paid off and worn off while new ones began; by what they wore off."""
    asset, debt = closing[RIGHT_OF_USE], closing[LEASED_CURRENT] + closing[LEASED_LATER]
    repaid = instalments(opening, quarters)
    of_asset = min(repaid, repaid * asset // max(1, debt))
    new = of_asset * rng.randint(*NEW_LEASES) // PERMILLE
    worn = of_asset * rng.randint(*WORN_LEASES) // PERMILLE
    opening[LEASED_LATER] = debt + repaid - new - opening[LEASED_CURRENT]
    opening[RIGHT_OF_USE] = asset + worn - new
    return worn


def least_depreciation(opening: Mapping[str, int], closing: Mapping[str, int]) -> dict[str, int]:
    """What each must at least be depreciated by, the most urgent first."""
    return {code: max(0, opening[code] - closing[code]) for code in (GOODWILL, *INTANGIBLES)}


def let_wear_off(opening: dict[str, int], closing: Mapping[str, int], room: int, quarters: int) -> None:
    """Opening figures of intangibles from which depreciation of `room` can have led to the closing ones."""
    room -= least_depreciation(opening, closing)[GOODWILL]
    for code in INTANGIBLES:
        usual = closing[code] * MOST_WRITTEN_OFF * quarters // PERMILLE
        opening[code] = min(opening[code], closing[code] + max(0, min(room, usual)))
        room -= least_depreciation(opening, closing)[code]
