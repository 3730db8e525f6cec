"""報告値 and 期待値 of the rows that name a root: the figures that 要領 asks for, held against the known ones.

Words (「未提出」, 「0以上」) are not judged: nobody could list all the right ones. Takes rows and roots, gives a
`Check`; called by `runner.checks.set_match`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from runner.checks.amounts import UNITS, read_amount
from runner.checks.places import SEEN_IN_TOTALS, is_on
from runner.checks.question import at_least
from runner.checks.read_outputs import ReportedRow
from runner.checks.safe_files import fold, show
from runner.checks.scoring import with_sheets_named
from runner.verdict import MOST_FINDINGS, Check, Finding
from synthetic_pkg.answers import Anomaly

NOISE = Fraction(1, 1_000_000)  # of the book's unit: the width of float noise
_CURRENCY = re.compile(r"(?:千|百万)?[A-Z]{3}")  # 「1,234 千USD」
_Figure = Fraction | None


def roots_with_figures(roots: Sequence[Anomaly]) -> list[Anomaly]:
    """Roots of which a figure is known, and where it stands: at a cell, or on both sides of a pair."""
    return [
        root
        for root in roots
        if (root.cell or _is_pair(root))
        and (_known(root.observed), _known(root.expected_value)) != (None, None)
    ]


def rows_by_figures(
    rows: Sequence[ReportedRow], roots: Sequence[Anomaly]
) -> tuple[list[ReportedRow], list[tuple[ReportedRow, Anomaly]]]:
    """(rows whose figures are those of a root that they name, rows whose figures are not).

    A row names the roots of its company and 検査番号, the one on its place before the others. Rows on another line
    than the known one (D01) say nothing.
    """
    named: dict[tuple[str, str], list[Anomaly]] = {}
    for root in roots_with_figures(roots):
        for company in {fold(one.company) for one in root.accepted if root.check_id in one.check_ids}:
            named.setdefault((company, fold(root.check_id)), []).append(root)
    right, wrong = [], []
    for row in {row.content: row for row in with_sheets_named(rows, roots)}.values():
        fitting = named.get((row.company, row.check_id), [])
        on = [root for root in fitting if row.company == fold(root.company) and is_on(row, root)]
        fitting = on or [root for root in fitting if _is_pair(root)]
        if any(_tells(row, root) for root in fitting):
            right.append(row)
        elif fitting:
            wrong.append((row, fitting[0]))
    return right, wrong


def _is_pair(root: Anomaly) -> bool:
    """Two companies' figures differ: either may be the reported one."""
    return len({one.company for one in root.accepted if root.check_id in one.check_ids}) > 1


def _tells(row: ReportedRow, root: Anomaly) -> bool:
    told = (row.reported, row.expected)
    known = (root.observed, root.expected_value)
    if root.check_id in SEEN_IN_TOTALS:
        return _same_gap(told, known)
    if all(_is(text, figure) for text, figure in zip(told, known, strict=True)):
        return True
    return _is_pair(root) and all(_is(text, figure) for text, figure in zip(told[::-1], known, strict=True))


def _same_gap(told: tuple[str, str], known: tuple[int | str | None, int | str | None]) -> bool:
    """The totals are not known, but by how much they differ: by what the changed line is off."""
    gaps = []
    for one, other in ([_figures(text) for text in told], [[_known(value)] for value in known]):
        gaps.append({abs(a - b) for a in one for b in other if a is not None and b is not None})
    return any(abs(gap - right) <= NOISE for gap in gaps[0] for right in gaps[1])


def _is(text: str, known: int | str | None) -> bool:
    """A figure must be the known one; an empty cell stands for nil alone, words for words or a code alone."""
    figure = _known(known)
    if figure is None:
        return True
    if not text:
        return figure == 0
    told = _figures(text)
    if not told:
        return isinstance(known, str)
    return any(abs(one - figure) <= NOISE for one in told)


def _known(value: int | str | None) -> _Figure:
    """An amount, a rate or a code as a number; None for words and for nothing."""
    if isinstance(value, int):
        return Fraction(value)
    written = read_amount(value) if value else None
    return written.value if written else None


def _figures(text: str) -> list[Fraction]:
    """What a cell may say: its number in the book's unit, whatever unit of yen stands beside it; [] for words."""
    written = read_amount(_CURRENCY.sub("", text))
    if written is None:
        return []
    if not written.unit:
        return [written.value]
    return [written.value, *(written.value * UNITS[written.unit] / unit for unit in UNITS.values())]


def check_figures(
    head: Check, rows: Sequence[ReportedRow], roots: Sequence[Anomaly], least: float, unreadable: str
) -> Check:
    """At least this share of the rows that name a root with known figures tells them."""
    right, wrong = rows_by_figures(rows, roots)
    count = len(right) + len(wrong)
    share = len(right) / count if count else 0.0
    return head.model_copy(
        update={
            "ok": not unreadable and count > 0 and share >= least,
            "expected": at_least(least),
            "actual": f"{share:.1%}（{len(right)}/{count} 行）",
            "difference": f"異なる金額 {len(wrong)} 行" if wrong else "",
            "findings": [_finding(head, row, root) for row, root in wrong[:MOST_FINDINGS]],
            "detail": unreadable or (f"報告値か期待値が正解と異なる行 {len(wrong)} 行" if wrong else ""),
        }
    )


def _finding(head: Check, row: ReportedRow, root: Anomaly) -> Finding:
    known: tuple[str, str] = (_shown(root.observed), _shown(root.expected_value))
    told = (show(row.reported, 20) or "空欄", show(row.expected, 20) or "空欄")
    if root.check_id in SEEN_IN_TOTALS:
        observed, right = (_known(value) or Fraction(0) for value in (root.observed, root.expected_value))
        expected = f"差 {int(abs(observed - right)):,}"
    else:
        expected = f"報告値 {known[0]}・期待値 {known[1]}"
    return Finding(
        item=f"会社 {show(row.company, 12)} 検査 {show(row.check_id, 12)}",
        expected=expected,
        actual=f"報告値 {told[0]}・期待値 {told[1]}",
        difference="異なる金額",
        where=f"{head.where} {row.line} 行目",
        evidence=f"{root.company} {root.sheet} {root.cell}".rstrip(),
    )


def _shown(value: int | str | None) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value or "空欄")
