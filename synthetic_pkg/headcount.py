"""How many people a company employs: what its personnel cost pays for at the pay of its country. For sheet 01."""

from __future__ import annotations

import random

from synthetic_pkg.chart import COST_OF_SALES
from synthetic_pkg.group import Company, cost_per_head
from synthetic_pkg.ledger import Ledger
from synthetic_pkg.rates import MICRO, Rate

CHEAP, HALF_CHEAP = (
    3000,
    5000,
)  # 千円: below, labour is half and three quarters of its usual share of production
STAFF = ("6102", "6103")
QUARTERS = 4
THOUSAND, PERMILLE = 1000, 1000
USUAL_LABOUR_PERMILLE = 150  # of the cost of sales of a manufacturer
FEWEST = 5


def labour_share(company: Company, permille: int) -> int:
    """A share of production cost that is labour, less where labour is cheap."""
    cost = cost_per_head(company)
    return permille // 2 if cost < CHEAP else permille * 3 // 4 if cost < HALF_CHEAP else permille


def headcount(company: Company, ledger: Ledger, rate: Rate) -> int:
    """Employees at the end of the period, within 15% of what the last quarter's personnel cost pays for."""
    if company.shape == "dormant":
        return 0
    paid = sum(ledger.quarter_pl[code] for code in STAFF)
    if company.shape == "manufacturer":
        share = labour_share(company, USUAL_LABOUR_PERMILLE)
        paid += ledger.quarter_pl[COST_OF_SALES] * share // PERMILLE
    yen = paid * QUARTERS * company.unit * rate.average // MICRO
    heads = yen // (cost_per_head(company) * THOUSAND)
    return max(FEWEST, heads * random.Random(f"headcount/{company.code}").randint(85, 115) // 100)
