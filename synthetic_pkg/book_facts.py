"""What a book itself shows about a movement: which accounts moved with it, what the schedules say. For comments.

A fact is a name and an amount (≥ 0, book units): "2104+" short-term loans rose, "acquired" what 11 acquired of this
account. Only what explains at least half of the movement is a fact, so a remark that needs one tells the truth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from synthetic_pkg.chart import NET_INCOME, PRETAX, TAX, add_up, details
from synthetic_pkg.financing_draws import UNLISTED_KIND
from synthetic_pkg.ledger import Ledger
from synthetic_pkg.schedules import LEASE, LONG, SHORT, Schedules
from synthetic_pkg.world import Book

ONE_IN = 2  # the smallest part of a movement that explains it
GROUPS = {
    "claims": ("1102", "1103", "1104", "1105"),
    "debts": ("2101", "2102", "2103"),
    "loans": ("2104", "2105", "2201"),
}
BORROWED = {"2104": SHORT, "2105": LONG, "2201": LONG, "2106": LEASE, "2202": LEASE}
GROUP_LOANS = "1111"
TAX_PAYABLE, EARNINGS, DISPOSAL_LOSS, DUE = "2109", "3103", "8201", "2105"


def facts(book: Book, shown: Ledger, code: str, move: int) -> dict[str, int]:
    """Every fact about the movement of an account, by name. shown: the figures of the book as it shows them."""
    least = max(1, -(-abs(move) // ONE_IN))
    found = {name: amount for name, amount in _known(book, shown, code) if amount >= least}
    return {name: amount for name, amount in found.items() if f"{code}+" != name != f"{code}-"}


def _known(book: Book, shown: Ledger, code: str) -> Iterator[tuple[str, int]]:
    yield from _directions(shown)
    yield from _of_assets(book.schedules, shown, code)
    yield from _of_other_schedules(book.schedules, shown, code)
    totals = add_up("PL", shown.pl)
    yield "taxed", shown.pl[TAX]
    if code == EARNINGS:
        yield "profit", totals[NET_INCOME]
        yield "loss", -totals[NET_INCOME]
        yield "dividend", shown.dividend
    yield "group_loan", sum(row.amount for row in book.rows if row.code == GROUP_LOANS)


def _directions(shown: Ledger) -> Iterator[tuple[str, int]]:
    for name, before, after in (("BS", shown.opening, shown.closing), ("PL", shown.prior_pl, shown.pl)):
        moves = {code: after[code] - before[code] for code in details(name)}
        if name == "BS":
            moves |= {group: sum(moves[code] for code in codes) for group, codes in GROUPS.items()}
        else:
            moves["pretax"] = add_up("PL", after)[PRETAX] - add_up("PL", before)[PRETAX]
        for subject, move in moves.items():
            yield f"{subject}{'+' if move > 0 else '-'}", abs(move)


def _of_assets(schedules: Schedules, shown: Ledger, code: str) -> Iterator[tuple[str, int]]:
    yield "capex", sum(row.acquired for row in schedules.assets)
    row = schedules.asset(code)
    if row:
        yield "acquired", row.acquired
        yield (
            "disposed",
            -row.disposed if -row.disposed > shown.pl[DISPOSAL_LOSS] else 0,
        )  # sold, not scrapped
        yield "transferred", row.transfer
        yield "moved_out", -row.transfer
        yield "worn", -row.depreciation if -row.depreciation > row.acquired + row.transfer else 0


def _of_other_schedules(schedules: Schedules, shown: Ledger, code: str) -> Iterator[tuple[str, int]]:
    contracts = [row for row in schedules.borrowings if row.kind == BORROWED.get(code)]
    yield "borrowed", sum(row.borrowed for row in contracts)
    repaid = -sum(row.repaid for row in contracts)
    as_agreed = repaid <= shown.opening[DUE]
    yield "repaid", repaid
    yield "scheduled", repaid if as_agreed else 0
    yield "prepaid", 0 if as_agreed else repaid
    provision = schedules.provision(code)
    if provision:
        yield "added", provision.added + provision.added_cost
        yield "used", -provision.used
    if code == TAX_PAYABLE:
        yield "paid", -schedules.taxes.paid
    yield "unlisted", sum(row.fair for row in schedules.securities if row.kind == UNLISTED_KIND)
    yield "credit", -schedules.taxes.credit
    yield "allowance", schedules.taxes.allowance


def told(amounts: Mapping[str, int], scale: int, unit: str) -> dict[str, str]:
    """Facts as a comment says them, in the unit that the sheet shows."""
    return {name: f"{amount * scale:,}{unit}" for name, amount in amounts.items()}
