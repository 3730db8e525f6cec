"""The deeper answers: scopes, stages, non-controlling interests and the proof of the translation adjustment."""

from __future__ import annotations

from fractions import Fraction

import pytest

from synthetic_pkg.answer_details import FILE_NAME, CompanyProof, ScopeAnswers, read, yen
from synthetic_pkg.answers import load_answers

CASES = [("core", 2, 30), ("standard", 1, 90), ("hard", 2, 36)]  # datasets that test_known_answers reads too
PROVEN = ("nci_net_assets", "nci_profit", "cta_opening", "cta_profit", "cta_dividend")


@pytest.fixture(scope="module")
def books_of(build, oracle, once):
    """The oracle's reading of a dataset's workbooks."""
    return lambda seed, companies, level: once(
        f"books-{level}-{seed}-{companies}",
        lambda: oracle.Oracle(build(seed, companies, level).input_dir),
    )


@pytest.mark.parametrize(("level", "seed", "companies"), CASES)
class TestDetails:
    def test_every_scope_is_reached_from_workbooks_and_rules_alone(
        self, build, oracle, books_of, level, seed, companies
    ):
        dataset = build(seed, companies, level)
        expected = {
            (line.basis, line.stage, line.scope_kind, line.scope, code): amount
            for line in read(dataset.root / FILE_NAME)
            if isinstance(line, ScopeAnswers)
            for code, amount in line.amounts.items()
        }
        found = oracle.details(books_of(seed, companies, level))
        assert {k: v for k, v in found.items() if expected.get(k) != v} == {}
        assert {k: v for k, v in expected.items() if found.get(k) != v} == {}

    def test_proofs_hold_to_the_last_digit_and_equal_the_plug(
        self, build, oracle, books_of, level, seed, companies
    ):
        dataset = build(seed, companies, level)
        books = books_of(seed, companies, level)
        proofs = [line for line in read(dataset.root / FILE_NAME) if isinstance(line, CompanyProof)]
        assert len(proofs) > companies // 2
        for line in proofs:
            found = oracle.proof(books, books.books[line.company])
            assert {name: Fraction(getattr(line, name)) for name in PROVEN} == found
            assert line.cta_total == line.cta_plug


def test_the_agent_s_totals_are_lines_of_the_details(build):
    dataset = build(2, 30)
    answers = load_answers(dataset.answers_path)
    stage = {"提出値": "消去前", "修正後": "消去後"}
    details = {
        (line.basis, line.scope, code): amount
        for line in read(dataset.root / FILE_NAME)
        if isinstance(line, ScopeAnswers) and line.stage == stage[line.basis]
        for code, amount in line.amounts.items()
    }
    assert all(details.get((t.basis, t.segment, t.code), 0) == t.amount for t in answers.totals)


def test_some_company_has_other_owners_and_some_paid_a_dividend(build):
    proofs = [p for p in read(build(2, 36, "hard").root / FILE_NAME) if isinstance(p, CompanyProof)]
    assert any(p.nci_net_assets != "0" for p in proofs) and any(p.cta_dividend != "0" for p in proofs)


def test_an_exact_amount_is_written_without_loss():
    assert [yen(n) for n in (0, 1, -1_500_000, 2_000_000)] == ["0", "0.000001", "-1.5", "2"]
