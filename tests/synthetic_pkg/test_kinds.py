"""Kinds of irregularities: complete, separable, spread as the levels promise, told apart as 要領 says."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthetic_pkg.building import CleanGroup, build_world
from synthetic_pkg.chart import terms
from synthetic_pkg.comments import NEUTRAL, NEWCOMER, fill
from synthetic_pkg.errors import DatasetError
from synthetic_pkg.irregularities import KINDS, catalogue, checks, known_kinds, plant_all
from synthetic_pkg.irregularities.r02_r03_r17_footing import TOTAL_OF, amounts_of, rounding_bound, told_apart
from synthetic_pkg.irregularities.r28_r29_ratios import EXPENSES
from synthetic_pkg.layout import CURRENT, cell
from synthetic_pkg.spec import DatasetSpec
from synthetic_pkg.world import World

DRAWN_WITH_THE_GROUP = {"R01-new-trap", "R18-new-trap", "R24-new-trap", "R08-trap", "T01"}
LEFT_OUT = {"R31"}  # docs/decisions/cut-off-r31.md
seeds = st.integers(min_value=0, max_value=2**40)
some = settings(max_examples=8, deadline=None, derandomize=True)


def _planted(level: str, seed: int, companies: int = 90, **mix: int) -> World:
    spec = DatasetSpec.model_validate({"level": level, "companies": companies, "irregularities": mix})
    world = build_world(spec, seed)
    plant_all(world, spec.mix(), seed, spec.carriers())
    return world


def test_every_kind_of_the_specification_can_be_planted():
    wanted = {f"N{n:02d}" for n in range(1, 10)} | {f"R{n:02d}" for n in range(1, 35)} | {"T01"}
    assert wanted - LEFT_OUT <= set(known_kinds())


def test_every_kind_that_is_reported_has_a_check_and_every_check_a_kind():
    listed = {check.id for check in checks()}
    assert listed == {check.id for kind in KINDS if kind.plant for check in kind.checks}
    for kind in KINDS:
        if kind.plant and kind.id.startswith("R"):
            assert kind.checks, kind.id
    for check in checks():
        assert re.fullmatch(r"[A-F]\d\d", check.id)
        assert all([check.title, check.rule, check.treatment, check.cell, check.exceptions]), check.id


def test_every_tolerance_a_check_names_is_published():
    published = {str(row[0]): str(row[4]).split("・") for row in catalogue.tolerances()}
    for check in checks():
        for name in re.findall(r"K\d+", f"{check.tolerance} {check.rule}"):
            assert check.id in published[name], (check.id, name)


def test_every_place_of_the_rules_names_the_same_excluded_companies():
    """A reader who believes one list and finds a shorter one elsewhere has two answers."""
    excluding = sorted(check.id for check in checks() if check.treatment.startswith("除外"))
    text = " ".join(str(rule) for rule in (*checks(), *catalogue.order_rules()))
    lists = [
        re.findall(r"[A-F]\d\d", words) for words in re.findall(r"除外(?:会社（|」の)([A-F][^）]*)", text)
    ]
    assert len(lists) == 3 and all(named == excluding for named in lists), lists


def test_every_check_that_changes_amounts_has_its_place_in_the_order_of_corrections():
    """Read literally, what is judged on corrected amounts must come after everything that corrects them."""
    changing = {
        c.id
        for c in checks()
        if c.treatment.startswith("修正") and re.search("（修正後）|修正後では", c.treatment)
    }
    (order,) = [text for title, text in catalogue.order_rules() if title == "検査と修正の順序"]
    corrected = re.findall(r"[A-F]\d\d", str(order).split("その他の検査")[0])
    assert set(corrected) - {"A03"} == changing and corrected[-1] == "D04", order


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_standard_mix_is_spread_as_promised(seed):
    """30 clean, 20 N only, 35 carrying 45 R items, about 25 traps."""
    world = _planted("standard", seed)
    roots = Counter(a.company for a in world.anomalies)
    odd = {n.company for n in world.normalisations}
    trapped = {t.company for t in world.traps}
    assert sum(roots.values()) == 45 and len(roots) == 35 and max(roots.values()) == 2
    assert len(odd - roots.keys()) == 20
    assert len({t.trap_id for t in world.traps}) == 25
    assert 26 <= 90 - len(roots.keys() | odd | trapped) <= 32


def test_easy_has_eight_roots_and_no_odd_form_beyond_figures():
    world = _planted("easy", 4)
    assert len(world.anomalies) == 8
    assert {n.kind for n in world.normalisations} == {"N01", "N02", "N03"}


def test_hard_plants_every_kind_of_the_first_quarter():
    world = _planted("hard", 5)
    planted = {a.kind for a in world.anomalies} | {n.kind for n in world.normalisations}
    assert planted == {k.id for k in KINDS if k.plant} - {"R05"}


@some
@given(seeds)
def test_two_plants_share_a_book_only_when_they_touch_different_parts(seed):
    world = _planted("hard", seed)
    parts = {kind.id: kind.areas for kind in KINDS} | {kind.trap_id: kind.trap_areas for kind in KINDS}
    parts["R09-cover"] = frozenset({"cover"})
    assert world.cast
    for kinds in world.cast.kinds.values():
        touched = [part for kind in kinds for part in parts.get(kind, {"whole"})]
        assert len(touched) == len(set(touched)), kinds
        assert "whole" not in touched or len(kinds) == 1, kinds


RATIOS = {"R28": 3, "R28-trap": 4, "R29": 3, "R29-trap": 10}
MEANT = {"5101", "8301"}  # the lines that R29 and R28 are about
A_THIRD = 36  # percent, roughly


@pytest.mark.parametrize("period", ["2027Q1", "2027Q2"])
def test_an_odd_ratio_leaves_every_other_line_plausible(period):
    """The counter-entry of the tax or the margin is no second oddity, neither in the year so far nor in the quarter."""
    spec = DatasetSpec.model_validate({"level": "hard", "companies": 60, "period": period})
    group = CleanGroup(spec, 8)
    clean, world = group.world(), group.world()
    plant_all(world, RATIOS, 8, spec.carriers())
    carriers, changed = {x.company for x in (*world.anomalies, *world.traps)}, 0
    for book, before in ((world.book(code).ledger, clean.book(code).ledger) for code in carriers):
        for shown, was in ((book.pl, before.pl), (book.quarter_pl, before.quarter_pl)):
            for code in shown.keys() - MEANT:
                moved = abs(shown[code] - was[code])
                assert moved == 0 or (shown[code] > 0 and 100 * moved <= A_THIRD * was[code]), (code, moved)
                changed += moved > 0
    assert changed > 2 * 4 * len(world.anomalies)
    unused = 0
    for code in {trap.company for trap in world.traps if trap.kind == "R29-trap"}:
        book, before = world.book(code), clean.book(code).ledger.quarter_pl
        unused += not all(before[line] for line in EXPENSES)
        said = {line for (_, line), text in book.comments.items() if "費用区分の見直し" in text}
        assert said == {line for line, was in before.items() if book.ledger.quarter_pl[line] != was}, said
    assert unused
    _no_word_on_the_tax(world)


def _no_word_on_the_tax(world: World) -> None:
    """R28: nothing in the book explains the tax, not by half; its trap does."""
    rng = random.Random(8)
    for book in (world.book(anomaly.company) for anomaly in world.anomalies if anomaly.kind == "R28"):
        fill(book, world, rng.randrange(2**40))
        neutral = NEWCOMER if book.company.code in world.newcomers else NEUTRAL
        assert book.comments[("04", "8301")] == neutral, book.company.code


@some
@given(seeds)
def test_the_size_of_a_difference_tells_r02_r03_and_r17_apart(seed):
    world = _planted("standard", seed, R02=6, R03=6, R17=6)
    by_company = {a.company: a for a in world.anomalies if a.kind in ("R02", "R03", "R17")}
    for company, anomaly in by_company.items():
        book = world.book(company)
        sheet = anomaly.sheet[:2]
        clean = amounts_of(book, sheet)
        for total in (t for t in TOTAL_OF if (t < "4") == (sheet == "03")):
            shown = {
                code: book.edits.number.get((sheet, cell(sheet, code, CURRENT)), clean[code])
                for code in (total, *(c for c, _ in terms(total)))
            }
            gap = sum(shown[c] for c, _ in terms(total)) - shown[total]
            names = told_apart([shown[c] for c, _ in terms(total)], gap, rounding_bound(total))
            if abs(gap) > rounding_bound(total):
                assert names == ([] if anomaly.kind == "R17" else [anomaly.kind])


@pytest.mark.parametrize("kind", sorted(set(known_kinds()) - DRAWN_WITH_THE_GROUP - {"R05"}))
def test_each_kind_can_be_asked_for_alone(kind):
    spec = DatasetSpec.model_validate({"level": "standard", "companies": 40})
    world = build_world(spec, 6)
    plant_all(world, {kind: 2}, 6, spec.carriers())
    found = [x.kind for x in (*world.anomalies, *world.traps, *world.normalisations)]
    assert set(found) <= {kind} and (found or kind in AS_MANY_AS_THERE_ARE)


AS_MANY_AS_THERE_ARE = {"R24-trap", "R28-trap", "R30-trap"}  # what clean books have by themselves


def test_the_quarter_in_the_column_of_the_year_needs_a_second_quarter():
    with pytest.raises(DatasetError, match=r"R05.*2027Q2"):
        _planted("standard", 1, R05=1)
    assert DatasetSpec(level="standard", period="2027Q2").mix()["R05"] == 2


@pytest.mark.parametrize("companies", [12, 24, 45, 90, 200])
def test_a_level_scales_with_the_group(companies):
    mix = DatasetSpec.model_validate({"level": "standard", "companies": companies}).mix()
    roots = sum(n for kind, n in mix.items() if kind.startswith("R") and not kind.endswith("-trap"))
    assert roots == round(45 * companies / 90)


def test_a_mix_with_more_roots_than_companies_can_carry_says_so():
    with pytest.raises(DatasetError, match=r"R01.*can still carry"):
        _planted("standard", 1, 24, R01=60)
