"""A cause is named only when known mistakes give every reported figure exactly; what none gives is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pytest

from runner.checks.causes.known import KnownMistakes
from runner.checks.likely_cause import UNKNOWN, Explanation, explain
from runner.checks.read_outputs import Key
from synthetic_pkg.mistakes.model import CompanyParts, Exact, Mistake
from synthetic_pkg.translation import THOUSAND_YEN as UNIT
from synthetic_pkg.translation import round_to_thousand_yen

Basis = Literal["提出値", "修正後"]
SUBMITTED: Basis = "提出値"
CORRECTED: Basis = "修正後"
CASH, SALES, COST = "1101", "4101", "5101"
CARS, PARTS, WHOLE = "自動車", "部品", "全社"


def mistake(id_: str, title: str, deltas: Mapping[Basis, dict[str, dict[str, int]]]) -> Mistake:
    """Deltas in thousandths of 千円, so that rounding plays its part."""
    exact = {
        basis: {s: {c: n * UNIT // 1000 for c, n in amounts.items()} for s, amounts in segments.items()}
        for basis, segments in deltas.items()
    }
    return Mistake(id=id_, title=title, evidence=f"{id_}を示すセル", deltas=exact)


SIGN = mistake(
    "sign", "△を負数として読んでいない",
    {SUBMITTED: {CARS: {CASH: 40_400}}, CORRECTED: {CARS: {CASH: 40_400}}},
)  # fmt: skip
RATE = mistake(
    "rate", "BSを期中平均レートで換算した",
    {SUBMITTED: {CARS: {CASH: 7_300}, PARTS: {CASH: -9_800}}, CORRECTED: {CARS: {CASH: 7_300}, PARTS: {CASH: -9_800}}},
)  # fmt: skip
ELIMINATION = mistake(
    "elimination", "内部取引を消去していない",
    {CORRECTED: {CARS: {SALES: 51_000, COST: 50_000}, PARTS: {SALES: 11_111}}},
)  # fmt: skip
TWIN = mistake("twin", "外貨建ての内部取引を消去していない", ELIMINATION.deltas and {
    CORRECTED: {CARS: {SALES: 51_000, COST: 50_000}, PARTS: {SALES: 11_111}},
})  # fmt: skip
COMPANY = CompanyParts(
    company="0012",
    name="カクウ精機（架空）株式会社",
    segment=PARTS,
    evidence="PKG_0012_2027Q1_v1.xlsx",
    own={
        SUBMITTED: {CASH: 900 * UNIT, SALES: 5_000 * UNIT},
        CORRECTED: {CASH: 900 * UNIT, SALES: 5_000 * UNIT},
    },
    rows={CARS: {SALES: -70 * UNIT}},
    partners={},
    held={},
)


def totals_of(basis: Basis) -> dict[str, dict[str, int]]:
    step = 0 if basis == SUBMITTED else 3 * UNIT
    return {
        CARS: {
            CASH: 812_345 * UNIT + UNIT * 6 // 10 - step,
            SALES: 9_876_543 * UNIT,
            COST: 7_000_001 * UNIT - step,
        },
        PARTS: {CASH: 23_456 * UNIT - step, SALES: 1_234_567 * UNIT + UNIT * 3 // 10, COST: 1_000_019 * UNIT},
    }


EXACT = Exact(
    amounts={SUBMITTED: totals_of(SUBMITTED), CORRECTED: totals_of(CORRECTED)},
    credit=[SALES],
    contra=[],
    income=[SALES, COST],
    differences=[],
    names={CASH: "現金及び預金", SALES: "売上高", COST: "売上原価"},
    pairs=[(SALES, COST)],
)
KNOWN = KnownMistakes(EXACT, [SIGN, RATE, ELIMINATION], [COMPANY])
KEYS = [
    Key(b, s, c) for b in (SUBMITTED, CORRECTED) for s in (CARS, PARTS, WHOLE) for c in (CASH, SALES, COST)
]
EXPECTED = {key: round_to_thousand_yen(KNOWN.exact(key)) for key in KEYS}


def reported(*ids: str, known: KnownMistakes = KNOWN) -> dict[Key, int | float]:
    """The figures as they read under these mistakes."""
    made = [one for one in known.all if one.id in ids]
    assert len(made) == len(ids)
    return {key: round_to_thousand_yen(known.exact(key) + sum(one.at(key) for one in made)) for key in KEYS}


def names(said: Explanation) -> set[frozenset[str]]:
    return {frozenset(ids) for ids in said.names}


@pytest.mark.parametrize("one", [m.id for m in KNOWN.all if m.touched])
def test_one_mistake_is_named_with_what_shows_it(one: str) -> None:
    figures = reported(one)
    said = explain(figures, EXPECTED, KNOWN)
    assert frozenset([one]) in names(said) and said.complete
    assert "場合の値と一致" in said.text(KEYS) and said.evidence(KEYS)


def test_the_sentence_and_the_cell_are_those_of_the_mistake() -> None:
    said = explain(reported("sign"), EXPECTED, KNOWN)
    assert said.text(KEYS) == "△を負数として読んでいない場合の値と一致"
    assert said.of(Key(CORRECTED, CARS, CASH)) == (said.text(KEYS), "signを示すセル")
    assert said.text([Key(CORRECTED, CARS, SALES)]) == ""


def test_a_company_left_out_is_named_with_its_file() -> None:
    said = explain(reported("company.dropped.book.0012"), EXPECTED, KNOWN)
    assert "会社0012" in said.text(KEYS) and said.evidence(KEYS) == "PKG_0012_2027Q1_v1.xlsx"


def test_two_mistakes_are_named_together_and_each_figure_by_its_own() -> None:
    said = explain(reported("sign", "elimination"), EXPECTED, KNOWN)
    assert names(said) == {frozenset(("sign", "elimination"))}
    assert "①" in said.text(KEYS) and "②" in said.text(KEYS)
    assert said.of(Key(CORRECTED, CARS, SALES))[0] == "内部取引を消去していない場合の値と一致"


def test_two_mistakes_that_meet_in_one_figure_are_added_before_rounding() -> None:
    assert names(explain(reported("sign", "rate"), EXPECTED, KNOWN)) == {frozenset(("sign", "rate"))}


def test_three_mistakes_that_share_no_figure_are_named_side_by_side() -> None:
    known = KnownMistakes(EXACT, [SIGN, ELIMINATION, mistake("cost", "売上原価を二重に集計した", {
        SUBMITTED: {PARTS: {COST: 12_300}}, CORRECTED: {PARTS: {CASH: 77_000}},
    })], [])  # fmt: skip
    figures = reported("elimination", "cost", known=known)
    figures[Key(SUBMITTED, CARS, SALES)] = 0  # lost in one place: no mistake of the list
    said = explain(figures, EXPECTED, known)
    assert not said.complete and names(said) == {frozenset(("elimination", "cost"))}


def test_a_mistake_made_in_one_basis_alone_is_named_as_such() -> None:
    figures = reported("sign")
    figures |= {key: EXPECTED[key] for key in KEYS if key.basis == CORRECTED}
    said = explain(figures, EXPECTED, KNOWN)
    assert said.text(KEYS) == "提出値だけで、△を負数として読んでいない場合の値と一致"


def test_one_basis_explained_leaves_the_other_unknown() -> None:
    figures = reported("elimination")
    figures[Key(SUBMITTED, PARTS, CASH)] += 17
    said = explain(figures, EXPECTED, KNOWN)
    assert UNKNOWN in said.text(KEYS) and "消去していない" in said.text(KEYS)
    assert said.of(Key(SUBMITTED, PARTS, CASH)) == (UNKNOWN, "")


def test_mistakes_with_the_same_figures_are_both_named() -> None:
    known = KnownMistakes(EXACT, [ELIMINATION, TWIN], [])
    text = explain(reported("elimination", known=known), EXPECTED, known).text(KEYS)
    assert "または" in text and "外貨建て" in text


def test_one_figure_off_by_one_makes_the_cause_unknown() -> None:
    for key in KEYS:
        figures = reported("elimination")
        figures[key] += 1
        said = explain(figures, EXPECTED, KNOWN)
        assert UNKNOWN in said.text([key]), key


def test_a_figure_that_should_differ_and_does_not_makes_the_cause_unknown() -> None:
    figures = reported("rate")
    figures[Key(SUBMITTED, WHOLE, CASH)] = EXPECTED[Key(SUBMITTED, WHOLE, CASH)]
    figures[Key(CORRECTED, WHOLE, CASH)] = EXPECTED[Key(CORRECTED, WHOLE, CASH)]
    assert explain(figures, EXPECTED, KNOWN).text(KEYS) == UNKNOWN


def test_rows_that_are_missing_are_no_figures_to_explain() -> None:
    figures = {key: amount for key, amount in reported("rate").items() if key.segment != WHOLE}
    assert names(explain(figures, EXPECTED, KNOWN)) == {frozenset(["rate"])}


@pytest.mark.parametrize(
    ("way", "said"),
    [
        (lambda n: n // UNIT, "切り捨てた"),
        (lambda n: -(-n // UNIT), "切り上げた"),
        (lambda n: n / UNIT, "丸めずに"),
    ],
)
def test_another_rounding_is_named_alone_and_beside_a_mistake(way: object, said: str) -> None:
    assert callable(way)
    figures = {key: way(KNOWN.exact(key)) for key in KEYS}
    assert said in explain(figures, EXPECTED, KNOWN).text(KEYS)
    rate = next(one for one in KNOWN.all if one.id == "rate")
    both = {key: way(KNOWN.exact(key) + rate.at(key)) for key in KEYS}
    text = explain(both, EXPECTED, KNOWN).text(KEYS)
    assert said in text and "期中平均レート" in text


def test_without_known_mistakes_and_without_differences_nothing_is_said() -> None:
    assert explain(reported("rate"), EXPECTED, None).text(KEYS) == UNKNOWN
    assert explain(dict(EXPECTED), EXPECTED, KNOWN).text(KEYS) == ""
