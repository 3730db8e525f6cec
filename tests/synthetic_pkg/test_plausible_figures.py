"""Figures an accountant would ask about: people, taxes, exchange, impairment, interest, disposals, dates."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest

from synthetic_pkg.building import build_world
from synthetic_pkg.chart import PRETAX, SALES, add_up, read_rows
from synthetic_pkg.formula import round_half_away
from synthetic_pkg.group import OUTSIDE_CODE, cost_per_head
from synthetic_pkg.headcount import headcount
from synthetic_pkg.ledger import NET_OF_TAX, tax_on_net
from synthetic_pkg.period import PERIODS
from synthetic_pkg.rates import MICRO
from synthetic_pkg.schedules import DEPRECIABLE, LEASE
from synthetic_pkg.sheets.s00_cover import HOLIDAYS, business_day
from synthetic_pkg.spec import DatasetSpec

SEEDS = (9, 12)
YEAR = 4  # quarters
MILLION = 1_000_000
PERSONNEL = ("6102", "6103")
LABOUR = ("MC20", "MC21", "MC22")


@pytest.fixture(scope="module", params=["2027Q1", "2027Q2"])
def group(request):
    """(world, book) of every active company of two groups, nothing planted."""
    spec = DatasetSpec(companies=60, level="hard", period=request.param)
    worlds = [build_world(spec, seed) for seed in SEEDS]
    return [(w, book) for w in worlds for book in w.books if book.company.shape != "dormant"]


def test_people_are_paid_and_sell_what_is_usual_for_the_country(group):
    for world, book in group:
        company, ledger = book.company, book.ledger
        rate = world.rates[(company.currency, company.year_end)]
        heads = headcount(company, ledger, rate)
        yen = YEAR * company.unit * rate.average // MICRO  # for one unit a quarter
        labour = sum(book.schedules.manufacturing.get(code, 0) for code in LABOUR) // world.period.quarters
        personnel = (sum(ledger.quarter_pl[code] for code in PERSONNEL) + labour) * yen / heads
        usual = cost_per_head(company) * 1000
        assert usual / 2 < personnel < usual * 2.2 or heads < 20, (company.code, heads, personnel)
        sales = ledger.quarter_pl[SALES] * yen / heads
        assert 3 * MILLION < sales < 600 * MILLION or heads < 20, (company.code, heads, sales)


def test_deferred_taxes_and_exchange_stand_on_one_side_only(group):
    for _, book in group:
        for amounts in (book.ledger.opening, book.ledger.closing, book.prior.opening, book.prior.closing):
            assert not (amounts["1405"] and amounts["2203"]), book.company.code
        for amounts in (book.ledger.pl, book.ledger.prior_pl, book.ledger.quarter_pl):
            assert not (amounts["7103"] and amounts["7202"]), book.company.code


def test_other_comprehensive_income_carries_its_deferred_tax(group):
    """15: what is not income moved with 3201, 3202 and 3204, which stand after tax."""
    moved = 0
    for _, book in group:
        opening, closing = book.ledger.opening, book.ledger.closing
        tax = sum(
            tax_on_net(closing[c], book.company) - tax_on_net(opening[c], book.company) for c in NET_OF_TAX
        )
        assert book.schedules.taxes.other_deferred == -tax, book.company.code
        moved += tax != 0
        shown = sum(row.tax for row in book.schedules.securities)
        assert shown == tax_on_net(closing["3201"], book.company)
    assert moved > len(group) // 2


def test_who_is_taxed_owes_most_of_the_period_and_has_paid_what_was_left_of_last_year(group):
    taxed = [(world.period.quarters, book) for world, book in group if book.ledger.pl["8301"]]
    assert len(taxed) > len(group) * 9 // 10
    shares = Counter[int]()
    for quarters, book in taxed:
        before, after = book.ledger.opening["2109"], book.ledger.closing["2109"]
        charged = book.ledger.pl["8301"]
        assert charged * 0.7 - 3 <= after <= charged * 1.1 + 3 and after > 0, book.company.code
        assert charged / quarters - 3 <= before <= 2.2 * charged / quarters + 3 and before > 0
        assert -book.schedules.taxes.paid >= before * 0.9 - 3, book.company.code
        shares[100 * after // charged] += charged > 100
        if quarters > 1:  # the archive is of the first
            then, due = book.prior.closing["2109"], book.prior.pl["8301"]
            assert due * 0.7 - 3 <= then <= due * 1.1 + 3, book.company.code
    assert max(shares.values()) < len(taxed) // 5


def test_what_is_estimated_for_years_moves_little(group):
    """退職給付、製品保証、資産除去債務: ±6% in a quarter, and in the half year too."""
    moved = Counter[str]()
    for _, book in group:
        opening, closing = book.ledger.opening, book.ledger.closing
        for code in ("1404", "2113", "2204", "2205"):
            move = abs(closing[code] - opening[code])
            assert move * 100 <= opening[code] * 6 + 100, (book.company.code, code)
            moved[code] += move > 0
    assert min(moved.values()) > 5 and len(moved) == 4


def test_an_archived_quarter_is_no_fourth_part_of_its_year(group):
    """Each line has a share of its own, taxes follow the profit, and sales and their cost stand on 90 as well."""
    shares = Counter[int]()
    for world, book in group:
        prior = book.prior
        if book.company.code in world.newcomers:
            continue
        if world.period.quarters > 1:  # the archive is of a first quarter
            assert prior.quarter_pl == prior.pl
            continue
        assert (prior.quarter_pl[SALES], prior.quarter_pl["5101"]) == prior.quarters[-1]
        for code, year in prior.pl.items():
            if abs(year) > 1000 and code not in (SALES, "5101", "7102", "8301", "8302"):
                assert 19 < 100 * prior.quarter_pl[code] / year < 31, (book.company.code, code)
                shares[1000 * prior.quarter_pl[code] // year] += 1
        for pl in (prior.pl, prior.prior_pl, prior.quarter_pl):
            totals = add_up("PL", pl)
            if book.company.code not in world.holders.values() and totals["8299"] > 1000:
                rate = (totals["8301"] + totals["8302"]) / totals["8299"]
                assert abs(rate - book.company.tax_bp / 10_000) < 0.04, book.company.code
    assert not shares or max(shares.values()) < sum(shares.values()) // 20


def test_the_burden_of_tax_is_explained_by_name(group):
    """15: その他 is what rounding leaves; a loss that earns no deferred tax shows in the allowance."""
    losses = 0
    for _, book in group:
        pl, taxes = book.ledger.pl, book.schedules.taxes
        pretax = add_up("PL", pl)[PRETAX]
        expected = pretax * taxes.statutory_bp // 10_000
        other = pl["8301"] + pl["8302"] - expected - taxes.permanent - taxes.credit - taxes.allowance
        assert abs(other) <= abs(pretax) // 1000 + 1, (book.company.code, pretax, other)
        losses += pretax < 0 < taxes.allowance
    assert losses


def test_a_dormant_company_explains_its_whole_burden(group):
    """15: of the few units that a loss would save in taxes, nothing is left for その他."""
    for world in {id(world): world for world, _ in group}.values():
        dormant = [book for book in world.books if book.company.shape == "dormant"]
        for book in dormant:
            pretax, taxes = add_up("PL", book.ledger.pl)[PRETAX], book.schedules.taxes
            expected = round_half_away(pretax * taxes.statutory_bp / 10_000, 0)
            assert taxes.permanent == taxes.credit == 0 < taxes.allowance == -expected, book.company.code
        assert dormant


def test_stock_from_the_group_came_from_those_who_sell_goods(group):
    listed = 0
    for world, book in group:
        code = "1106" if book.company.shape == "sales" else "1108"
        rows = book.schedules.unrealised
        assert {row.code for row in rows} <= {code}, book.company.code
        assert sum(row.stock for row in rows) <= book.ledger.closing[code] // 2, book.company.code
        for row in rows:
            assert world.company[row.partner].shape in ("manufacturer", "sales"), (book.company.code, row)
        listed += len(rows)
    assert listed > len(group) // 4


def test_listed_stocks_rise_and_fall_each_on_their_own(group):
    """12: not two stocks with one ratio of gain to cost, and no price that never moved."""
    alike = 0
    for _, book in group:
        rows = [row for row in book.schedules.securities if "（上場）" in row.kind and row.cost > 1000]
        ratios = [(row.fair - row.cost) / row.cost for row in rows]
        assert all(ratios) and all(-0.5 < ratio < 3 for ratio in ratios), (book.company.code, ratios)
        alike += len(ratios) == 2 and abs(ratios[0] - ratios[1]) < 0.01
        for row in rows:
            assert abs(row.tax - (row.fair - row.cost) * book.company.tax_bp / 10_000) <= 3, row
    assert alike == 0


def test_impairment_is_rare_and_stands_in_the_notes(group):
    impaired = [book for _, book in group if book.ledger.pl["8202"]]
    assert 0 < len(impaired) <= len(group) // 10
    for book in impaired:
        (note,) = [note for note in book.schedules.notes if note.kind == "減損"]
        assert note.amount == book.ledger.pl["8202"]


def test_rights_of_use_intangibles_and_unfinished_assets_are_never_sold(group):
    for _, book in group:
        for code in ("1205", "1206", "1301", "1302", "1303"):
            row = book.schedules.asset(code)
            assert row is None or row.disposed == 0, (book.company.code, code)
        assert sum(row.transfer for row in book.schedules.assets) == 0
        assert all(row.acquired >= 0 >= row.disposed for row in book.schedules.assets)


def test_group_sales_are_of_as_many_quarters_as_the_sales_they_are_part_of(group):
    """09 is of the year so far, 08 of its last day: 1.6 months of the sales are still to be paid."""
    share, months = Counter[str](), Counter[str]()
    for world, book in group:
        inside = Counter[str]()
        for row in book.rows:
            inside[row.label] += row.amount if row.partner != OUTSIDE_CODE else 0
        rate = world.rates[(book.company.currency, book.company.year_end)].average * book.company.unit
        share += {"sales": book.ledger.pl[SALES] * rate, "inside": inside["売上"] * rate}
        months += {"unpaid": inside["売掛金"] * rate, "sold": inside["売上"] * rate // world.period.quarters}
        assert inside["売上"] + inside["受取ロイヤルティ"] <= book.ledger.pl[SALES], book.company.code
        assert inside["仕入"] <= book.ledger.pl["5101"], book.company.code
    assert 0.08 < share["inside"] / share["sales"] < 0.2
    assert 1.2 < 3 * months["unpaid"] / months["sold"] < 2


def test_what_is_left_of_group_purchases_was_bought_in_the_last_quarter(group):
    for world, book in group:
        bought = {row.partner: row.amount for row in book.rows if row.label == "仕入"}
        for stock in book.schedules.unrealised:
            assert stock.stock <= bought[stock.partner] * 45 // (100 * world.period.quarters)


def test_loans_inside_the_group_bear_the_interest_of_their_time(group):
    found = [row.rate_bp for _, book in group for row in book.schedules.borrowings if row.partner]
    assert found and sum(found) / len(found) > 150


def test_domestic_companies_deal_with_each_other_in_yen(group):
    found = 0
    for world, book in group:
        for row in book.rows:
            partner = world.company.get(row.partner)
            if partner and not (partner.overseas or book.company.overseas):
                assert row.currency == "JPY", (book.company.code, row)
                found += 1
    assert found


def test_depreciation_is_a_few_percent_of_the_assets_in_a_quarter(group):
    for world, book in group:
        rows = [row for row in book.schedules.assets if row.code in DEPRECIABLE]
        for part, most in [(rows, 0.06), *(([row], 0.13) for row in rows)]:
            average = sum(row.opening + row.closing for row in part) / 2
            charged = -sum(row.depreciation for row in part)
            assert charged <= average * most * world.period.quarters + 2, (book.company.code, part)


def test_bonuses_are_provided_for_out_of_the_expense_of_the_period(group):
    for _, book in group:
        provided, charged = book.ledger.closing["2112"], book.ledger.pl["6103"]
        assert provided > 0 and charged > 0, (book.company.code, provided, charged)


def test_leases_stand_in_assets_and_debts_or_in_neither(group):
    leasing = 0
    for _, book in group:
        for amounts in (book.ledger.opening, book.ledger.closing):
            used = [amounts[code] > 0 for code in ("1205", "2106", "2202")]
            assert len(set(used)) == 1, (book.company.code, used)
        leasing += all(used)
    assert len(group) // 2 < leasing < len(group)


def test_leases_enter_assets_and_debts_alike_and_are_paid_off(group):
    for world, book in group:
        assets = [row for row in book.schedules.assets if row.code == "1205"]
        leases = [row for row in book.schedules.borrowings if row.kind == LEASE]
        assert [row.acquired for row in assets] == [row.borrowed for row in leases], book.company.code
        for row in leases:
            due = book.ledger.opening["2106"] * world.period.quarters / YEAR
            assert 0.6 * due - 2 <= -row.repaid <= 1.5 * due + 2, (book.company.code, due, row)


def test_level_payments_until_a_lease_is_due_pay_off_what_is_due_within_a_year(group):
    read = 0
    for world, book in group:
        year, month, _ = world.period.closing[book.company.year_end]
        for row in book.schedules.borrowings:
            if row.kind == LEASE:
                due_year, due_month = map(int, row.due.removesuffix("月").split("年"))
                years = due_year - year + (due_month - month) / 12
                rate = row.rate_bp / 10_000
                first = row.closing * rate / ((1 + rate) ** years - 1)
                assert abs(first - row.current) <= max(row.current // 6, 1), (book.company.code, row)
                read += 1
    assert read > len(group) // 2


def test_electronic_claims_and_debts_are_domestic(group):
    overseas = [book for _, book in group if book.company.overseas]
    for book in overseas:
        for amounts in (book.ledger.opening, book.ledger.closing, book.prior.opening):
            assert amounts["1103"] == amounts["2102"] == 0
    assert any(book.ledger.closing["1103"] for _, book in group)


def test_interest_is_what_the_contracts_cost(group):
    """Average balance × rate × time, within what rates in 1/100 % leave."""
    for world, book in group:
        part = world.period.quarters / YEAR
        rows = book.schedules.borrowings
        cost = sum((row.opening + row.closing) / 2 * row.rate_bp / 10_000 * part for row in rows)
        rounding = sum((row.opening + row.closing) / 2 for row in rows) / 10_000 * part
        assert abs(cost - book.ledger.pl["7201"]) <= 2 * rounding + 2, book.company.code
        assert all(0 < row.rate_bp < 2000 for row in rows), book.company.code


@pytest.mark.parametrize("period", PERIODS.values(), ids=PERIODS)
def test_no_book_is_submitted_on_a_day_off(period):
    days = {business_day(datetime(*period.submission), count) for count in range(9)}
    assert len(days) == 9
    assert all(day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS for day in days)


def test_a_holder_shows_the_shares_of_what_it_holds(group):
    """関係会社株式 is at least what was paid in for the shares, in every balance sheet of the holder."""
    for world in {id(world): world for world, _ in group}.values():
        cost = Counter[str]()
        for code, holder in world.holders.items():
            held, closing = world.company[code], world.book(code).ledger.closing
            cost[holder] += (closing["3101"] + closing["3102"]) * held.unit * held.hr * held.share // 100
        assert cost
        for holder, micro_yen in cost.items():
            book = world.book(holder)
            for amounts in (book.ledger.opening, book.ledger.closing, book.prior.opening, book.prior.closing):
                assert amounts["1402"] * book.company.unit * book.company.hr >= micro_yen, holder
                assert amounts["1402"] < add_up("BS", amounts)["1999"] * 3 // 5, holder


def test_the_glossary_knows_the_words_of_newly_consolidated_companies():
    known = " ".join(str(row) for row in read_rows("glossary.csv"))
    assert all(word in known for word in ("新規連結", "みなし連結日", "みなし取得日"))
