"""Why a list of anomalies misses roots or raises alarms: facts that hold for all the rows they speak of. Pure.

Takes the score and the reported rows, gives Japanese sentences; "" where there is nothing exact to say. Called by
`runner.checks.set_match`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from runner.checks.read_outputs import ReportedRow
from runner.checks.safe_files import fold
from runner.checks.scoring import Score
from synthetic_pkg.answers import Answers, Trap

TOLERANCE = "許容差"
_LISTED = 4


def why_missed(result: Score, rows: Sequence[ReportedRow]) -> str:
    """Checks that nobody applied; roots reported under another 検査番号 or at another place."""
    return "、".join(_missed(result, rows))


def _missed(result: Score, rows: Sequence[ReportedRow]) -> Iterator[str]:
    applied = {row.check_id for row in rows}
    planted = Counter(fold(anomaly.check_id) for anomaly in result.missed)
    skipped = [check for check in sorted(planted) if check not in applied]
    if skipped:
        named = "・".join(f"{check}（正解{planted[check]}件）" for check in skipped)
        yield f"検査番号 {named} の指摘が1件もない"
    others = Counter(
        f"{anomaly.check_id}を{row.check_id}"
        for anomaly in result.missed
        for row in result.false_alarms
        if anomaly.cell
        and (row.company, row.cell) == (fold(anomaly.company), fold(anomaly.cell))
        and row.sheet == fold(anomaly.sheet)
        and row.check_id != fold(anomaly.check_id)
    )
    if others:
        yield f"同じセルを別の検査番号で報告した（{_counted(others)}）"
    elsewhere = [
        anomaly
        for anomaly in result.missed
        if any((row.company, row.check_id) == (fold(anomaly.company), fold(anomaly.check_id)) for row in rows)
    ]
    if elsewhere:
        yield f"会社と検査番号は正しいが、シートまたはセル番地が正解と異なる {len(elsewhere):,} 件"


def where_off(result: Score, rows: Sequence[ReportedRow]) -> str:
    """Found roots whose cell is not the known one; said only when every one of at least two is off."""
    pairs = []
    for anomaly in result.found:
        own = [
            row
            for row in rows
            if (row.company, row.check_id) == (fold(anomaly.company), fold(anomaly.check_id)) and row.cell
        ]
        if anomaly.cell and own:
            pairs.append((anomaly, own))
    if len(pairs) < 2 or any(row.cell == fold(a.cell) for a, own in pairs for row in own):
        return ""
    shifts = {_shift(fold(a.cell), row.cell) for a, own in pairs if len(own) == 1 for row in own}
    moved = next(iter(shifts)) if len(shifts) == 1 else ""
    return f"セル番地が正解と異なる {len(pairs):,} 件" + (f"（すべて{moved}）" if moved else "")


def _shift(right: str, reported: str) -> str:
    """How far a cell lies from another in the same column: 「1行下」; "" otherwise."""
    column, other = right.rstrip("0123456789"), reported.rstrip("0123456789")
    row, at = right[len(column) :], reported[len(other) :]
    if column != other or not row.isdecimal() or not at.isdecimal() or row == at:
        return ""
    rows = int(at) - int(row)
    return f"{abs(rows)}行{'下' if rows > 0 else '上'}"


def why_alarmed(result: Score, answers: Answers) -> str:
    """Tolerances not applied, right entries taken for wrong ones, excluded companies checked, figures misread."""
    return "、".join(_alarmed(result, answers))


def _alarmed(result: Score, answers: Answers) -> Iterator[str]:
    traps = answers.traps
    excluded = {fold(anomaly.company) for anomaly in answers.anomalies if anomaly.treatment == "exclude"}
    checked = [row for row in result.false_alarms if row.company in excluded]
    if checked:
        names = "・".join(sorted({row.company for row in checked})[:_LISTED])
        yield f"除外会社（{names}）を検査した指摘 {len(checked):,} 件"
    left = [row for row in result.false_alarms if row.company not in excluded]
    notations = _notations(answers)
    unread = [row for row in left if _at(row) in notations]
    if unread:
        shown = "・".join(dict.fromkeys(f"「{notations[_at(row)]}」" for row in unread[:_LISTED]))
        yield f"表記の正規化が要るセル（{shown}など）の指摘 {len(unread):,} 件"
    left = [row for row in left if row not in unread]
    for check in sorted({row.check_id for row in left}):
        rows = [row for row in left if row.check_id == check]
        met = [_traps_of(row, traps) for row in rows]
        if not all(met):
            continue
        if all(any(TOLERANCE in trap.why for trap in own) for own in met):
            yield f"検査番号 {check} の許容差を適用していない（誤検出{len(rows):,}件はすべて許容差の内）"
        else:
            reasons = Counter(own[0].why for own in met)
            yield f"検査番号 {check} の誤検出{len(rows):,}件はすべて正常例（{_counted(reasons)}）"


def _traps_of(row: ReportedRow, traps: Iterable[Trap]) -> list[Trap]:
    return [
        trap
        for trap in traps
        if row.company == fold(trap.company) and row.check_id in map(fold, trap.check_ids)
    ]


def _notations(answers: Answers) -> dict[tuple[str, str, str], str]:
    """What stands in each cell that means something else than it shows, by (company, sheet, cell)."""
    return {
        (fold(n.company), fold(n.sheet), fold(n.cell)): n.observed for n in answers.normalisations if n.cell
    }


def _at(row: ReportedRow) -> tuple[str, str, str]:
    return row.company, row.sheet, row.cell


def why_row(row: ReportedRow, answers: Answers) -> str:
    """Why one row is a false alarm: the trap it fell into, an unusual notation, or the exclusion of its company."""
    own = _traps_of(row, answers.traps)
    if own:
        return own[0].why
    notation = _notations(answers).get(_at(row))
    if notation:
        return f"表記の正規化が要るセルである（「{notation}」）"
    gone = [a for a in answers.anomalies if a.treatment == "exclude" and fold(a.company) == row.company]
    return f"除外会社であり、検査の対象ではない（{gone[0].why}）" if gone else ""


def _counted(items: Counter[str]) -> str:
    listed = [f"{name} {count}件" for name, count in items.most_common(_LISTED)]
    return "、".join(listed) + (f" ほか{len(items) - _LISTED}種" if len(items) > _LISTED else "")
