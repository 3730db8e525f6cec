"""What the cells of a planted book show instead of what the sheet code writes, and how the form is bent.

Plants fill Edits; synthetic_pkg.bending applies them to the grids of a book.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from synthetic_pkg.layout import SHEETS

Cell = tuple[str, str]  # sheet number, address such as "E12", before any shift
Value = str | int | float


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
