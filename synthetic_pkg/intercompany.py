"""Dealings inside the group: links between companies, and the rows of 08_債権債務 and 09_取引高 they give.

A link is agreed by both sides in the transaction currency; each side translates it with its own rates.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from synthetic_pkg.group import OUTSIDE_CODE, PARENT_CODE, Company
from synthetic_pkg.rates import MICRO, RateTable

BALANCES, TRADE = "08", "09"


@dataclass(frozen=True)
class PairRule:
    """How two sides of a dealing answer each other: labels and accounts in the books, what is eliminated.

    A dividend leaves its payer as a movement of equity, not as an expense: taking the income out of profit and the
    payment out of the dividends of the year leaves closing retained earnings as they are (debtor_eliminated False).
    """

    sheet: str
    creditor_label: str
    creditor_code: str
    debtor_label: str
    debtor_code: str
    debtor_eliminated: bool = True
    debtor_rate: str = ""  # 配当決議日レート; empty: that of the sheet

    def rate_name(self, label: str) -> str:
        """The column of 換算レート with which the side that uses this label is translated."""
        usual = "期末日レート" if self.sheet == BALANCES else "期中平均レート"
        return self.debtor_rate or usual if label == self.debtor_label else usual


PAIR_RULES = (
    PairRule(BALANCES, "売掛金", "1104", "買掛金", "2103"),
    PairRule(BALANCES, "未収入金", "1112", "未払金", "2107"),
    PairRule(BALANCES, "短期貸付金", "1111", "短期借入金", "2104"),
    PairRule(TRADE, "売上", "4101", "仕入", "5101"),
    PairRule(TRADE, "受取利息", "7101", "支払利息", "7201"),
    PairRule(TRADE, "受取ロイヤルティ", "4101", "支払ロイヤルティ", "6106"),
    PairRule(TRADE, "受取配当金", "7102", "支払配当金", "3103", False, "配当決議日レート"),
)
DIVIDEND_LABELS = ("受取配当金", "支払配当金")
RULE_BY_LABEL = {label: rule for rule in PAIR_RULES for label in (rule.creditor_label, rule.debtor_label)}


@dataclass(frozen=True, slots=True)
class Dealing:
    """One link: creditor (or seller) and debtor (or buyer), what kind, amount in units of the currency."""

    creditor: str
    debtor: str
    rule: PairRule
    currency: str
    amount: int


@dataclass(frozen=True)
class Row:
    """A row as one company reports it. tx_amount: 実額 of the currency; amount: units of its own book."""

    sheet: str
    partner: str
    code: str
    label: str
    currency: str
    tx_amount: int
    amount: int
    note: str = ""


def book_amount(tx_amount: int, currency: str, company: Company, rates: RateTable, sheet: str) -> int:
    """Amount in the company's book units: closing rates for balances, average rates for trade, half up."""
    own, other = rates[(company.currency, company.year_end)], rates[(currency, company.year_end)]
    own_rate, rate = (own.closing, other.closing) if sheet == BALANCES else (own.average, other.average)
    divisor = own_rate * company.unit
    return (2 * tx_amount * rate + divisor) // (2 * divisor)


def rows_of(company: Company, dealings: list[Dealing], rates: RateTable) -> list[Row]:
    """The rows of both sheets of one company, in the order 相手会社コード, 科目."""
    rows = []
    for dealing in dealings:
        creditor = dealing.creditor == company.code
        rule = dealing.rule
        amount = book_amount(dealing.amount, dealing.currency, company, rates, rule.sheet)
        rows.append(
            Row(
                sheet=rule.sheet,
                partner=dealing.debtor if creditor else dealing.creditor,
                code=rule.creditor_code if creditor else rule.debtor_code,
                label=rule.creditor_label if creditor else rule.debtor_label,
                currency=dealing.currency,
                tx_amount=dealing.amount,
                amount=amount,
            )
        )
    return in_order(rows)


def in_order(rows: list[Row]) -> list[Row]:
    """Rows as a book lists them."""
    return sorted(rows, key=lambda row: (row.sheet, row.partner, row.code, row.label, row.currency))


def dividend_row(company: Company, dividend: int, shareholder: str = PARENT_CODE) -> Row:
    """What a company paid to its shareholder in the group, its share of the dividend, in its own currency."""
    amount = dividend * company.share // 100
    return Row(
        TRADE, shareholder, "3103", DIVIDEND_LABELS[1], company.currency, amount * company.unit, amount
    )


def dividend_income(payer: Company, dividend: int, holder: Company, rates: RateTable) -> Row:
    """The same dividend as the subsidiary that holds the payer reports it."""
    tx_amount = dividend_row(payer, dividend).tx_amount
    amount = book_amount(tx_amount, payer.currency, holder, rates, TRADE)
    return Row(TRADE, payer.code, "7102", DIVIDEND_LABELS[0], payer.currency, tx_amount, amount)


def with_reported(row: Row, tx_amount: int, company: Company, rates: RateTable, note: str = "") -> Row:
    """The same row with another amount, translated as the company would."""
    amount = book_amount(tx_amount, row.currency, company, rates, row.sheet)
    return replace(row, tx_amount=tx_amount, amount=amount, note=note or row.note)


def draw_dealings(
    companies: list[Company], sales_yen: dict[str, int], quarters: int, rates: RateTable, rng: random.Random
) -> list[Dealing]:
    """Everything between the companies: a quarter's dealings, of which sheet 09 shows the year so far."""
    return [
        replace(dealing, amount=dealing.amount * quarters) if dealing.rule.sheet == TRADE else dealing
        for dealing in _of_a_quarter(companies, sales_yen, rates, rng)
    ]


def _of_a_quarter(
    companies: list[Company], sales_yen: dict[str, int], rates: RateTable, rng: random.Random
) -> list[Dealing]:
    """Trade, royalties, expenses and loans, also with the parent; dormant companies have none."""
    active = [c for c in companies if c.shape != "dormant"]
    room = {c.code: sales_yen[c.code] * 3 // 10 for c in active}
    sold = dict(room)
    dealings: list[Dealing] = []
    linked: set[frozenset[str]] = set()
    for buyer in active:
        for seller in rng.sample(active, min(len(active), 4)):
            limit = min(
                room[buyer.code], sold[seller.code], sales_yen[buyer.code] // 12, sales_yen[seller.code] // 12
            )
            link = frozenset((seller.code, buyer.code))
            if len(link) == 1 or limit < 20_000_000 or link in linked:
                continue
            linked.add(link)
            value = limit * rng.randint(35, 100) // 100
            room[buyer.code] -= value
            sold[seller.code] -= value
            currency = rng.choice((seller.currency, buyer.currency, "JPY", "USD"))
            if not (seller.overseas or buyer.overseas):
                currency = "JPY"
            dealings += _trade(seller.code, buyer.code, value, currency, rates, rng)
    dealings += _loans(active, sales_yen, linked, rates, rng)
    for company in active:
        if rng.random() < 0.7:
            value = sales_yen[company.code] * rng.randint(2, 9) // 100
            parties = (company.code, PARENT_CODE) if rng.random() < 0.6 else (PARENT_CODE, company.code)
            dealings += _trade(*parties, value, "JPY", rates, rng)
        royalty = sales_yen[company.code] // 50
        if company.shape == "manufacturer" and royalty > 10_000_000:
            rule = RULE_BY_LABEL["受取ロイヤルティ"]
            dealings.append(Dealing(PARENT_CODE, company.code, rule, "JPY", _tidy(royalty, "JPY", rates)))
    return dealings


def outside_dealing(company: Company, sales_yen: int, rates: RateTable) -> Dealing:
    """A claim on a partner outside the group, listed in 08 although it needs no answer from anyone."""
    return Dealing(
        company.code, OUTSIDE_CODE, RULE_BY_LABEL["売掛金"], "JPY", _tidy(sales_yen // 40, "JPY", rates)
    )


def _trade(
    seller: str, buyer: str, value_yen: int, currency: str, rates: RateTable, rng: random.Random
) -> list[Dealing]:
    """A quarter's sales with the part of it still unpaid; sometimes expenses charged on."""
    unpaid = value_yen * rng.randint(30, 75) // 100
    dealings = [
        Dealing(seller, buyer, RULE_BY_LABEL["売上"], currency, _tidy(value_yen, currency, rates)),
        Dealing(seller, buyer, RULE_BY_LABEL["売掛金"], currency, _tidy(unpaid, currency, rates)),
    ]
    if rng.random() < 0.15:
        charge = max(1_000_000, value_yen // 20)
        dealings.append(
            Dealing(seller, buyer, RULE_BY_LABEL["未収入金"], currency, _tidy(charge, currency, rates))
        )
    return dealings


def _loans(
    active: list[Company],
    sales_yen: dict[str, int],
    linked: set[frozenset[str]],
    rates: RateTable,
    rng: random.Random,
) -> list[Dealing]:
    """Each finance company lends to a few others, and earns a quarter's interest on it."""
    dealings: list[Dealing] = []
    for lender in (c for c in active if c.shape == "finance"):
        for borrower in rng.sample(active, min(len(active), 3)):
            link = frozenset((lender.code, borrower.code))
            if borrower.shape == "finance" or link in linked:
                continue
            principal = min(sales_yen[lender.code], sales_yen[borrower.code]) // 8
            currency = rng.choice((lender.currency, borrower.currency))
            parties = (lender.code, borrower.code)
            interest = principal * rng.randint(20, 90) // 10_000
            if interest < 100_000:
                continue
            linked.add(link)
            dealings.append(
                Dealing(*parties, RULE_BY_LABEL["短期貸付金"], currency, _tidy(principal, currency, rates))
            )
            dealings.append(
                Dealing(*parties, RULE_BY_LABEL["受取利息"], currency, _tidy(interest, currency, rates))
            )
    return dealings


def _tidy(value_yen: int, currency: str, rates: RateTable) -> int:
    """Yen turned into whole units of a currency as an invoice shows them (yen: whole thousands)."""
    if currency == "JPY":
        return max(1000, value_yen // 1000 * 1000)
    return max(1, value_yen * MICRO // rates[(currency, 3)].closing)
