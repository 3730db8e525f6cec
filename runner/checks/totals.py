"""Checks on 集計結果.xlsx: its form, and every total exact in 千円, per basis, for the group and by segment.

Part of `runner.verify_outputs`; takes the folder a rerun wrote to and the answers, gives `Check`s,
whatever it finds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.checks.likely_cause import Difference, likely_cause
from runner.checks.read_outputs import TOTALS_FILE, Key, TotalRow, read_totals
from runner.checks.safe_files import OutputError, fold, show
from runner.checks.work import DATASET_NAMES
from runner.verdict import Check
from synthetic_pkg.answers import WHOLE_GROUP, Answers

BASES = (("submitted", "提出値"), ("corrected", "修正後"))
_LARGEST = 3  # differences written out in a message


@dataclass(frozen=True, slots=True)
class _Table:
    """The totals as one rerun wrote them, or why they cannot be read."""

    rows: list[TotalRow]
    unreadable: str


def check_totals(label: str, folder: Path, answers: Answers) -> list[Check]:
    """One check of the form, then 提出値 and 修正後, each for 全社 and by segment."""
    known = {Key(fold(t.basis), fold(t.segment), fold(t.code)): t.amount for t in answers.totals}
    try:
        table = _Table(read_totals(folder), "")
    except OutputError as error:
        table = _Table([], str(error))
    checks = [_form(label, table, known)]
    for basis_id, basis in BASES:
        group = {
            key: amount for key, amount in known.items() if key.basis == basis and key.segment == WHOLE_GROUP
        }
        parts = {
            key: amount for key, amount in known.items() if key.basis == basis and key.segment != WHOLE_GROUP
        }
        checks.append(_exact(label, f"{basis_id}.group", f"{basis}・全社", table, group, known))
        checks.append(_exact(label, f"{basis_id}.segments", f"{basis}・セグメント別", table, parts, known))
    return checks


def _form(label: str, table: _Table, known: dict[Key, int]) -> Check:
    counts = Counter(row.key for row in table.rows)
    doubled = [key for key, count in counts.items() if count > 1]
    missing = [key for key in known if key not in counts]
    extra = _extra_rows(table.rows, known)
    faulty = [row for row in table.rows if row.fault]
    faults = [
        *([table.unreadable] if table.unreadable else []),
        *([f"行がない {len(missing):,} 件（{_name(missing[0])} など）"] if missing and table.rows else []),
        *([f"重複 {len(doubled):,} 件（{_name(doubled[0])} など）"] if doubled else []),
        *(
            [f"要領にない行 {len(extra):,} 件（{extra[0].row} 行目 {_name(extra[0].key)} など）"]
            if extra
            else []
        ),
        *(
            [f"金額が数値でない {len(faulty):,} 件（{faulty[0].row} 行目: {faulty[0].fault}）"]
            if faulty
            else []
        ),
    ]
    return Check(
        id=f"{label}.totals.form",
        title=f"集計結果の様式（{DATASET_NAMES[label]}）",
        ok=not faults,
        compared=len(known),
        expected=f"{len(known):,} 行",
        actual=f"{len(table.rows):,} 行" if not table.unreadable else "読めない",
        difference=f"{len(missing) + len(doubled) + len(extra) + len(faulty):,} 行" if faults else "",
        detail=" / ".join(faults),
        where=_where(label),
    )


def _extra_rows(rows: Sequence[TotalRow], known: dict[Key, int]) -> list[TotalRow]:
    """Rows nobody asked for; a zero for a known account in a known segment says nothing that is not so."""
    bases, segments, codes = ({key[part] for key in known} for part in range(3))
    return [
        row
        for row in rows
        if row.key not in known
        and not (
            row.amount == 0
            and row.key.basis in bases
            and row.key.segment in segments
            and row.key.code in codes
        )
    ]


def _exact(
    label: str, part: str, title: str, table: _Table, wanted: dict[Key, int], known: dict[Key, int]
) -> Check:
    amounts: dict[Key, list[TotalRow]] = {}
    for row in table.rows:
        amounts.setdefault(row.key, []).append(row)
    differences: list[Difference] = []
    unusable: list[Key] = []
    for key, amount in wanted.items():
        rows = amounts.get(key, [])
        if len(rows) != 1 or rows[0].amount is None:
            unusable.append(key)
        elif rows[0].amount != amount:
            differences.append(Difference(key, amount, rows[0].amount))
    differences.sort(key=lambda difference: (-abs(difference.amount), difference.key))
    wrong = len(differences) + len(unusable)
    return Check(
        id=f"{label}.totals.{part}",
        title=f"{title}（{DATASET_NAMES[label]}）",
        ok=bool(wanted) and wrong == 0,
        compared=len(wanted),
        expected=f"{len(wanted):,} 件が千円単位で一致",
        actual=f"{len(wanted) - wrong:,} 件が一致",
        difference=f"最大 {differences[0].amount:+,} 千円" if differences else "",
        detail=_detail(table, differences, unusable, known),
        where=_where(label),
    )


def _detail(
    table: _Table, differences: Sequence[Difference], unusable: Sequence[Key], known: dict[Key, int]
) -> str:
    if table.unreadable:
        return f"集計結果が読めないため照合できません（{table.unreadable}）"
    parts = []
    if unusable:
        parts.append(f"行がない・重複・数値でない {len(unusable):,} 件（{_name(unusable[0])} など）")
    if differences:
        listed = "、".join(
            f"{_name(d.key)} 正解 {d.expected:,} / 報告 {d.actual:,}（差 {d.amount:+,}）"
            for d in differences[:_LARGEST]
        )
        parts.append(f"差異 {len(differences):,} 件: {listed}。原因: {likely_cause(differences, known)}")
    return " / ".join(parts)


def _name(key: Key) -> str:
    return " ".join(show(part, 20) or "（空欄）" for part in key)


def _where(label: str) -> str:
    return f"rerun/{label}/output/{TOTALS_FILE}"
