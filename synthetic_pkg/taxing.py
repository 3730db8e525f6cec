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
MOST_OWED = 2  # quarters of taxes


def charge_taxes(pl: dict[str, int], tax_bp: int, rng: random.Random) -> None:
    """Current and deferred taxes on the profit, near the statutory rate; a little is due without a profit."""
    pretax = add_up("PL", pl)[PRETAX]
    if pretax <= 0:
        pl[TAX], pl[DEFERRED_TAX] = pl[SALES] // LEAST_TAX, 0
        return
    expense = pretax * (tax_bp + rng.randint(-250, 350)) // BASIS_POINTS
    pl[DEFERRED_TAX] = -(expense * rng.randint(0, 140) // PERMILLE)
    pl[TAX] = expense - pl[DEFERRED_TAX]


def owe_taxes(closing: dict[str, int], of_a_quarter: int) -> None:
    """Nobody owes more taxes than those of half a year; retained earnings close the gap."""
    too_much = max(0, closing[TAX_PAYABLE] - MOST_OWED * of_a_quarter)
    closing[TAX_PAYABLE] -= too_much
    closing[RETAINED_EARNINGS] += too_much


def net_deferred(amounts: dict[str, int], net: int) -> None:
    """Show deferred taxes of one taxable entity as an asset or as a liability, never as both."""
    amounts[DEFERRED_ASSET], amounts[DEFERRED_LIABILITY] = max(net, 0), max(-net, 0)
