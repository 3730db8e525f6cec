"""The form of the books: what an accountant sees, and that formulas and figures agree."""

from __future__ import annotations

import re

import pytest
from openpyxl import load_workbook

from synthetic_pkg.answers import load_answers
from synthetic_pkg.chart import accounts, add_up, aliases, chart, details, terms
from synthetic_pkg.irregularities import checks

OPTIONAL = {"05", "10", "12", "13"}


@pytest.fixture(scope="module")
def plain_path(build):
    """A domestic book that carries no plant at all."""
    dataset = build(1, 90)
    answers = load_answers(dataset.answers_path)
    busy = {x.company for x in [*answers.anomalies, *answers.traps, *answers.normalisations]}
    busy |= {s.company for a in answers.anomalies for s in a.accepted}
    file = next(f for f in dataset.manifest.files if f.company_code and f.company_code not in busy)
    return dataset.input_dir / file.path


def test_a_book_has_its_sheets_with_number_unit_header_and_print_area(plain_path):
    book = load_workbook(plain_path)
    numbers = [name[:2] for name in book.sheetnames]
    assert numbers == sorted(numbers) and {f"{n:02d}" for n in range(18)} - OPTIONAL <= set(numbers)
    assert "18" not in numbers  # a domestic company translates nothing
    for name in book.sheetnames:
        assert book[name].print_area
    for name in book.sheetnames[2:]:
        sheet = book[name]
        last = len([cell for cell in sheet[5] if cell.value])
        assert sheet.cell(1, last).value == f"様式{name[:2]}"
        assert sheet.cell(2, last).value == "(単位：千円)"
        assert sheet.freeze_panes == "A6"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_inputs_are_yellow_totals_grey_and_bold_with_a_line_above(plain_path):
    sheet = load_workbook(plain_path)["03_BS"]
    cash, total = sheet["E7"], sheet["E43"]
    assert cash.fill.start_color.rgb == "FFFFF9D6" and cash.number_format == '#,##0;"△"#,##0;"-"'
    assert sheet["A43"].value == "1999" and total.font.bold and total.border.top.style == "thin"
    assert str(total.value).startswith("=")


def test_the_cover_shows_a_japanese_era_date(plain_path):
    cover = load_workbook(plain_path)["00_表紙"]
    assert cover["B7"].value == "決算日" and "ggge" in cover["C7"].number_format


def test_every_cached_value_equals_what_its_formula_gives(plain_path):
    formulas, values = load_workbook(plain_path), load_workbook(plain_path, data_only=True)
    checked = 0
    for name in ("03_BS", "04_PL"):
        for row in formulas[name].iter_rows(min_row=6):
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    assert values[name][cell.coordinate].value == _evaluate(cell.value, values[name]), (
                        cell.coordinate
                    )
                    checked += 1
    assert checked > 100


def _evaluate(formula: str, sheet) -> int:
    """SUM of one range, or a chain of + and − over cells."""
    body = formula.removeprefix("=")
    if body.startswith("SUM("):
        return sum(cell.value for (cell,) in sheet[body[4:-1]])
    return sum(
        (-1 if sign == "-" else 1) * sheet[at].value for sign, at in re.findall(r"([+-]?)([A-Z]+\d+)", body)
    )


def test_a_sheet_with_text_figures_is_pasted_without_formulas(build):
    dataset = build(1, 90)
    item = next(n for n in load_answers(dataset.answers_path).normalisations if n.kind == "N02")
    file = next(f for f in dataset.manifest.files if f.company_code == item.company)
    sheet = load_workbook(dataset.input_dir / file.path)[item.sheet]
    assert sheet[item.cell].value == item.observed
    assert not [
        c for row in sheet.iter_rows() for c in row if isinstance(c.value, str) and c.value.startswith("=")
    ]


def test_the_rules_book_holds_one_table_a_sheet_with_its_header_in_row_one(build):
    book = load_workbook(build(1, 90).input_dir / "連結決算要領.xlsx")
    assert book.sheetnames == [
        "はじめに", "会社一覧", "換算レート", "勘定科目", "科目別名", "様式一覧", "検査一覧", "許容差",
        "内部取引対応", "追加科目", "正規化", "出力仕様",
    ]  # fmt: skip
    for sheet in book:
        header = [cell.value for cell in sheet[1]]
        assert all(header) and len(set(header)) == len(header), sheet.title


def test_the_rules_tell_nothing_of_what_is_planted(build):
    """The whole catalogue at every level: checks, tolerances, notations, approved accounts."""
    core, hard = (
        load_workbook(build(seed, companies, level).input_dir / "連結決算要領.xlsx", read_only=True)
        for seed, companies, level in ((1, 90, "core"), (2, 36, "hard"))
    )
    for name in ("検査一覧", "許容差", "追加科目", "正規化"):
        tables = [list(book[name].iter_rows(values_only=True)) for book in (core, hard)]
        assert tables[0] == tables[1]
    assert [row[0] for row in core["検査一覧"].iter_rows(min_row=2, values_only=True)] == [
        c.id for c in checks()
    ]


def test_the_chart_is_complete_and_consistent():
    codes = [a.code for a in chart() if a.code]
    assert len(codes) == len(set(codes)) and len(details("BS")) + len(details("PL")) >= 76
    names = [a.name for a in accounts().values()]
    assert len(names) == len(set(names))
    for account in accounts().values():
        assert account.name and account.name_en, account.code
        assert bool(account.element) != (account.kind == "difference"), account.code
        assert re.fullmatch(r"[A-Z][A-Za-z]*", account.element or "X")
        if account.kind == "total":
            assert all(code in accounts() for code, _ in terms(account.code))
    assert set(aliases()) <= set(accounts())


def test_totals_of_the_chart_count_every_account_once():
    for statement, top in (("BS", ("1999", "3999")), ("PL", ("8399",))):
        for code in details(statement):
            totals = add_up(statement, {code: 1})
            assert sum(abs(totals[t]) for t in top) == 1, code
