"""The answer key and an independent reading of the workbooks agree, to the last 千円."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from synthetic_pkg.answers import Answers, load_answers
from synthetic_pkg.chart import output_codes


def _load_oracle() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pkg_oracle", Path(__file__).with_name("oracle.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


oracle = _load_oracle()
CASES = [
    pytest.param(seed, size, id=f"seed{seed}-{size}companies") for seed, size in ((1, 90), (2, 40), (3, 30))
]


def test_the_oracle_shares_no_code_with_the_generator():
    assert "synthetic_pkg" not in Path(oracle.__file__).read_text(encoding="utf-8").replace(
        "tests/synthetic_pkg", ""
    )


@pytest.mark.parametrize(("seed", "companies"), CASES)
class TestOracle:
    def test_every_total_is_reached_from_workbooks_and_rules_alone(self, build, seed, companies):
        dataset = build(seed, companies)
        answers = load_answers(dataset.answers_path)
        expected = {(t.basis, t.segment, t.code): t.amount for t in answers.totals}
        assert oracle.Oracle(dataset.input_dir).totals() == expected
        assert len(expected) == 2 * 5 * len(output_codes())

    def test_every_root_cause_is_found_and_nothing_else(self, build, seed, companies):
        dataset = build(seed, companies)
        answers = load_answers(dataset.answers_path)
        rows = oracle.Oracle(dataset.input_dir).anomalies()
        matched = {root: row for row in rows for root in _roots_of(row, answers)}
        assert sorted(matched) == sorted(a.root_id for a in answers.anomalies)
        assert [row for row in rows if not _roots_of(row, answers)] == []

    def test_no_trap_looks_like_an_anomaly(self, build, seed, companies):
        dataset = build(seed, companies)
        answers = load_answers(dataset.answers_path)
        rows = oracle.Oracle(dataset.input_dir).anomalies()
        alarms = [
            (t.trap_id, r) for t in answers.traps for r in rows if r[0] == t.company and r[1] in t.check_ids
        ]
        assert alarms == []

    def test_odd_notations_mean_what_the_key_says(self, build, seed, companies):
        dataset = build(seed, companies)
        for item in load_answers(dataset.answers_path).normalisations:
            assert oracle.number(item.observed) == item.value


def _roots_of(row: tuple[str, str, str, str], answers: Answers) -> list[str]:
    company, check, sheet, cell = row
    return [
        anomaly.root_id
        for anomaly in answers.anomalies
        for symptom in anomaly.accepted
        if symptom.company == company
        and check in symptom.check_ids
        and (symptom.sheets is None or sheet in symptom.sheets)
        and (symptom.cells is None or cell in symptom.cells)
    ]


def test_all_six_kinds_and_at_least_six_traps_are_planted(build):
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
    one, other = (load_answers(build(seed, 30).answers_path).totals for seed in (3, 4))
    assert sum(a.amount != b.amount for a, b in zip(one, other, strict=True)) > len(one) // 2
