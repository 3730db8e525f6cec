"""Matching of reported rows with planted roots: what must hold for any list of rows."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.checks.read_outputs import ReportedRow
from runner.checks.scoring import score


def row(company: int, check: str, sheet: str = "BS", cell: str = "") -> ReportedRow:
    return ReportedRow(f"{company:04d}", sheet, cell, check, "1", "2", 2)


ROWS = st.lists(
    st.builds(
        row,
        st.one_of(st.integers(0, 11), st.integers(98, 112)),
        st.sampled_from(["V01", "V02", "V09"]),
        st.sampled_from(["BS", "PL", ""]),
        st.sampled_from(["", "C10", "C11", "C12"]),
    ),
    max_size=30,
)


@pytest.fixture
def roots(samples):
    return [samples.root(number) for number in range(10)]


@pytest.fixture
def traps(samples):
    return [samples.trap(number) for number in range(10)]


anything = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@anything
@given(rows=ROWS, seed=st.integers(0, 99))
def test_order_and_repetition_change_nothing(roots, traps, rows, seed: int) -> None:
    shuffled = [*rows, *rows]
    random.Random(seed).shuffle(shuffled)
    assert score(shuffled, roots, traps) == score(rows, roots, traps)


@anything
@given(rows=ROWS)
def test_every_distinct_row_either_fits_a_root_or_is_a_false_alarm(roots, traps, rows) -> None:
    result = score(rows, roots, traps)
    assert len(result.found) + len(result.missed) == len(roots)
    assert len(result.alarmed_traps) + len(result.quiet_traps) == len(traps)
    assert all(0 <= share <= 1 for share in (result.recall, result.precision, result.trap_alarms))
    assert result.reported == len({r.place for r in rows})
    assert len(result.false_alarms) <= result.reported
    assert (result.recall == 0) == (not result.found)


@anything
@given(rows=ROWS, extra=ROWS)
def test_more_rows_never_lower_the_recall_nor_the_trap_alarms(roots, traps, rows, extra) -> None:
    before, after = score(rows, roots, traps), score([*rows, *extra], roots, traps)
    assert after.recall >= before.recall and after.trap_alarms >= before.trap_alarms
    assert set(before.false_alarms) <= set(after.false_alarms)


@anything
@given(rows=ROWS, company=st.integers(500, 900))
def test_a_row_about_nothing_lowers_the_precision(roots, traps, rows, company: int) -> None:
    before, after = score(rows, roots, traps), score([*rows, row(company, "V05")], roots, traps)
    assert after.precision < before.precision or before.precision == 0
    assert after.recall == before.recall


def test_one_row_for_each_root_is_perfect_by_any_of_its_symptoms(roots, traps) -> None:
    by_cell = [row(number, "V01", "BS", f"C{10 + number}") for number in range(10)]
    anywhere = [row(number, "V09", "どこでも", "Z1") for number in range(10)]
    for rows in (by_cell, anywhere, by_cell + anywhere):
        result = score(rows, roots, traps)
        assert (result.recall, result.precision, result.trap_alarms) == (1.0, 1.0, 0.0)


def test_a_symptom_elsewhere_or_a_forbidden_check_is_a_false_alarm(roots, traps) -> None:
    result = score(
        [row(0, "V01", "BS", "C99"), row(0, "V02", "BS", "C10"), row(0, "V01", "", "")], roots, traps
    )
    assert result.recall == 0 and len(result.false_alarms) == 3


def test_a_row_that_finds_a_root_is_no_trap_alarm(roots, traps) -> None:
    trap = traps[0].model_copy(update={"company": "0003"})
    result = score([row(3, "V01", "BS", "C13")], roots, [trap])
    assert len(result.found) == 1 and not result.alarmed_traps


def test_a_trap_of_two_companies_counts_once(roots, traps) -> None:
    entries = [*traps, traps[0].model_copy(update={"company": "0200"})]
    for rows in ([row(100, "V01")], [row(200, "V01")], [row(100, "V01"), row(200, "V01")]):
        result = score(rows, roots, entries)
        assert (len(result.alarmed_traps), len(result.quiet_traps)) == (1, 9)


def test_nothing_reported_is_worth_nothing(roots, traps) -> None:
    result = score([], roots, traps)
    assert (result.recall, result.precision, result.trap_alarms, result.reported) == (0.0, 0.0, 0.0, 0)
