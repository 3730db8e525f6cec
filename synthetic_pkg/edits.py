"""What the cells of a planted book show instead of what the sheet code writes, and how the form is bent.

Plants fill Edits; `edited` puts a thin layer between the sheet code and XlsxWriter, for such books only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from xlsxwriter.utility import xl_cell_to_rowcol, xl_rowcol_to_cell

from synthetic_pkg.layout import FIRST_ROW, HEADER_ROW, SHEETS
from synthetic_pkg.workbook_look import Look

Cell = tuple[str, str]  # sheet number, address such as "E12", before any shift
Value = str | int | float
NOT_SCALED = {("08", 5), ("09", 5)}  # columns of amounts in transaction currency


@dataclass(frozen=True)
class InsertedRow:
    """A row the form does not have, below row `after` (1-based, before any shift)."""

    after: int
    values: tuple[Value, ...]


@dataclass(frozen=True)
class HiddenSheet:
    """A sheet that is not part of the form. copy_of: shows the figures of that sheet, `percent` of each."""

    title: str
    very: bool = False
    copy_of: str = ""
    percent: int = 100
    rows: tuple[tuple[Value, ...], ...] = ()


@dataclass
class Edits:
    """Cells by (sheet, address). text "": a blank cell. extra: cells where the form has none.

    scale: every amount in book units is shown times this. pasted: sheets without formulas.
    split_headers, indented: sheets whose header takes two rows, or whose column A is blank.
    """

    text: dict[Cell, str] = field(default_factory=dict)
    number: dict[Cell, int | float] = field(default_factory=dict)
    error: dict[Cell, str] = field(default_factory=dict)
    extra: dict[Cell, Value] = field(default_factory=dict)
    hidden_rows: dict[str, set[int]] = field(default_factory=dict)
    inserted: dict[str, InsertedRow] = field(default_factory=dict)
    hidden_sheets: list[HiddenSheet] = field(default_factory=list)
    pasted: set[str] = field(default_factory=set)
    split_headers: set[str] = field(default_factory=set)
    indented: set[str] = field(default_factory=set)
    cached: dict[Cell, Value] = field(default_factory=dict)  # a formula that kept an outdated value
    scale: int = 1
    unit_label: str = ""  # what "(単位：…)" says instead of the company's unit
    seen: dict[Cell, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        plain = (self.text, self.number, self.error, self.extra, self.hidden_rows, self.inserted, self.cached)
        return any(
            (*plain, self.hidden_sheets, self.pasted, self.split_headers, self.indented, self.scale != 1)
        )

    def paste_everything(self) -> None:
        """The whole book as values: a sender who copied figures left no formulas."""
        self.pasted.update(SHEETS)

    def shown_value(self, sheet: str, address: str, default: Any) -> Any:
        """What a cell shows, once its sheet is written; `default` when no edit touches the book."""
        return self.seen.get((sheet, address), default)


def edited(ws: Any, sheet: str, edits: Edits, look: Look) -> Any:
    """The worksheet itself, or a layer over it when the book has edits."""
    return EditedSheet(ws, sheet, edits, look) if edits else ws


class EditedSheet:
    """Stands for an XlsxWriter worksheet; calls it does not know go straight through."""

    def __init__(self, ws: Any, sheet: str, edits: Edits, look: Look) -> None:
        self._ws, self._sheet, self._edits, self._look = ws, sheet, edits, look
        self._columns = 1 if sheet in edits.indented else 0
        self._amount_formats = (look.input_number, look.formula_number, look.total_number)
        for number in sorted(edits.hidden_rows.get(sheet, ())):
            self._ws.set_row(self._row(number - 1), None, None, {"hidden": True})
        self._write_extras()
        if sheet in edits.inserted:
            self._insert(edits.inserted[sheet])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ws, name)

    def _row(self, row: int) -> int:
        """Row on the sheet (0-based) of a row of the form."""
        moved = row + (1 if self._sheet in self._edits.split_headers and row >= FIRST_ROW - 1 else 0)
        inserted = self._edits.inserted.get(self._sheet)
        return moved + (1 if inserted and row >= inserted.after else 0)

    def _write_extras(self) -> None:
        for (sheet, address), value in self._edits.extra.items():
            if sheet == self._sheet:
                row, column = xl_cell_to_rowcol(address)
                self._ws.write(self._row(row), column + self._columns, value, self._look.right)

    def _insert(self, line: InsertedRow) -> None:
        look = self._look
        formats = (look.code, look.indented, look.cell, *[look.input_number] * 2, look.formula_number)
        for column, value in enumerate(line.values):
            format_ = formats[column] if column < len(formats) else look.input_text
            self._ws.write(self._row(line.after - 1) + 1, column + self._columns, value, format_)

    def _put(self, row: int, column: int, value: Any, format_: Any, formula: str = "") -> None:
        edits, key = self._edits, (self._sheet, xl_rowcol_to_cell(row, column))
        at = (self._row(row), column + self._columns)
        if format_ in self._amount_formats and (self._sheet, column) not in NOT_SCALED:
            value = value * edits.scale if isinstance(value, int | float) else value
        if key in edits.error:
            self._ws.write_formula(*at, "=SUM(#REF!)", format_, edits.error[key])
            edits.seen[key] = edits.error[key]
            return
        replaced = edits.number.get(key, edits.text.get(key))
        value = value if replaced is None else replaced
        edits.seen[key] = value
        if formula and replaced is None and self._sheet not in edits.pasted:
            self._ws.write_formula(*at, formula, format_, value)
        elif value is None or value == "":
            self._ws.write_blank(*at, None, format_)
        elif isinstance(value, str):
            shown = key in edits.text and format_ in self._amount_formats
            self._ws.write_string(*at, value, self._look.input_shown if shown else format_)
        else:
            self._ws.write_number(*at, value, format_)

    def write_number(self, row: int, column: int, value: Any, format_: Any = None) -> None:
        self._put(row, column, value, format_)

    def write_string(self, row: int, column: int, value: str, format_: Any = None) -> None:
        if self._sheet in self._edits.split_headers and row == HEADER_ROW - 1:
            at = column + self._columns
            self._ws.merge_range(row, at, row + 1, at, value, format_)
        else:
            self._put(row, column, value, format_)

    def write_blank(self, row: int, column: int, value: None, format_: Any = None) -> None:
        self._put(row, column, None, format_)

    def write_formula(self, row: int, column: int, formula: str, format_: Any = None, value: Any = 0) -> None:
        self._put(row, column, value, format_, formula)

    def write_datetime(self, row: int, column: int, value: Any, format_: Any = None) -> None:
        key = (self._sheet, xl_rowcol_to_cell(row, column))
        if key in self._edits.text or key in self._edits.number:
            self._put(row, column, None, format_ if key in self._edits.number else self._look.input_text)
        else:
            self._ws.write_datetime(self._row(row), column + self._columns, value, format_)

    def set_row(self, row: int, height: Any = None, format_: Any = None, options: Any = None) -> None:
        hidden = {"hidden": True} if row + 1 in self._edits.hidden_rows.get(self._sheet, ()) else {}
        self._ws.set_row(self._row(row), height, format_, {**(options or {}), **hidden})

    def set_column(self, first: int, last: int, width: Any = None, format_: Any = None) -> None:
        self._ws.set_column(first + self._columns, last + self._columns, width, format_)

    def print_area(self, top: int, left: int, bottom: int, right: int) -> None:
        self._ws.print_area(top, left, self._row(bottom), right + self._columns)

    def freeze_panes(self, row: int, column: int) -> None:
        self._ws.freeze_panes(self._row(row), column)

    def repeat_rows(self, first: int, last: int | None = None) -> None:
        bottom = first if last is None else last
        self._ws.repeat_rows(first, bottom + (1 if self._sheet in self._edits.split_headers else 0))


def add_hidden_sheets(file: Any, edits: Edits, look: Look) -> None:
    """The sheets that are not part of the form, after all others are written."""
    for extra in edits.hidden_sheets:
        ws = file.add_worksheet(extra.title)
        for row, values in enumerate(extra.rows):
            for column, value in enumerate(values):
                ws.write(row, column, value, look.text)
        for (sheet, address), value in edits.seen.items():
            if sheet == extra.copy_of and value is not None:
                changed = value * extra.percent // 100 if isinstance(value, int) else value
                ws.write(*xl_cell_to_rowcol(address), changed)
        if extra.very:
            ws.very_hidden()
        else:
            ws.hide()
