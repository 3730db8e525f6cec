"""A planted book looks like any other but for the plant: formulas, fills and comments give nothing else away."""

from __future__ import annotations

import zipfile

import pytest

from synthetic_pkg.answers import load_answers
from synthetic_pkg.bending import LINE_HEIGHT
from synthetic_pkg.building import build_world
from synthetic_pkg.chart import details
from synthetic_pkg.comments import fill as fill_comments
from synthetic_pkg.formula import position
from synthetic_pkg.irregularities import plant_all
from synthetic_pkg.irregularities.n01_n08_cells import NAME_COLUMN, NAMES
from synthetic_pkg.layout import cell
from synthetic_pkg.sheets.page import Page
from synthetic_pkg.spec import DatasetSpec
from synthetic_pkg.workbook import prepare

COPIED = {"N01", "N02", "N03"}  # figures as text come from a system that knows no formulas
STATEMENTS = range(2, 5)  # places of 02, 03 and 04 in a file with all sheets
LABELS = {"indented", "two_lines"}


class NamedLook:
    """Every format is its own name."""

    def __getattr__(self, name: str) -> str:
        return name


def test_only_figures_as_text_come_without_formulas(build):
    dataset = build(1, 90, "hard")
    answers = load_answers(dataset.answers_path)
    copied = {n.company for n in answers.normalisations if n.kind in COPIED}
    bare = set()
    for file in dataset.manifest.files:
        if file.path.startswith("PKG_"):
            with zipfile.ZipFile(dataset.input_dir / file.path) as archive:
                parts = [n for n in archive.namelist() if n.startswith("xl/worksheets/sheet")][
                    : STATEMENTS[-1] + 1
                ]
                texts = [archive.read(part) for part in parts[2:]]
            if any(b"<f>" not in text for text in texts):
                bare.add(file.company_code)
    lacking = {a.company for a in answers.anomalies if a.kind == "R15"}  # other sheets stand in their place
    assert bare - lacking <= copied and bare & copied


@pytest.fixture(scope="module")
def planted():
    """A group of which some books carry other account names, added rows and new companies."""
    mix = {"N05": 6, "R19": 2, "R24-new-trap": 2, "R06": 2, "R26": 2}
    spec = DatasetSpec(
        companies=40, level="hard", irregularities={k: 0 for k in DatasetSpec(level="hard").mix()} | mix
    )
    world = build_world(spec, 4)
    plant_all(world, mix, 4, spec.carriers())
    for book in world.books:
        fill_comments(book, world, 4)
    return world


def _grids(world, book):
    return prepare(Page(NamedLook(), book, world, "SYNTH"))[0]  # type: ignore[arg-type]


def test_other_account_names_look_like_all_labels_and_two_lines_have_room(planted):
    two_lines = 0
    for company in {n.company for n in planted.normalisations if n.kind == "N05"}:
        grid = _grids(planted, planted.book(company))["03"]
        for code in details("BS"):
            row, column = position(cell("03", code, NAME_COLUMN))
            text, style = grid.cells[(row, column)]
            assert style in LABELS, (company, code)
            if "\n" in str(text):
                two_lines += 1
                assert style == "two_lines" and grid.heights[row] == 2 * LINE_HEIGHT
    assert two_lines and any("\n" in name for name in NAMES.values())


def test_an_added_row_has_the_styles_and_the_formula_of_its_neighbours(planted):
    for anomaly in (a for a in planted.anomalies if a.kind == "R19"):
        cells = _grids(planted, planted.book(anomaly.company))["03"].cells
        row = position(anomaly.cell)[0]
        for column in range(7):
            assert cells[(row, column)][1] == cells[(row - 1, column)][1], (anomaly.company, column)
        assert cells[(row, 5)][0].text == f"=E{row + 1}-D{row + 1}"


def test_new_companies_explain_the_year_before_on_every_line_that_asks_for_it(planted):
    assert planted.newcomers
    for code in planted.newcomers:
        said = {text for (sheet, _), text in planted.book(code).comments.items() if sheet == "04"}
        assert said == {"新規連結のため前年同期なし"}
        assert sum(sheet == "04" for sheet, _ in planted.book(code).comments) > 5
