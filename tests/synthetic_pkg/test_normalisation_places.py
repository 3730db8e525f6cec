"""The normalisation log names the cell that holds what it says it observed."""

from __future__ import annotations

import openpyxl
import pytest

from synthetic_pkg.answers import load_answers

WITHOUT_TEXT = {"N03", "N06"}  # a blank may be meant, or the row is hidden: there is no text to compare
CASES = [("easy", 1, 24), ("standard", 2, 30), ("hard", 2, 36)]


@pytest.mark.parametrize(("level", "seed", "companies"), CASES)
def test_the_logged_cell_shows_what_was_observed(build, level, seed, companies):
    dataset = build(seed, companies, level)
    logged = [n for n in load_answers(dataset.answers_path).normalisations if n.cell]
    compared = [n for n in logged if n.kind not in WITHOUT_TEXT]
    wrong = []
    for company in sorted({n.company for n in compared}):
        latest = sorted(dataset.input_dir.glob(f"PKG_{company}_*.xlsx"))[-1]
        book = openpyxl.load_workbook(latest, data_only=True)
        for n in compared:
            if n.company == company and str(book[n.sheet][n.cell].value) != n.observed:
                wrong.append((n.root_id, company, n.sheet, n.cell, book[n.sheet][n.cell].value, n.observed))
    assert wrong == []
    assert compared and (level == "easy" or any(n.kind == "N05" for n in compared))
