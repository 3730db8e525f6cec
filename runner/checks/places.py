"""Where anomalies were reported: of the rows that name a root, the share that stands on its known sheet and cell.

What is accepted as a root's symptom may leave the place open (a company and a check alone), so that a list with every
cell wrong would still find all. Takes rows and roots, gives a `Check`; called by `runner.checks.set_match`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from runner.checks.question import at_least
from runner.checks.read_outputs import ReportedRow
from runner.checks.safe_files import fold, show
from runner.checks.scoring import cells_of, with_sheets_named
from runner.verdict import MOST_FINDINGS, Check, Finding
from synthetic_pkg.answers import Anomaly

SEEN_IN_TOTALS = {"B01"}
"""The key tells the line that was changed, the books show the totals alone: any line of its column is the place."""
BETWEEN_TWO_LINES = {"D01"}
"""An amount was moved, the key tells the line it left: one row more, in the same column, is the line it went to."""


def rows_by_place(
    rows: Sequence[ReportedRow], roots: Sequence[Anomaly]
) -> tuple[list[ReportedRow], list[tuple[ReportedRow, Anomaly]]]:
    """(one row for each known place of a root, rows that name a root by company and check but stand elsewhere).

    Roots without a known sheet, and rows under the other company of a pair, say nothing about places.
    """
    named: dict[tuple[str, str], list[Anomaly]] = {}
    for root in roots:
        if root.sheet:
            named.setdefault((fold(root.company), fold(root.check_id)), []).append(root)
    right: dict[tuple[str, ...], ReportedRow] = {}
    elsewhere: list[tuple[ReportedRow, Anomaly]] = []
    placed: Counter[tuple[str, str]] = Counter()
    for row in {row.place: row for row in with_sheets_named(rows, roots)}.values():
        fitting = named.get((row.company, row.check_id), [])
        on = next((root for root in fitting if is_on(row, root)), None)
        if on is not None:
            place = (row.company, row.check_id, on.sheet, on.cell)
            placed[place[:2]] += place not in right
            right.setdefault(place, row)
        elif fitting:
            elsewhere.append((row, fitting[0]))
    return list(right.values()), _without_second_lines(elsewhere, placed)


def is_on(row: ReportedRow, root: Anomaly) -> bool:
    """On its sheet, and on its cell or a few cells with it (「C12:C15」); `row` names sheets by their whole names."""
    if row.sheet != fold(root.sheet):
        return False
    if root.check_id in SEEN_IN_TOTALS:
        return _column(root.cell) in {_column(cell) for cell in cells_of(row.cell)}
    return not root.cell or fold(root.cell) in cells_of(row.cell)


def _without_second_lines(
    elsewhere: Sequence[tuple[ReportedRow, Anomaly]], placed: Counter[tuple[str, str]]
) -> list[tuple[ReportedRow, Anomaly]]:
    """For each root whose own line was told, one row on the line that took the amount is right as well."""
    left = []
    for row, root in elsewhere:
        beside = row.sheet == fold(root.sheet) and _column(row.cell) == _column(root.cell)
        if root.check_id in BETWEEN_TWO_LINES and beside and placed[row.company, row.check_id]:
            placed[row.company, row.check_id] -= 1
        else:
            left.append((row, root))
    return left


def _column(cell: str) -> str:
    return fold(cell).rstrip("0123456789")


def check_places(
    head: Check, rows: Sequence[ReportedRow], roots: Sequence[Anomaly], least: float, unreadable: str
) -> Check:
    """At least this share of the rows that name a root stands on its place."""
    right, elsewhere = rows_by_place(rows, roots)
    count = len(right) + len(elsewhere)
    share = len(right) / count if count else 0.0
    return head.model_copy(
        update={
            "ok": not unreadable and count > 0 and share >= least,
            "expected": at_least(least),
            "actual": f"{share:.1%}（{len(right)}/{count} 行）",
            "difference": f"別の箇所 {len(elsewhere)} 行" if elsewhere else "",
            "findings": [
                Finding(
                    item=f"会社 {show(row.company, 12)} 検査 {show(row.check_id, 12)}",
                    expected=f"{root.sheet} {root.cell}".rstrip(),
                    actual=f"{show(row.sheet, 20)} {show(row.cell, 12)}".strip() or "箇所なし",
                    difference="別の箇所",
                    where=f"{head.where} {row.line} 行目",
                    evidence=f"{root.company} {root.sheet} {root.cell}".rstrip(),
                )
                for row, root in elsewhere[:MOST_FINDINGS]
            ],
            "detail": unreadable or (f"正解と別の箇所を挙げた行 {len(elsewhere)} 行" if elsewhere else ""),
        }
    )
