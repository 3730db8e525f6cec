"""Dividends between subsidiaries: agreed by both sides, and eliminated without touching retained earnings."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthetic_pkg.building import build_world
from synthetic_pkg.chart import DIFFERENCE_PL, PRETAX, RETAINED_EARNINGS, TAX, add_up
from synthetic_pkg.intercompany import DIVIDEND_LABELS, dividend_row
from synthetic_pkg.spec import DatasetSpec
from synthetic_pkg.translation import eliminations, row_yen

seeds = st.integers(min_value=0, max_value=2**40)
some = settings(max_examples=8, deadline=None, derandomize=True)
RECEIVED, PAID = DIVIDEND_LABELS
INCOME = "7102"


def _world(seed, period="2027Q1"):
    return build_world(DatasetSpec(companies=30, level="hard", period=period), seed)


def _rows(world, label):
    return {
        (book.company.code, row.partner): (book, row)
        for book in world.books
        for row in book.rows
        if row.label == label
    }


@some
@given(seeds)
def test_what_a_held_company_paid_is_what_its_holder_received(seed):
    world = _world(seed)
    received, paid = _rows(world, RECEIVED), _rows(world, PAID)
    assert {payer: holder for holder, payer in received} == world.holders
    for (holder, payer), (_, income) in received.items():
        book, payment = paid[(payer, holder)]
        assert income.tx_amount == payment.tx_amount > 0
        assert payment == dividend_row(book.company, book.ledger.dividend, holder)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_eliminating_a_dividend_takes_it_out_of_profit_and_leaves_retained_earnings(seed):
    """Profit falls by what was paid, at the rate of the resolution: by as much as the dividends of the year fall."""
    world = _world(seed)
    moved = Counter()
    for _, code, amount in eliminations(world, "修正後"):
        moved[code] += amount
    received = sum(row_yen(book, row, world.rates) for book, row in _rows(world, RECEIVED).values())
    paid = sum(
        row_yen(book, row, world.rates)
        for (payer, _), (book, row) in _rows(world, PAID).items()
        if payer in world.holders
    )
    assert RETAINED_EARNINGS not in moved
    assert moved[INCOME] == -received < 0
    assert moved[DIFFERENCE_PL] - _difference_without_dividends(world) == received - paid


def _difference_without_dividends(world):
    for book in world.books:
        book.rows = [row for row in book.rows if row.label not in DIVIDEND_LABELS]
    return sum(amount for _, code, amount in eliminations(world, "修正後") if code == DIFFERENCE_PL)


def test_a_dividend_of_the_first_quarter_is_not_income_of_the_second():
    world = _world(4, "2027Q2")
    for book, row in _rows(world, RECEIVED).values():
        assert book.prior.pl[INCOME] >= row.amount


@pytest.mark.parametrize("period", ["2027Q1", "2027Q2"])
def test_a_dividend_is_income_that_bears_no_tax_and_came_last_year_too(period):
    found = 0
    for seed in range(3, 7):
        world = _world(seed, period)
        received = Counter()
        for (holder, _), (_, row) in _rows(world, RECEIVED).items():
            received[holder] += row.amount
        for code, amount in received.items():
            book = world.book(code)
            ledger, bp = book.ledger, book.company.tax_bp
            totals = add_up("PL", ledger.pl)
            own = totals[PRETAX] - amount
            assert own >= 4 * amount
            assert abs((totals[TAX] + totals["8302"]) / own - bp / 10_000) < 0.04
            assert (
                -amount * bp // 10_000
                <= book.schedules.taxes.permanent
                <= totals[PRETAX] // 100 - amount * bp // 10_000
            )
            assert ledger.prior_pl[INCOME] >= amount * 8 // 10 - 2
            assert ledger.pl[INCOME] < ledger.prior_pl[INCOME] * 1.35
            grew = (ledger.pl[INCOME] - ledger.prior_pl[INCOME]) * 100 >= 20 * ledger.prior_pl[INCOME]
            assert grew == (("04", INCOME) in book.comments)
            assert book.prior.quarter_pl[INCOME] < book.prior.pl[INCOME] or period == "2027Q2"
            found += 1
    assert found >= 3
