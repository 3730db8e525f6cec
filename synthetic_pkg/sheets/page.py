"""What every sheet needs to fill itself: the book, the formats, the frame of a sheet, and references to others.

Used by the modules of synthetic_pkg.sheets; made by synthetic_pkg.workbook.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from synthetic_pkg.formula import position
from synthetic_pkg.grid import Grid
from synthetic_pkg.group import Company
from synthetic_pkg.intercompany import BALANCES, TRADE
from synthetic_pkg.layout import COLUMNS, FIRST_ROW, HEADER_ROW, SHEETS, TITLES, cell, rows_by_code
from synthetic_pkg.ledger import Ledger
from synthetic_pkg.rates import Rate
from synthetic_pkg.schedules import LEASE, LONG, SHORT
from synthetic_pkg.workbook_look import Look
from synthetic_pkg.world import Book, World

TITLE_HEIGHT = 27  # points
REFERENCE = re.compile(r"\{(?:(\d\d):)?([A-Z0-9]+)(?::([A-Z]+))?\}")
BORROWING_TOTALS = {SHORT: "L2104", LONG: "L2201", LEASE: "L2202"}


@dataclass
class Page:
    """One book on its way to becoming cells. period: what its sheets say they cover."""

    look: Look
    book: Book
    world: World
    sentinel: str
    period: str = ""

    @property
    def company(self) -> Company:
        return self.book.company

    @property
    def ledger(self) -> Ledger:
        return self.book.ledger

    @property
    def rate(self) -> Rate:
        """The group's rates for this company."""
        return self.world.rates[(self.company.currency, self.company.year_end)]

    @property
    def declared_unit(self) -> int:
        """Currency units per 1 in the book, as its cover says."""
        edits = self.book.edits
        return self.company.unit // (edits.scale if edits.unit_label else 1)

    def has(self, sheet: str) -> bool:
        return sheet not in self.book.not_applicable

    def grid(self, sheet: str, widths: tuple[float, ...]) -> Grid:
        """A sheet with its title, form number, unit, company and period; the caller fills the rest."""
        grid = Grid(SHEETS[sheet], TITLES[sheet], widths, scale=self.book.edits.scale)
        look, company, last = self.look, self.company, len(widths) - 1
        grid.heights[0] = TITLE_HEIGHT
        grid.put(0, last, f"様式{sheet}", look.form_number)
        grid.put(0, 0, TITLES[sheet], look.title)
        if sheet not in COLUMNS:
            return grid
        grid.put(1, 0, company.code, look.text)
        grid.put(1, 1, company.name, look.text)
        grid.put(1, last, f"(単位：{self.book.edits.unit_label or company.unit_label})", look.right)
        grid.put(2, 0, "対象期", look.text)
        grid.put(2, 1, self.period or self.world.period.title, look.text)
        for column, title in enumerate(COLUMNS[sheet]):
            grid.put(HEADER_ROW - 1, column, title, look.header)
        grid.freeze = HEADER_ROW
        return grid

    @cached_property
    def totals(self) -> dict[tuple[str, str], int]:
        """Rows (1-based) of the totals below lists of any length, by (sheet, code)."""
        schedules, rows = self.book.schedules, self.book.rows
        places: dict[tuple[str, str], int] = {}
        for sheet, codes in ((BALANCES, ("CLAIM", "DEBT")), (TRADE, ("INCOME", "EXPENSE"))):
            first = FIRST_ROW + max(1, sum(row.sheet == sheet for row in rows))
            places |= {(sheet, code): first + offset for offset, code in enumerate(codes)}
        places[("10", "U99")] = FIRST_ROW + len(schedules.unrealised)
        first = FIRST_ROW + len(schedules.securities)
        places |= {("12", "S1401"): first, ("12", "S1402"): first + 1, ("12", "S99"): first + 2}
        first = FIRST_ROW + len(schedules.borrowings)
        for offset, code in enumerate((*BORROWING_TOTALS.values(), "L99")):
            places[("13", code)] = first + offset
        return places

    def address(self, sheet: str, code: str, column: str) -> str:
        place = self.totals.get((sheet, code))
        return f"{column}{place}" if place else cell(sheet, code, column)

    def formula(self, sheet: str, template: str, own_column: str) -> str:
        """A template of data/forms.json as a formula; what is on a sheet the company does not have counts as 0."""

        def place(match: re.Match[str]) -> str:
            other, code, column = match.groups()
            if other is None:
                return f"{own_column}{rows_by_code(sheet)[code]}"
            if not self.has(other):
                return "0"
            prefix = "" if other == sheet else f"'{SHEETS[other]}'!"
            return prefix + self.address(other, code, column)

        return "=" + REFERENCE.sub(place, template)

    def needs(self, template: str) -> set[str]:
        """Other sheets that a template refers to."""
        return {match[1] for match in REFERENCE.finditer(template) if match[1]}


Fill = Callable[[Page], Grid]


def at(text: str) -> tuple[int, int]:
    """0-based (row, column) of an address."""
    return position(text)
