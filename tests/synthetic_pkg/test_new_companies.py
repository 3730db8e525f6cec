"""Newly consolidated companies: said where an accountant looks, nothing earlier to compare with."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook

from synthetic_pkg.answers import load_answers
from synthetic_pkg.building import NEWCOMER_TRAPS, build_world
from synthetic_pkg.chart import details
from synthetic_pkg.irregularities import new_company, plant_all
from synthetic_pkg.irregularities.r24_r25_comments import large_moves
from synthetic_pkg.spec import DatasetSpec


@pytest.fixture(scope="module")
def dataset(build):
    return build(1, 90, "standard")


@pytest.fixture(scope="module")
def codes(dataset):
    return {t.company for t in load_answers(dataset.answers_path).traps if t.kind in NEWCOMER_TRAPS}


def _table(dataset, sheet):
    header, *rows = load_workbook(dataset.input_dir / "連結決算要領.xlsx")[sheet].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_the_kinds_and_the_group_agree_on_what_needs_a_new_company():
    assert {kind.trap_id for kind in new_company.KINDS} == set(NEWCOMER_TRAPS)


def test_the_master_the_profile_and_the_notes_say_so(dataset, codes):
    assert len(codes) == 2
    rows = {row["会社コード"]: row for row in _table(dataset, "会社一覧") if row["提出対象"] == "○"}
    assert {code for code, row in rows.items() if row["前期PKG"] == "無"} == codes
    for code in codes:
        assert "新規連結" in rows[code]["備考"]
        (path,) = dataset.input_dir.glob(f"PKG_{code}_*.xlsx")
        book = load_workbook(path, read_only=True)
        profile = {row[1]: row[2] for row in book["01_会社概要"].iter_rows(values_only=True) if len(row) > 2}
        assert profile["連結範囲の異動"].startswith("新規連結")
        assert any("連結の範囲の変更" in row for row in book["16_注記"].iter_rows(values_only=True))


def test_only_new_companies_have_no_archived_book(dataset, codes):
    archived = {path.name[4:8] for path in dataset.input_dir.glob("前期PKG/*.xlsx")}
    listed = {row["会社コード"] for row in _table(dataset, "会社一覧") if row["提出対象"] == "○"}
    assert listed - archived == codes


@pytest.mark.parametrize("period", ["2027Q1", "2027Q2"])
def test_they_moved_without_comments_and_carry_nothing_else(period):
    spec = DatasetSpec(level="standard", period=period)
    world = build_world(spec, 3)
    plant_all(world, spec.mix(), 3, spec.carriers())
    assert len(world.newcomers) == 2
    planted = {a.company for a in world.anomalies} | {n.company for n in world.normalisations}
    for code in world.newcomers:
        book = world.book(code)
        assert code not in planted and large_moves(world, book)
        assert not any(sheet == "03" for sheet, _ in book.comments)
        assert not any(book.ledger.prior_pl[account] for account in details("PL"))
