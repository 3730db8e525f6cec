"""The file of known mistakes follows from the ledger: its parts add up to the totals, and nothing in it is empty."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from synthetic_pkg import mistakes, seal
from synthetic_pkg.answers import load_answers
from synthetic_pkg.dataset import Dataset
from synthetic_pkg.mistakes.model import CompanyParts, Exact, Mistake, read
from synthetic_pkg.settle import settle
from synthetic_pkg.spec import DatasetSpec
from synthetic_pkg.translation import exact_totals, round_to_thousand_yen

Build = Callable[..., Dataset]


def lines_of(level: str, period: str = "2027Q1", companies: int = 30) -> list[Exact | Mistake | CompanyParts]:
    spec = DatasetSpec.model_validate({"companies": companies, "level": level, "period": period})
    world, exact = settle(spec, 7)
    return list(mistakes.lines(world, exact_totals(exact)))


@pytest.fixture(scope="module", params=[("core", "2027Q1"), ("standard", "2027Q1"), ("hard", "2027Q2")])
def lines(request: pytest.FixtureRequest) -> list[Exact | Mistake | CompanyParts]:
    return lines_of(*request.param)


def test_the_companies_add_up_to_the_exact_totals(lines: list[Exact | Mistake | CompanyParts]) -> None:
    exact = next(line for line in lines if isinstance(line, Exact))
    sums: dict[tuple[str, str, str], int] = {}
    for line in lines:
        if isinstance(line, CompanyParts):
            for basis, amounts in line.own.items():
                for code, amount in amounts.items():
                    key = (basis, line.segment, code)
                    sums[key] = sums.get(key, 0) + amount
            for code, amount in line.held.items():
                sums["修正後", line.segment, code] = sums.get(("修正後", line.segment, code), 0) + amount
    for basis, segments in exact.amounts.items():
        for segment, amounts in segments.items():
            for code, amount in amounts.items():
                assert sums.get((basis, segment, code), 0) == amount, (basis, segment, code)


def test_without_elimination_nothing_stays_of_what_the_rows_move(
    lines: list[Exact | Mistake | CompanyParts],
) -> None:
    none = next(line for line in lines if isinstance(line, Mistake) and line.id == "elim.none.all")
    moved: dict[tuple[str, str], int] = {}
    for line in lines:
        if isinstance(line, CompanyParts):
            for code, amount in line.held.items():
                moved[line.segment, code] = moved.get((line.segment, code), 0) + amount
    undone = {(s, c): -n for s, amounts in none.deltas["修正後"].items() for c, n in amounts.items()}
    assert {key: amount for key, amount in moved.items() if amount} == undone


def test_every_mistake_has_a_name_of_its_own_a_japanese_title_and_an_effect(
    lines: list[Exact | Mistake | CompanyParts],
) -> None:
    found = [line for line in lines if isinstance(line, Mistake)]
    assert len(found) > 200 and len({line.id for line in found}) == len(found)
    for line in found:
        amounts = [
            n for segments in line.deltas.values() for part in segments.values() for n in part.values()
        ]
        assert amounts and all(amounts), line.id
        assert any("ぁ" <= char <= "ん" for char in line.title), line.title


def test_a_second_quarter_knows_the_quarter_column() -> None:
    ids = {line.id for line in lines_of("standard", "2027Q2") if isinstance(line, Mistake)}
    assert {"column.quarter", "fix.left.R05"} <= ids


def test_the_file_is_sealed_with_the_dataset_and_agrees_with_its_answers(
    build: Build, tmp_path: Path
) -> None:
    data = build(20270401, companies=12, level="easy")
    path = data.root / mistakes.FILE_NAME
    exact = next(line for line in read(path) if isinstance(line, Exact))
    for total in load_answers(data.answers_path).totals:
        parts = exact.amounts[total.basis]
        chosen = parts.values() if total.segment == "全社" else [parts[total.segment]]
        assert round_to_thousand_yen(sum(part[total.code] for part in chosen)) == total.amount
    assert seal.difference(data.root) == ""
    assert mistakes.FILE_NAME in seal.SEALED


def test_the_same_seed_gives_the_same_lines() -> None:
    assert lines_of("standard", companies=16) == lines_of("standard", companies=16)


def test_a_line_that_is_no_record_is_said(tmp_path: Path) -> None:
    path = tmp_path / mistakes.FILE_NAME
    path.write_text('{"record":"guess"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="not with a known record"):
        list(read(path))
