"""16_注記: pledged assets, guarantees, subsequent events and accounting policies."""

from __future__ import annotations

from synthetic_pkg.grid import Grid
from synthetic_pkg.layout import FIRST_ROW
from synthetic_pkg.sheets.page import Page

SHEET = "16"


def fill(page: Page) -> Grid:
    grid, look = page.grid(SHEET, (8, 14, 28, 66, 16)), page.look
    for index, note in enumerate(page.book.schedules.notes, start=FIRST_ROW - 1):
        grid.put(index, 0, f"{index - FIRST_ROW + 2:03d}", look.code)
        for column, text in enumerate((note.kind, note.topic, note.text), start=1):
            grid.put(index, column, text, look.input_text)
        if note.amount is None:
            grid.put(index, 4, None, look.input_number)
        else:
            grid.amount(index, 4, note.amount, look.input_number)
    grid.landscape = True
    return grid
