"""Both sides of every dealing between two companies side by side, for the mistakes that take one side for the other.

Takes the books that count, gives sums by creditor, debtor, label and currency. Used by the mistakes of elimination.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from synthetic_pkg.intercompany import RULE_BY_LABEL
from synthetic_pkg.rates import RateTable
from synthetic_pkg.translation import row_yen
from synthetic_pkg.world import Book

PairKey = tuple[str, str, str, str]  # creditor, debtor, creditor's label, currency


@dataclass(slots=True)
class PairSum:
    """Both sides of one key, in transaction currency and in micro-yen."""

    creditor_tx: int = 0
    debtor_tx: int = 0
    creditor_yen: int = 0
    debtor_yen: int = 0


def pair_up(books: Sequence[Book], rates: RateTable) -> dict[PairKey, PairSum]:
    """The rows that 修正後 eliminates, by key; partners not among the books are left out."""
    present = {book.company.code for book in books}
    pairs: dict[PairKey, PairSum] = defaultdict(PairSum)
    for book in books:
        own = book.company.code
        for row in book.corrected_rows():
            if row.partner not in present or row.sheet in book.missing:
                continue
            rule = RULE_BY_LABEL[row.label]
            yen = row_yen(book, row, rates)
            if row.label == rule.creditor_label:
                pair = pairs[(own, row.partner, rule.creditor_label, row.currency)]
                pair.creditor_tx += row.tx_amount
                pair.creditor_yen += yen
            else:
                pair = pairs[(row.partner, own, rule.creditor_label, row.currency)]
                pair.debtor_tx += row.tx_amount
                pair.debtor_yen += yen
    return dict(pairs)
