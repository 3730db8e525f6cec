"""The formulas of the books: read, worked out and moved as a spreadsheet program would."""

from __future__ import annotations

import pytest

from synthetic_pkg.formula import CellError, compiled, rewrite, round_half_away

CELLS = {("", 0, 0): 7, ("", 1, 0): -3, ("", 2, 0): None, ("", 3, 0): "x", ("B", 0, 1): 10}


def look(sheet, row, column):
    return CELLS.get((sheet, row, column))


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=A1-A2", 10),
        ("=-A2*2+1", 7),
        ("=SUM(A1:A4)", 4),  # a text counts for nothing in SUM
        ("='B'!B1/4", 2.5),
        ('=IF(A3="","none",A3)', "none"),
        ("=IF(AND(A1>=7,ABS(A2)<3),1,0)", 0),
        ('=SUMIF(A1:A2,7,A1:A2)+SUMIF(A4:A4,"x",A1:A1)', 14),
        ("=ROUND(2.5,0)+ROUND(0-2.5,0)", 0),
        ('=IF(A3=0,"",A1/A3)', ""),
    ],
)
def test_a_formula_gives(formula, value):
    assert compiled(formula)(look) == value


@pytest.mark.parametrize(
    ("formula", "error"), [("=A1+A4", "#VALUE!"), ("=A1/A3", "#DIV/0!"), ("=SUM(#REF!)", "#REF!")]
)
def test_an_error_value_travels_through(formula, error):
    with pytest.raises(CellError, match=error):
        compiled(formula)(look)


def test_references_follow_moved_rows():
    moved = rewrite("=SUM('03_BS'!E7:E20)+$F$3", lambda sheet, r, c: (r + 1 if sheet else r, c + 1))
    assert moved == "=SUM('03_BS'!F8:F21)+G3"


@pytest.mark.parametrize("formula", ["=A1+", "=NOPE(A1)", "=(A1", "=A1 A2", "=@"])
def test_what_is_not_understood_is_said(formula):
    with pytest.raises(ValueError, match="formula"):
        compiled(formula)


def test_rounding_goes_away_from_zero():
    assert [round_half_away(v, 0) for v in (0.5, -0.5, 1.49, 3)] == [1, -1, 1, 3]
    assert round_half_away(2.345, 1) == 2.3
