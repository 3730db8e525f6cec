"""One cell of a table → the text it shows, and the amount it is in the unit that was asked for. Pure.

For `runner.checks.tables`. The stored value counts; a display format that contradicts it makes the cell a fault.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from runner.checks.amounts import UNITS, Unit, Written, read_amount, shown_as
from runner.checks.headings import units_stated
from runner.checks.safe_files import OutputError, fold, show
from runner.checks.xlsx_cells import Cell

MAX_LABEL = 2_000  # characters of a text that are looked at; no label and no reason needs more
WHOLE_TOLERANCE = Fraction(1, 1_000_000)  # of the asked unit: the width of float noise


@dataclass(frozen=True, slots=True)
class Value:
    """What a cell shows, folded; for an amount its number in the asked unit, or None with the reason in `fault`."""

    text: str
    amount: int | float | None = None
    fault: str = ""


@lru_cache(maxsize=4096)
def label_of(cell: Cell | None) -> str:
    """The text that a cell shows: codes with the zeros of their format, no invisible characters, one line."""
    if cell is None or cell.kind in {"empty", "uncalculated"}:
        return ""
    if cell.kind == "number":
        value = cell.value
        if isinstance(value, float) and not value.is_integer():
            return str(value)
        return str(int(value)).zfill(shown_as(cell.format).digits)
    visible = "".join(char for char in str(cell.value)[:MAX_LABEL] if unicodedata.category(char) != "Cf")
    text = " ".join(fold(visible).split())
    return text[1:] if re.fullmatch("'[0-9]+", text) else text  # how a typist keeps the zeros of a code


@dataclass(frozen=True, slots=True)
class Amount:
    """A cell of an amount's column as it stands: a number and the unit written with it, or why it is none."""

    written: Written | None
    fault: str = ""


def amount_of(cell: Cell | None) -> Amount:
    """What stands in the cell, before any unit that is declared elsewhere."""
    if cell is None or cell.kind == "empty":
        return Amount(None, "空欄")
    if cell.kind == "uncalculated":
        return Amount(None, "数式に計算結果が保存されていない")
    if cell.kind in {"bool", "error"}:
        kind = {"error": "エラー値", "bool": "真偽値"}[cell.kind]
        return Amount(None, f"{kind}「{show(str(cell.value)[:MAX_LABEL], 20)}」")
    if cell.kind == "text":
        written = read_amount(str(cell.value))
        return Amount(written, "" if written else f"文字列「{show(str(cell.value)[:MAX_LABEL], 20)}」")
    shown = shown_as(cell.format)
    return (
        Amount(None, shown.fault) if shown.fault else Amount(Written(Fraction(str(cell.value)), shown.unit))
    )


def row_unit(text: str) -> tuple[Unit | None, str]:
    """The unit in a row's own 単位 column, or why it cannot be read."""
    if not text:
        return None, ""
    try:
        units = units_stated(text)
    except OutputError as error:
        return None, str(error)
    return (units.pop(), "") if len(units) == 1 else (None, f"単位「{show(text, 20)}」が読めない")


def in_unit(
    amount: Amount, declared: set[Unit], default: Unit | None, asked: Unit
) -> tuple[int | float | None, str]:
    """The amount in `asked`, exact; `default` is the unit where none is declared, None where that is unsettled."""
    if amount.written is None:
        return None, amount.fault
    named = {unit for unit in UNITS if unit in declared or unit == amount.written.unit}
    if len(named) > 1:
        return None, f"単位が2通り（{'と'.join(sorted(named))}）"
    unit = next(iter(named), default)
    if unit is None:
        return None, "単位が書かれた金額と書かれていない金額が混在"
    if unit == asked and amount.written.value.denominator == 1:
        return int(amount.written.value), ""
    exact = amount.written.value * UNITS[unit] / UNITS[asked]
    whole = round(exact)
    return (whole if abs(exact - whole) <= WHOLE_TOLERANCE else float(exact)), ""
