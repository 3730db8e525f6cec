"""The search for a group without rounding ties: it ends, soon, and only companies that were nudged change."""

from __future__ import annotations

import pytest

from synthetic_pkg import settle
from synthetic_pkg.building import CleanGroup, Nudge
from synthetic_pkg.chart import add_up
from synthetic_pkg.errors import DoesNotFit, KitFault
from synthetic_pkg.intercompany import DIVIDEND_LABELS
from synthetic_pkg.spec import DatasetSpec
from synthetic_pkg.translation import company_details, near_tie

SOON = 6  # rounds


@pytest.fixture
def rounds(monkeypatch):
    """The number of ties in each round."""
    counted: list[int] = []
    original = settle.exact_details

    def counting(world):
        exact, ties = original(world)
        counted.append(len(ties))
        return exact, ties

    monkeypatch.setattr(settle, "exact_details", counting)
    return counted


# A tie that the plain nudge of the account does not move: a trap that fixes the figure (52), one side planted (3),
# a sheet that is missing (104 in Q2), figures copied from another company (15), capital in round figures (5, 6).
@pytest.mark.parametrize(
    ("companies", "period", "seed"),
    [(90, "2027Q1", 3), (90, "2027Q1", 5), (90, "2027Q1", 6), (90, "2027Q1", 52), (90, "2027Q2", 104)],
)
def test_stubborn_ties_are_gone_after_a_few_rounds(rounds, companies, period, seed):
    world, exact = settle.settle(DatasetSpec(companies=companies, level="hard", period=period), seed)
    assert rounds[-1] == 0 and len(rounds) <= SOON
    assert not any(near_tie(amount) for amount in exact.values())
    assert not any(near_tie(a) for _, _, _, amounts in company_details(world) for a in amounts.values())


@pytest.mark.parametrize(("code", "period"), [("8901", "2027Q1"), ("8901", "2027Q2"), ("7102", "2027Q1")])
def test_no_dividend_is_nudged_since_sheet_06_shows_it_too(code, period):
    world = CleanGroup(DatasetSpec(companies=40, level="hard", period=period), 2).world()
    paying = [
        b for b in world.books if b.company.overseas and any(r.label in DIVIDEND_LABELS for r in b.rows)
    ]
    nudged: list[Nudge] = []
    for book in paying:
        for scope in {book.company.code, *(row.partner for row in book.rows)} & world.company.keys():
            for round_ in range(settle.RECALCULATED + 1):
                place = settle._Place(world, settle.OWN, scope, code, round_, in_rows=True)
                nudged += [nudge for change in place.changes(book) for nudge in change]
    assert paying and nudged
    assert not [nudge for nudge in nudged if nudge.row[1] in DIVIDEND_LABELS]


def test_a_group_into_which_the_mix_does_not_fit_is_drawn_anew():
    spec = DatasetSpec(companies=20, level="easy", irregularities={"R28-trap": 21})
    with pytest.raises(DoesNotFit, match=r"R28-trap: 11 wanted, but only [0-9]+ of 20"):
        settle._settle(spec, 9)
    world, _ = settle.settle(spec, 9)
    assert "R28-trap" in {trap.kind for trap in world.traps}


@pytest.mark.long
@pytest.mark.parametrize("seed", range(500, 506))
def test_a_group_ten_times_as_large_needs_no_more_rounds(rounds, seed):
    settle.settle(DatasetSpec(companies=900, level="standard"), seed)
    assert len(rounds) <= SOON


@pytest.mark.long
def test_the_draw_of_nine_hundred_that_once_never_settled_does(rounds, monkeypatch):
    monkeypatch.setattr(settle, "DRAWS", 1)  # this very group, not another one
    settle.settle(DatasetSpec(companies=900, level="standard", irregularities={"R09": 23}), 7)
    assert len(rounds) <= SOON


def test_a_tie_that_nothing_moves_has_the_group_drawn_anew(rounds, monkeypatch):
    original = settle._nudges
    drawn: list[int] = []

    def drawing(spec, seed):
        drawn.append(seed)
        return CleanGroup(spec, seed)

    monkeypatch.setattr(settle, "CleanGroup", drawing)
    monkeypatch.setattr(settle, "_nudges", lambda *args: original(*args) if len(drawn) > 1 else [])
    world, _ = settle.settle(DatasetSpec(companies=24, level="hard"), 4)
    again, _ = settle.settle(DatasetSpec(companies=24, level="hard"), drawn[1])
    assert len(drawn) == 3 and len(set(drawn)) == 2 and rounds[0] > 0
    assert world.companies == again.companies


def test_no_search_is_endless(monkeypatch):
    asked: list[int] = []

    def tied(world):
        asked.append(len(world.books))
        return {}, [("提出値", "消去前", "会社", "2001", "1101")]

    monkeypatch.setattr(settle, "exact_details", tied)
    monkeypatch.setattr(settle, "ROUNDS", 3)
    with pytest.raises(KitFault, match=r"seed 4: .* rounding tie .* another seed"):
        settle.settle(DatasetSpec(companies=24), 4)
    assert len(asked) == 3 * settle.DRAWS


def test_nudges_redraw_only_their_own_companies_and_keep_ledgers_balanced():
    group = CleanGroup(DatasetSpec(companies=24, level="hard"), 8)
    before = {book.company.code: book for book in group.world().books}
    overseas = [book for book in before.values() if book.company.overseas and book.rows]
    nudges = [
        Nudge(overseas[0].company.code, "1107", 3, "2114"),
        Nudge(overseas[1].company.code, "6106", 2, "5101"),
        Nudge(overseas[2].company.code, "3101", 100),
    ]
    nudged = {nudge.company for nudge in nudges}
    after = {book.company.code: book for book in group.world(nudges).books}
    for code, book in after.items():
        assert (book.packed() != before[code].packed() or book.company != before[code].company) == (
            code in nudged
        )
        assert book.ledger.imbalance(book.ledger.closing) == 0
    moved = after[nudges[1].company].ledger.pl
    assert add_up("PL", moved) | {"5101": 0, "6106": 0} != add_up("PL", moved)
    assert moved["6106"] == before[nudges[1].company].ledger.pl["6106"] + 2
    assert moved["5101"] == before[nudges[1].company].ledger.pl["5101"] - 2
    assert after[nudges[2].company].company.hr == before[nudges[2].company].company.hr + 100
