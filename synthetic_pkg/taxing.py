"""Income taxes of one company in its statements: the charge of a period, what is owed, deferred taxes on one side.

Called by synthetic_pkg.ledger and synthetic_pkg.archive_figures.
"""

from __future__ import annotations

import random

from synthetic_pkg.chart import PRETAX, RETAINED_EARNINGS, SALES, TAX, add_up

BASIS_POINTS, PERMILLE = 10_000, 1000
DEFERRED_ASSET, DEFERRED_LIABILITY, DEFERRED_TAX = "1405", "2203", "8302"
TAX_PAYABLE = "2109"
LEAST_TAX = 4000  # one part in so many of the sales
OWED = (700, 1100)  # 1/1,000 of what was charged in the period
OWED_BEFORE = (1000, 2200)  # 1/1,000 of what a quarter is charged
UNPAID = 10  # at most one part in so many of last year's remainder is still owed


def charge_taxes(pl: dict[str, int], tax_bp: int, rng: random.Random) -> None:
    """Current and deferred taxes on the profit, near the statutory rate; a little is due without a profit."""
    pretax = add_up("PL", pl)[PRETAX]
    if pretax <= 0:
        pl[TAX], pl[DEFERRED_TAX] = pl[SALES] // LEAST_TAX, 0
        return
    expense = pretax * (tax_bp + rng.randint(-250, 350)) // BASIS_POINTS
    pl[DEFERRED_TAX] = -(expense * rng.randint(0, 140) // PERMILLE)
    pl[TAX] = expense - pl[DEFERRED_TAX]


def owe_taxes(closing: dict[str, int], charged: int, quarters: int, rng: random.Random) -> int:
    """What is owed at the end: most of what was charged since the year began. Retained earnings close the gap.

    Returns what was owed at its start: last year's remainder, which has been paid since, so that what is owed at
    the end is hardly more than what was charged.
    """
    before = charged * rng.randint(*OWED_BEFORE) // (quarters * PERMILLE)
    after = min(charged * rng.randint(*OWED) // PERMILLE, charged + before // UNPAID)
    if charged:
        before, after = max(1, before), max(1, after)
    closing[RETAINED_EARNINGS] += closing[TAX_PAYABLE] - after
    closing[TAX_PAYABLE] = after
    return before


def net_deferred(amounts: dict[str, int], net: int) -> None:
    """Show deferred taxes of one taxable entity as an asset or as a liability, never as both."""
    amounts[DEFERRED_ASSET], amounts[DEFERRED_LIABILITY] = max(net, 0), max(-net, 0)
