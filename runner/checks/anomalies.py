"""Checks on 異常一覧.csv: readable, recall and precision by root cause, quiet on the traps.

Part of `runner.verify_outputs`; takes the folder a rerun wrote to and the answers, gives `Check`s,
whatever it finds.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from runner.checks.read_outputs import ANOMALIES_FILE, ReportedRow, read_reported
from runner.checks.safe_files import OutputError, show
from runner.checks.scoring import Score, score
from runner.checks.work import DATASET_NAMES
from runner.verdict import Check, Checks
from synthetic_pkg.answers import Answers

_LISTED = 4  # items written out in a message


def check_anomalies(label: str, folder: Path, answers: Answers, limits: Checks) -> list[Check]:
    """Form, recall, precision and trap alarms of one rerun."""
    unreadable = ""
    rows: list[ReportedRow] = []
    try:
        rows = read_reported(folder)
    except OutputError as error:
        unreadable = str(error)
    result = score(rows, answers.anomalies, answers.traps)
    return [
        _form(label, rows, unreadable, answers),
        _recall(label, result, limits, unreadable),
        _precision(label, result, limits, unreadable),
        _traps(label, result, limits, unreadable),
    ]


def _form(label: str, rows: Sequence[ReportedRow], unreadable: str, answers: Answers) -> Check:
    blank = [row for row in rows if not row.company or not row.check_id]
    faults = [
        *([unreadable] if unreadable else []),
        *([f"会社コードか検査番号が空欄の行 {len(blank):,} 件（{blank[0].line} 行目など）"] if blank else []),
        *(["異常が1件も報告されていません"] if not rows and not unreadable else []),
    ]
    return Check(
        id=f"{label}.anomalies.form",
        title=f"異常一覧の様式（{DATASET_NAMES[label]}）",
        ok=not faults,
        compared=len(answers.anomalies),
        expected="1行以上、必須欄あり",
        actual="読めない" if unreadable else f"{len(rows):,} 行",
        difference=f"{len(blank):,} 行" if blank else "",
        detail=" / ".join(faults),
        where=_where(label),
    )


def _recall(label: str, result: Score, limits: Checks, unreadable: str) -> Check:
    total = len(result.found) + len(result.missed)
    missed = sorted(result.missed, key=lambda anomaly: (-anomaly.severity, anomaly.company))
    listed = "、".join(
        f"{anomaly.company} 検査{anomaly.check_id}（{anomaly.why}）" for anomaly in missed[:_LISTED]
    )
    return Check(
        id=f"{label}.anomalies.recall",
        title=f"異常の検出率（{DATASET_NAMES[label]}）",
        ok=total > 0 and not unreadable and result.recall >= limits.recall_min,
        compared=total,
        expected=f"{limits.recall_min:.0%} 以上",
        actual=f"{result.recall:.1%}（{len(result.found)}/{total} 件）",
        difference=f"見逃し {len(missed)} 件" if missed else "",
        detail=unreadable or _more(f"見逃し: {listed}", len(missed)) if missed else "",
        where=_where(label),
    )


def _precision(label: str, result: Score, limits: Checks, unreadable: str) -> Check:
    false = result.false_alarms
    listed = "、".join(
        f"{show(row.company, 12)} {show(row.sheet, 12)} {show(row.cell, 8)} 検査{show(row.check_id, 12)}"
        for row in false[:_LISTED]
    )
    return Check(
        id=f"{label}.anomalies.precision",
        title=f"異常の適合率（{DATASET_NAMES[label]}）",
        ok=not unreadable and result.reported > 0 and result.precision >= limits.precision_min,
        compared=len(result.found) + len(result.missed),
        expected=f"{limits.precision_min:.0%} 以上",
        actual=f"{result.precision:.1%}（誤検出 {len(false)} 件）",
        difference=f"誤検出 {len(false)} 件" if false else "",
        detail=unreadable or (_more(f"誤検出: {listed}", len(false)) if false else ""),
        where=_where(label),
    )


def _traps(label: str, result: Score, limits: Checks, unreadable: str) -> Check:
    alarmed = result.alarmed_traps
    total = len(alarmed) + len(result.quiet_traps)
    listed = "、".join(f"{trap.company} {trap.kind}（{trap.why}）" for trap in alarmed[:_LISTED])
    return Check(
        id=f"{label}.anomalies.traps",
        title=f"正常例の誤警報（{DATASET_NAMES[label]}）",
        ok=total > 0
        and not unreadable
        and result.reported > 0
        and result.trap_alarms <= limits.trap_alarms_max,
        compared=total,
        expected=f"{limits.trap_alarms_max:.0%} 以下",
        actual=f"{result.trap_alarms:.1%}（{len(alarmed)}/{total} 件）",
        difference=f"誤警報 {len(alarmed)} 件" if alarmed else "",
        detail=unreadable or (_more(f"誤警報: {listed}", len(alarmed)) if alarmed else ""),
        where=_where(label),
    )


def _more(text: str, count: int) -> str:
    return text if count <= _LISTED else f"{text} ほか {count - _LISTED} 件"


def _where(label: str) -> str:
    return f"rerun/{label}/output/{ANOMALIES_FILE}"
