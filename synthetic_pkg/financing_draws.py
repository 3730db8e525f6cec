"""Draws borrowings, leases and securities of one company from its finished ledger (sheets 12 and 13)."""

from __future__ import annotations

import random

from synthetic_pkg.group import Company
from synthetic_pkg.intercompany import BALANCES, Row
from synthetic_pkg.ledger import Ledger
from synthetic_pkg.schedules import LEASE, LONG, SHORT, Borrowing, Security

BASIS_POINTS = 10_000
BANKS = ("市中銀行A（架空）", "市中銀行B（架空）", "政府系金融機関C（架空）")
LESSOR = "リース会社D（架空）"
LISTED = ("上場銘柄A（架空）", "上場銘柄B（架空）")
UNLISTED = "非上場銘柄C（架空）"
RELATED = "関係会社E（架空）"


def draw_borrowings(company: Company, ledger: Ledger, rows: list[Row], rng: random.Random) -> list[Borrowing]:
    """Rows that add up to 2104, to 2105 + 2201 and to 2106 + 2202, opening and closing."""
    opening, closing = ledger.opening, ledger.closing
    found = []
    inside = [r for r in rows if r.sheet == BALANCES and r.label == SHORT]
    before, after = opening["2104"], closing["2104"]
    for row in inside:
        start = min(before, row.amount * rng.randint(85, 100) // 100)
        before, after = before - start, after - row.amount
        found.append(_row(SHORT, row.partner, "グループ会社", start, row.amount, row.amount, rng))
    if before or after:
        found.append(_row(SHORT, "", BANKS[0], before, after, after, rng))
    long_before, long_after = (amounts["2105"] + amounts["2201"] for amounts in (opening, closing))
    if long_before or long_after:
        share = rng.randint(40, 80)
        first = (long_before * share // 100, long_after * share // 100)
        current = closing["2105"] * share // 100
        found.append(_row(LONG, "", BANKS[1], *first, current, rng))
        rest = (long_before - first[0], long_after - first[1])
        found.append(_row(LONG, "", BANKS[2], *rest, closing["2105"] - current, rng))
    lease_before, lease_after = (amounts["2106"] + amounts["2202"] for amounts in (opening, closing))
    if lease_before or lease_after:
        found.append(_row(LEASE, "", LESSOR, lease_before, lease_after, closing["2106"], rng))
    return found


def _row(
    kind: str, partner: str, lender: str, opening: int, closing: int, current: int, rng: random.Random
) -> Borrowing:
    """One contract from opening to closing; something is borrowed and something repaid in most periods."""
    change = closing - opening
    turnover = min(opening, closing) * rng.randint(2, 9) // 100
    due = "2027年3月" if kind == SHORT else f"20{rng.randint(28, 34)}年{rng.choice((3, 6, 9, 12))}月"
    return Borrowing(
        kind=kind,
        partner=partner,
        lender=lender,
        rate_bp=rng.randint(6, 42) * 10,
        opening=opening,
        borrowed=max(0, change) + turnover,
        repaid=min(0, change) - turnover,
        current=current,
        due=due,
    )


def draw_securities(company: Company, closing: dict[str, int], rng: random.Random) -> list[Security]:
    """Rows that add up to 1401, 1402 and, net of deferred tax, to 3201."""
    found = []
    book, net = closing["1401"], closing["3201"]
    if book:
        tax = net * company.tax_bp // (BASIS_POINTS - company.tax_bp)
        unlisted = max(0, book - 2 * (net + tax)) * rng.randint(10, 45) // 100
        listed = book - unlisted
        half = listed * rng.randint(40, 60) // 100
        gain = (net + tax) * half // listed if listed else 0
        half_tax = tax * half // listed if listed else 0
        found.append(Security("その他有価証券（上場）", LISTED[0], "1401", half - gain, half, half_tax))
        rest = listed - half
        found.append(
            Security(
                "その他有価証券（上場）",
                LISTED[1],
                "1401",
                rest - (net + tax - gain),
                rest,
                tax - half_tax,
            )
        )
        if unlisted:
            found.append(Security("その他有価証券（非上場）", UNLISTED, "1401", unlisted, unlisted))
    if closing["1402"]:
        found.append(Security("関係会社株式", RELATED, "1402", closing["1402"], closing["1402"]))
    return found
