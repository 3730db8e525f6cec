"""The records of a table among all that stands below its headings. Pure; for `runner.checks.tables`.

Left out: blank rows, repeated headings, remarks, and totals that are labelled so and carry no key. Keys that are
merged, or shown once with blanks below, are written out.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from runner.checks.amounts import read_amount
from runner.checks.headings import bare_label, is_note, is_total
from runner.checks.safe_files import OutputError
from runner.checks.table_values import label_of
from runner.checks.xlsx_cells import Cell, Sheet

MAX_FILLED = 2_000_000  # cells below merged ones; more is no table
ACCOUNT_CODE, ACCOUNT_NAME = "科目コード", "科目名"

Labels = dict[str, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the headings stand: their row, the 1-based column of each asked name, and the key columns in order."""

    row: int
    places: dict[str, int]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Records:
    """Labels by row number and asked name, and the texts of the remarks below the headings."""

    rows: dict[int, Labels]
    remarks: list[str]


def records(page: Sheet, layout: Layout) -> Records:
    """What counts of `page`. Raises OutputError for merged cells beyond all measure."""
    labels = {
        number: {name: label_of(cells.get(place)) for name, place in layout.places.items()}
        for number, cells in sorted(page.rows.items())
        if number > layout.row
    }
    heading = {name: label_of(page.rows[layout.row].get(place)) for name, place in layout.places.items()}
    _fill_merged(page, layout, labels)
    named = frozenset(bare_label(row[key]) for row in labels.values() for key in layout.keys)
    last = _last_record(page, layout, labels)
    kept: dict[int, Labels] = {}
    remarks: list[str] = []
    for number, row in labels.items():
        texts = [text for text in map(label_of, page.rows[number].values()) if text]
        if row == heading:
            continue
        behind = number > last and len(texts) == 1 and read_amount(texts[0]) is None
        if behind or _is_remark(row, texts, layout):
            remarks.append(" ".join(texts))
        elif not _holds_something(page.rows[number], layout):
            continue
        elif not (_is_total(row, texts, layout, named) or _is_unkeyed(row, layout)):
            kept[number] = row
    _fill_sparse(list(kept.values()), layout.keys)
    return Records(kept, remarks)


def _last_record(page: Sheet, layout: Layout, labels: Mapping[int, Labels]) -> int:
    """The last row that says more than one thing; what stands alone in a row behind it is a remark (「以上」)."""
    return max(
        (number for number in labels if sum(1 for cell in page.rows[number].values() if label_of(cell)) > 1),
        default=max(labels, default=layout.row),
    )


def _is_unkeyed(row: Labels, layout: Layout) -> bool:
    """A named line of the writer's own (「資産合計」, 「貸借差額」): without an account's code it doubles no record."""
    return layout.keys[-1:] == (ACCOUNT_CODE,) and not row[ACCOUNT_CODE] and bool(row.get(ACCOUNT_NAME))


def _holds_something(cells: dict[int, Cell], layout: Layout) -> bool:
    return any(place in cells and cells[place].kind != "empty" for place in layout.places.values())


def _is_remark(row: Labels, texts: Sequence[str], layout: Layout) -> bool:
    """One text alone that says it is a remark, or a unit line in several cells; nothing with a figure in it."""
    if len(texts) == 1:
        return is_note(texts[0])
    keyless = bool(layout.keys) and not row[layout.keys[-1]]
    return keyless and bool(texts) and not any(map(read_amount, texts)) and is_note(" ".join(texts))


def _is_total(row: Labels, texts: Sequence[str], layout: Layout, named: frozenset[str]) -> bool:
    if any(is_total(row[key], named) for key in layout.keys):
        return True
    keyless = bool(layout.keys) and not row[layout.keys[-1]]
    return keyless and any(is_total(text, named) for text in texts)


def _fill_merged(page: Sheet, layout: Layout, labels: dict[int, Labels]) -> None:
    numbers = list(labels)
    filled = 0
    for name, rows in _merged_rows(page, layout, numbers):
        text = labels[rows[0]][name] if rows else ""
        for number in rows[1:]:
            labels[number][name] = labels[number][name] or text
        filled += len(rows)
        if filled > MAX_FILLED:
            raise OutputError("結合セルが多すぎます")


def _merged_rows(page: Sheet, layout: Layout, numbers: Sequence[int]) -> Iterator[tuple[str, Sequence[int]]]:
    """Each label column that a merged block covers from its first row on, with the block's rows that exist."""
    names = {place: name for name, place in layout.places.items()}
    for block in page.merged:
        if block.left in names and block.bottom > block.top:
            rows = numbers[bisect_left(numbers, block.top) : bisect_left(numbers, block.bottom + 1)]
            if rows and rows[0] == block.top:
                yield names[block.left], rows


def _fill_sparse(rows: Sequence[Labels], keys: Sequence[str]) -> None:
    """Write out keys that are shown once. The last key is never one of them, nor a column that also repeats."""
    for depth, key in enumerate(keys[:-1]):
        outer = keys[:depth]
        pairs = [(above, row) for above, row in pairwise(rows) if all(above[o] == row[o] for o in outer)]
        if any(row[key] and row[key] == above[key] for above, row in pairs):
            continue
        for above, row in pairs:
            row[key] = row[key] or above[key]
