"""15_税金・税効果: from the statutory rate to the burden, taxes payable and deferred taxes."""

from __future__ import annotations

from synthetic_pkg.chart import PRETAX, TAX, add_up
from synthetic_pkg.formula import round_half_away
from synthetic_pkg.grid import Grid
from synthetic_pkg.layout import FIRST_ROW, form
from synthetic_pkg.sheets.page import Page

SHEET = "15"
BASIS_POINTS = 10_000


def inputs(page: Page) -> dict[str, int]:
    """Figures by TX code at the scale the book is shown in, where TX12 is rounded.

    その他 takes up what the named differences leave.
    """
    taxes, ledger, scale = page.book.schedules.taxes, page.ledger, page.book.edits.scale
    pretax = add_up("PL", ledger.pl)[PRETAX] * scale
    expected = int(round_half_away(pretax * (taxes.statutory_bp / BASIS_POINTS), 0))
    named = {"TX20": taxes.permanent, "TX21": taxes.credit, "TX22": taxes.allowance}
    rest = (ledger.pl[TAX] + ledger.pl["8302"] - sum(named.values())) * scale - expected
    others = {
        "TX50": taxes.payable_opening,
        "TX52": taxes.paid,
        "TX60": taxes.deferred_opening,
        "TX62": taxes.other_deferred,
    }
    return {code: amount * scale for code, amount in (named | others).items()} | {"TX23": rest}


def fill(page: Page) -> Grid:
    grid, look = page.grid(SHEET, (9, 40, 18, 12, 30)), page.look
    figures, statutory = inputs(page), page.book.schedules.taxes.statutory_bp
    for index, row in enumerate(form(SHEET), start=FIRST_ROW - 1):
        total = row.kind == "total"
        grid.put(index, 0, row.code, look.total_code if total else look.code)
        grid.put(index, 1, row.label, look.total_text if total else look.indented)
        for column in (2, 3):
            grid.put(index, column, None, look.total_text if total else look.cell)
        if row.kind == "rate":
            grid.put(index, 3, statutory / BASIS_POINTS, look.input_percent)
        elif row.kind == "burden":
            formula = page.formula(SHEET, 'IF({TX10}=0,"",{TX39}/{TX10})', "C")
            grid.formula(index, 3, formula, look.formula_percent)
        elif row.formula:
            style = look.total_number if total else look.formula_number
            grid.formula(index, 2, page.formula(SHEET, row.formula, "C"), style)
        else:
            grid.put(index, 2, figures[row.code], look.input_number)
        grid.put(index, 4, row.note, look.total_note if total else look.small)
    return grid
