"""Properties of the fake group before and after planting, over arbitrary seeds."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthetic_pkg.answer_details import cta_parts, opening_cta
from synthetic_pkg.building import build_world
from synthetic_pkg.chart import CASH, CTA, NET_INCOME, RETAINED_EARNINGS, add_up
from synthetic_pkg.intercompany import RULE_BY_LABEL
from synthetic_pkg.irregularities import plant_all
from synthetic_pkg.rates import MICRO
from synthetic_pkg.settle import settle
from synthetic_pkg.spec import DatasetSpec
from synthetic_pkg.translation import (
    TIE_MARGIN,
    company_details,
    near_tie,
    round_to_thousand_yen,
    translate,
)

SPEC = DatasetSpec(companies=24)
seeds = st.integers(min_value=0, max_value=2**40)
some = settings(max_examples=12, deadline=None, derandomize=True)
few = settings(max_examples=2, deadline=None, derandomize=True)
at_every_level = pytest.mark.parametrize(
    ("level", "period"), [(level, q) for level in ("core", "standard", "hard") for q in ("2027Q1", "2027Q2")]
)


def _spec(level: str, period: str) -> DatasetSpec:
    return DatasetSpec.model_validate({"companies": 24, "level": level, "period": period})


@some
@given(seeds)
def test_every_ledger_balances_and_rolls_forward(seed):
    for book in build_world(SPEC, seed).books:
        ledger = book.ledger
        assert ledger.imbalance(ledger.opening) == 0
        assert ledger.imbalance(ledger.closing) == 0
        profit = add_up("PL", ledger.pl)[NET_INCOME]
        moved = ledger.closing[RETAINED_EARNINGS] - ledger.opening[RETAINED_EARNINGS]
        assert moved == profit - ledger.dividend
        assert ledger.opening[CASH] > 0 and ledger.closing[CASH] > 0


@some
@given(seeds)
def test_intercompany_amounts_fit_inside_the_accounts_they_belong_to(seed):
    for book in build_world(SPEC, seed).books:
        inside = Counter()
        for row in book.rows:
            inside[row.code] += row.amount
        amounts = book.ledger.closing | book.ledger.pl
        inside.pop(RETAINED_EARNINGS, None)  # a dividend paid is no part of a balance
        assert all(amounts[code] >= amount for code, amount in inside.items())


@few
@given(seed=seeds)
@at_every_level
def test_both_sides_of_every_dealing_agree_before_planting(seed, level, period):
    sides: dict[bool, Counter[tuple[str, str, str, str]]] = {True: Counter(), False: Counter()}
    for book in (world := build_world(_spec(level, period), seed)).books:
        for row in book.rows:
            if row.partner in world.company:
                rule = RULE_BY_LABEL[row.label]
                creditor = row.label == rule.creditor_label
                parties = (book.company.code, row.partner) if creditor else (row.partner, book.company.code)
                sides[creditor][(*parties, rule.creditor_label, row.currency)] += row.tx_amount
    assert sides[True] == sides[False]
    assert min(sides[True].values()) > 0


@some
@given(seeds)
def test_translation_adjustment_moves_by_opening_equity_profit_and_dividend(seed):
    """ΔCTA by two paths: what the translated balance sheets leave, and the three causes. Equal to the last digit."""
    world = build_world(DatasetSpec(companies=24, level="hard"), seed)
    overseas = [book for book in world.books if book.company.overseas]
    assert any(book.ledger.dividend for book in overseas)
    for book in overseas:
        plug = translate(book, world.rates)[CTA] - opening_cta(book, world.rates)
        assert sum(cta_parts(book, book.ledger, world.rates)) == plug


@few
@given(seed=seeds)
@at_every_level
def test_no_answer_lies_next_to_a_rounding_tie(seed, level, period):
    world, exact = settle(_spec(level, period), seed)
    assert not any(near_tie(amount) for amount in exact.values())
    assert not any(near_tie(a) for _, _, _, amounts in company_details(world) for a in amounts.values())


@few
@given(seeds)
def test_no_company_of_the_core_level_carries_two_plants(seed):
    world = build_world(SPEC, seed)
    plant_all(world, SPEC.mix(), seed)
    active = {c.code for c in world.companies if c.shape != "dormant"}
    carriers = Counter(
        company
        for kinds in (
            {(a.kind, a.company) for a in world.anomalies},
            {(t.kind, t.company) for t in world.traps},
        )
        for _, company in kinds
        if company in active
    )
    assert max(carriers.values()) == 1


def test_rounding_is_half_away_from_zero():
    half = 500 * MICRO
    assert [round_to_thousand_yen(n) for n in (half, -half, half - 1, 3 * half, -3 * half)] == [
        1,
        -1,
        0,
        2,
        -2,
    ]
    assert near_tie(half + TIE_MARGIN - 1) and not near_tie(half + TIE_MARGIN)


def test_an_insolvent_company_has_negative_net_assets():
    world = build_world(DatasetSpec(companies=40), 5)
    (code,) = world.in_deficit
    assert add_up("BS", world.book(code).ledger.closing)["3399"] < 0
