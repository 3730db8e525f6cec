"""Assets that only wear off: goodwill, rights of use and other intangibles fall by depreciation alone, never by a sale.

New leases enter assets and lease liabilities alike, so a liability that rose needs new leases to explain it.
"""

from __future__ import annotations

from collections.abc import Mapping

GOODWILL, RIGHT_OF_USE, INTANGIBLES = "1301", "1205", ("1302", "1303")
LEASES = ("2106", "2202")
INSTALMENTS = 40  # of a period, at most: that part of what was owed is repaid at least


def least_depreciation(opening: Mapping[str, int], closing: Mapping[str, int]) -> dict[str, int]:
    """What each must at least be depreciated by, the most urgent first."""
    fallen = {code: max(0, opening[code] - closing[code]) for code in (GOODWILL, RIGHT_OF_USE, *INTANGIBLES)}
    if opening[RIGHT_OF_USE] or closing[RIGHT_OF_USE]:
        owed = sum(closing[code] - opening[code] + opening[code] // INSTALMENTS for code in LEASES)
        needed = owed + opening[RIGHT_OF_USE] - closing[RIGHT_OF_USE]
        fallen[RIGHT_OF_USE] = max(fallen[RIGHT_OF_USE], needed)
    return fallen


def let_wear_off(opening: dict[str, int], closing: Mapping[str, int], room: int) -> None:
    """Opening figures from which depreciation of `room` can have led to the closing ones."""
    for code in (GOODWILL, RIGHT_OF_USE, *INTANGIBLES):
        excess = opening[code] - closing[code] - max(0, room)
        if code != GOODWILL and excess > 0:
            opening[code] -= excess
        least = least_depreciation(opening, closing)[code]
        if code == RIGHT_OF_USE and least > room:
            opening[LEASES[1]] += least - max(0, room)
            least = max(0, room)
        room -= least
