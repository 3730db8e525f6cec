"""The answer key and an independent reading of the workbooks agree, to the last 千円, at every level."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from synthetic_pkg.answers import Answers, load_answers
from synthetic_pkg.chart import output_codes

Reported = tuple[str, str, str, str]  # company, check, sheet, cell
SEGMENTS = {"自動車", "部品", "販売", "その他", "全社"}
ANY_PLACE = {"C01", "C02"}  # reported at either company, at any row of the key
QUICK = [
    ("core", 2, 30),
    ("easy", 1, 24), ("easy", 2, 30), ("easy", 3, 24),
    ("standard", 1, 90), ("standard", 2, 30), ("standard", 3, 30),
    ("hard", 1, 90), ("hard", 2, 36), ("hard", 3, 36),
]  # fmt: skip
LONG = [("core", 1, 90), ("core", 3, 30)]
LONG += [(level, seed, 45) for level in ("easy", "standard", "hard") for seed in range(101, 121)]
Q1, Q2 = "2027Q1", "2027Q2"
QUICK_Q2 = [("standard", 5, 30), ("hard", 5, 60)]  # only a second quarter has R05, and 前期末 of another book
LONG_Q2 = [(level, seed, 45) for level in ("standard", "hard") for seed in (21, 22, 23)]
CASES = [pytest.param(*case, Q1, id="{}-seed{}-{}companies".format(*case)) for case in QUICK]
CASES += [pytest.param(*case, Q2, id="{}-seed{}-{}companies-Q2".format(*case)) for case in QUICK_Q2]
CASES += [pytest.param(*case, Q1, id="{}-seed{}".format(*case), marks=pytest.mark.long) for case in LONG]
CASES += [
    pytest.param(*case, Q2, id="{}-seed{}-Q2".format(*case), marks=pytest.mark.long) for case in LONG_Q2
]


@dataclass
class Reading:
    """One dataset: its answer key, and what the oracle makes of its files."""

    answers: Answers
    totals: dict[tuple[str, str, str], int]
    rows: set[Reported]
    values: dict[str, tuple[Fraction | str, Fraction | str]]  # 報告値 and 期待値 by root id
    uncorrected: dict[
        str, set[Reported]
    ]  # by root id of R05, what only a reader who corrects too late reports

    def roots_of(self, row: Reported) -> list[str]:
        company, check, sheet, cell = row
        return [
            anomaly.root_id
            for anomaly in self.answers.anomalies
            for symptom in anomaly.accepted
            if symptom.company == company
            and check in symptom.check_ids
            and (symptom.sheets is None or sheet in symptom.sheets)
            and (symptom.cells is None or cell in symptom.cells)
        ]


@pytest.fixture(scope="module")
def read(build, oracle, once):
    @cache
    def make(level: str, seed: int, companies: int, period: str) -> Reading:
        name = f"reading-{level}-{seed}-{companies}-{period}"
        reading: Reading = once(name, lambda: _read(level, seed, companies, period))
        return reading

    def _read(level: str, seed: int, companies: int, period: str) -> Reading:
        dataset = build(seed, companies, level, period)
        books = oracle.Oracle(dataset.input_dir)
        rows = oracle.Detection(books).anomalies()
        answers = load_answers(dataset.answers_path)
        values = {
            a.root_id: oracle.values(books, a.check_id, a.company, a.sheet, a.cell) for a in answers.anomalies
        }
        uncorrected = {
            a.root_id: {row for row in oracle.uncorrected(books, a.company, a.check_id) if row not in rows}
            for a in answers.anomalies
            if a.kind == "R05"
        }
        return Reading(answers, books.totals(), rows, values, uncorrected)

    return make


def test_the_oracle_shares_no_code_with_the_generator(oracle: ModuleType):
    for path in Path(oracle.__file__).parent.glob("*.py"):
        assert "synthetic_pkg" not in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize(("level", "seed", "companies", "period"), CASES)
class TestOracle:
    def test_every_total_is_reached_from_workbooks_and_rules_alone(
        self, read, level, seed, companies, period
    ):
        reading = read(level, seed, companies, period)
        expected = {
            (t.basis, t.segment, t.code): t.amount for t in reading.answers.totals if t.segment in SEGMENTS
        }
        assert {k: v for k, v in reading.totals.items() if k not in expected or expected[k] != v} == {}
        assert len(expected) == 2 * 5 * len(output_codes())

    def test_every_root_cause_is_found_by_its_own_rule(self, read, level, seed, companies, period):
        """Accepted symptoms are a courtesy to the agent; the oracle must see the cause itself."""
        reading = read(level, seed, companies, period)
        places = {(company, check, cell) for company, check, _, cell in reading.rows}
        anywhere = {(company, check) for company, check, _, _ in reading.rows}
        missed = [
            (a.root_id, a.check_id, a.company, a.sheet, a.cell)
            for a in reading.answers.anomalies
            if not any(
                (s.company, a.check_id) in anywhere
                for s in a.accepted
                if a.check_id in ANY_PLACE or s.company == a.company
            )
            or (a.kind not in AT_ANOTHER_CELL and a.cell and (a.company, a.check_id, a.cell) not in places)
        ]
        assert missed == []

    def test_what_is_reported_and_what_is_expected_stand_in_the_books(
        self, read, level, seed, companies, period
    ):
        reading = read(level, seed, companies, period)
        wrong = {
            (a.root_id, a.observed, a.expected_value, reading.values[a.root_id])
            for a in reading.answers.anomalies
            if (_value(a.check_id, a.observed), _value(a.check_id, a.expected_value))
            != reading.values[a.root_id]
        }
        assert wrong == set()

    def test_nothing_but_root_causes_is_reported(self, read, level, seed, companies, period):
        reading = read(level, seed, companies, period)
        assert sorted(row for row in reading.rows if not reading.roots_of(row)) == []

    def test_what_only_resembles_a_root_cause_is_not_accepted_for_it(
        self, read, level, seed, companies, period
    ):
        reading = read(level, seed, companies, period)
        for anomaly in reading.answers.anomalies:
            accepted = {check for symptom in anomaly.accepted for check in symptom.check_ids}
            assert not accepted & set(anomaly.must_not_report), anomaly.root_id

    def test_what_a_reader_reports_who_corrects_the_quarters_too_late_is_on_the_key(
        self, read, level, seed, companies, period
    ):
        reading = read(level, seed, companies, period)
        resembling = {a.root_id: set(a.must_not_report) for a in reading.answers.anomalies}
        assert period == Q1 or any(reading.uncorrected.values())
        for root_id, rows in reading.uncorrected.items():
            shown = {check for _, check, _, _ in rows}
            assert shown <= resembling[root_id] and ("E04" in shown) == ("E04" in resembling[root_id]), (
                root_id
            )

    def test_no_trap_looks_like_an_anomaly(self, read, level, seed, companies, period):
        reading = read(level, seed, companies, period)
        alarms = [
            (t.trap_id, row)
            for t in reading.answers.traps
            for row in reading.rows
            if row[0] == t.company and row[1] in t.check_ids and not reading.roots_of(row)
        ]
        assert alarms == []

    def test_odd_notations_mean_what_the_key_says(self, read, oracle, level, seed, companies, period):
        for item in read(level, seed, companies, period).answers.normalisations:
            if item.kind in ("N01", "N02", "N03"):
                assert oracle.number(item.observed) == item.value
            elif item.kind == "N08":
                assert oracle.day(item.observed).isoformat() == item.value


def _value(check: str, told: int | str | None) -> Fraction | str | None:
    """As the oracle gives it: figures, and the rates of F01, as numbers."""
    return Fraction(str(told)) if isinstance(told, int) or check == "F01" else told


AT_ANOTHER_CELL = {"R04", "R07", "R08"}  # the key names the cause's cell, the check another


def test_core_plants_its_four_kinds_and_lists_their_six_checks(build):
    answers = load_answers(build(1, 90).answers_path)
    assert {a.kind for a in answers.anomalies} == {"R04", "R07", "R13", "R15"}
    assert {n.kind for n in answers.normalisations} == {"N02", "N03"}
    assert len({t.trap_id for t in answers.traps}) >= 6
    assert {"A01", "A02", "A03", "B01", "C01", "C02"} == {a.check_id for a in answers.anomalies}


def test_elimination_and_exclusion_change_the_corrected_totals(build):
    answers = load_answers(build(1, 90).answers_path)
    whole = {(t.basis, t.code): t.amount for t in answers.totals if t.segment == "全社"}
    assert whole[("修正後", "4101")] < whole[("提出値", "4101")]
    assert whole[("修正後", "2901")] != 0 == whole[("提出値", "2901")]


def test_two_seeds_have_different_answers(build):
    one, other = (load_answers(build(seed, 30).answers_path).totals for seed in (2, 3))
    assert sum(a.amount != b.amount for a, b in zip(one, other, strict=True)) > len(one) // 2
