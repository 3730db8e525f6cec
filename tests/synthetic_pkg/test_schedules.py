"""Every schedule ties to the statements, over arbitrary seeds and both periods."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from synthetic_pkg.building import build_world
from synthetic_pkg.chart import NET_INCOME, add_up
from synthetic_pkg.schedules import EQUITY_COLUMNS, LEASE, LONG, SHORT
from synthetic_pkg.spec import DatasetSpec

some = settings(max_examples=8, deadline=None, derandomize=True)
seeds = st.integers(min_value=0, max_value=2**40)
periods = st.sampled_from(("2027Q1", "2027Q2"))


def _books(seed, period):
    world = build_world(DatasetSpec(companies=24, period=period, level="hard"), seed)
    return world, [book for book in world.books if book.company.shape != "dormant"]


@some
@given(seeds, periods)
def test_fixed_assets_roll_forward_to_the_balance_sheet_and_the_income_statement(seed, period):
    for book in _books(seed, period)[1]:
        ledger, schedules = book.ledger, book.schedules
        for row in schedules.assets:
            assert row.opening == ledger.opening[row.code] and row.closing == ledger.closing[row.code]
            assert row.acquired >= 0 >= row.disposed and row.depreciation <= 0
        charged = -sum(row.depreciation for row in schedules.assets)
        assert charged == ledger.pl["6104"] + schedules.manufacturing.get("MC30", 0)
        assert -sum(row.impairment for row in schedules.assets) == ledger.pl["8202"]
        assert sum(row.transfer for row in schedules.assets) == 0


@some
@given(seeds, periods)
def test_borrowings_leases_and_securities_add_up_to_their_accounts(seed, period):
    accounts = {SHORT: ("2104",), LONG: ("2105", "2201"), LEASE: ("2106", "2202")}
    for book in _books(seed, period)[1]:
        ledger, schedules = book.ledger, book.schedules
        for kind, codes in accounts.items():
            rows = [row for row in schedules.borrowings if row.kind == kind]
            assert sum(row.opening for row in rows) == sum(ledger.opening[c] for c in codes)
            assert sum(row.closing for row in rows) == sum(ledger.closing[c] for c in codes)
            assert all(row.borrowed >= 0 >= row.repaid for row in rows)
            if len(codes) == 2:
                assert sum(row.current for row in rows) == ledger.closing[codes[0]]
        for code in ("1401", "1402"):
            assert sum(s.fair for s in schedules.securities if s.code == code) == ledger.closing[code]
        assert sum(s.fair - s.cost - s.tax for s in schedules.securities) == ledger.closing["3201"]


@some
@given(seeds, periods)
def test_provisions_taxes_and_equity_roll_forward(seed, period):
    for book in _books(seed, period)[0].books:
        ledger, schedules = book.ledger, book.schedules
        for row in schedules.provisions:
            sign = -1 if row.code in ("1119", "1409") else 1
            assert (row.opening, row.closing) == (
                sign * ledger.opening[row.code],
                sign * ledger.closing[row.code],
            )
            assert row.used <= 0 and row.released <= 0 and row.added >= 0
        bonus = schedules.provision("2112")
        if bonus:
            assert bonus.added == ledger.pl["6103"]
            assert bonus.added_cost == schedules.manufacturing.get("MC21", 0)
        pensions = schedules.provision("2204")
        if pensions and pensions.added + pensions.added_cost > 1:
            made = schedules.manufacturing.get("MC22", 0)
            assert 0 <= pensions.added_cost <= made and bool(pensions.added_cost) == bool(made)
        assert schedules.taxes.paid <= 0
        assert schedules.equity[("EQ20", "3103")] == add_up("PL", ledger.pl)[NET_INCOME]
        for code in EQUITY_COLUMNS:
            moves = sum(amount for (_, account), amount in schedules.equity.items() if account == code)
            assert moves == ledger.closing[code]


@some
@given(seeds)
def test_the_archive_holds_what_the_opening_column_says(seed):
    for period, part in (("2027Q1", "closing"), ("2027Q2", "opening")):
        for book in _books(seed, period)[0].books:
            assert getattr(book.prior, part) == book.ledger.opening
            assert book.ledger.imbalance(book.prior.opening) == book.ledger.imbalance(book.prior.closing) == 0


@some
@given(seeds)
def test_a_second_quarter_is_the_first_plus_itself(seed):
    for book in _books(seed, "2027Q2")[0].books:
        ledger = book.ledger
        assert all(book.prior.pl[c] + ledger.quarter_pl[c] == ledger.pl[c] for c in ledger.pl)
