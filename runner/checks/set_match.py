"""`set_match`: 異常一覧.csv is readable, finds the planted roots overall and of every kind, and leaves the traps alone.

Takes the folder a rerun wrote to and the answers, gives `Check`s, whatever it finds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from runner.checks.causes.reported import where_off, why_alarmed, why_missed, why_row
from runner.checks.group_names import group_name
from runner.checks.places import check_places
from runner.checks.question import (
    OUTPUT,
    Case,
    Rerun,
    Rows,
    Share,
    TableQuestion,
    at_least,
    at_most,
)
from runner.checks.read_outputs import ANOMALIES_FILE, ReportedRow, read_reported
from runner.checks.reported_figures import check_figures, roots_with_figures
from runner.checks.safe_files import OutputError, show
from runner.checks.scoring import Score, by_check, by_kind, score
from runner.verdict import MOST_FINDINGS, Check, Finding
from synthetic_pkg.answers import Anomaly

_LISTED = 4  # items written out in a message


class SetMatch(TableQuestion):
    """Limits on the whole list, and on the recall of each kind of root and of each 検査番号.

    Without a limit nothing may be missed and nothing alarmed: what is allowed, a scenario says.
    """

    default_id: ClassVar[str] = "anomalies"
    check: Literal["set_match"]
    recall_min: Share = Field(default=1, description="share of planted root causes that must be found")
    precision_min: Share = Field(default=1, description="found roots / (found roots + false alarms)")
    trap_alarms_max: Share = Field(default=0, description="share of traps that may raise an alarm")
    kind_recall_min: float = Field(
        default=1,
        gt=0,
        le=1,
        description="share that must be found of each kind and of each 検査番号; above 0, so that none is missed whole",
    )
    place_min: Share | None = Field(
        default=None,
        description="share of the rows naming a root that must stand on its cell; None: not asked",
    )
    figures_min: Share | None = Field(
        default=None,
        description="share of the rows naming a root whose 報告値 and 期待値 must be the known ones; None: not asked",
    )

    def judge(self, case: Case) -> list[Check]:
        return [check for rerun in case.reruns for check in check_anomalies(self, rerun)]

    def asked_files(self) -> tuple[str, ...]:
        return (OUTPUT + ANOMALIES_FILE,)

    def content(self, folder: Path) -> Rows:
        return Counter(row.content for row in read_reported(folder))


def check_anomalies(limits: SetMatch, rerun: Rerun) -> list[Check]:
    """Form, recall, recall by kind, precision, trap alarms and, when asked, places and figures of one rerun."""
    unreadable = ""
    rows: list[ReportedRow] = []
    try:
        rows = read_reported(rerun.folder)
    except OutputError as error:
        unreadable = str(error)
    result = score(rows, rerun.answers.anomalies, rerun.answers.traps)

    def head(part: str, title: str, compared: int) -> Check:
        return Check(
            id=f"{rerun.label}.{limits.name}.{part}",
            kind="set_match",
            title=f"{title}（{rerun.name}）",
            ok=False,
            compared=compared,
            non_null=compared,
            where=f"rerun/{rerun.label}/{OUTPUT}{ANOMALIES_FILE}",
        )

    roots = rerun.answers.anomalies
    missed = "、".join(filter(None, (why_missed(result, rows), where_off(result, rows))))
    alarmed = why_alarmed(result, rerun.answers)
    because = {row: why_row(row, rerun.answers) for row in result.false_alarms[:MOST_FINDINGS]}
    checks = [
        _form(head("form", "異常一覧の様式", len(roots)), rows, unreadable),
        _recall(head("recall", "異常の検出率", len(roots)), result, limits, unreadable, missed),
        _kinds(head("kinds", "種類ごとの検出率", 0), result, limits, unreadable),
        _precision(
            head("precision", "異常の適合率", len(roots)), result, limits, unreadable, (alarmed, because)
        ),
        _traps(head("traps", "正常例の誤警報", result.traps), result, limits, unreadable, alarmed),
    ]
    if limits.place_min is not None:
        placed = head("places", "異常の箇所（シート・セル）", sum(1 for root in roots if root.sheet))
        checks.append(check_places(placed, rows, roots, limits.place_min, unreadable))
    if limits.figures_min is not None:
        told = head("figures", "異常の報告値・期待値", len(roots_with_figures(roots)))
        checks.append(check_figures(told, rows, roots, limits.figures_min, unreadable))
    return checks


def _form(head: Check, rows: Sequence[ReportedRow], unreadable: str) -> Check:
    blank = [row for row in rows if not row.company or not row.check_id]
    faults = [
        *([unreadable] if unreadable else []),
        *([f"会社コードか検査番号が空欄の行 {len(blank):,} 件（{blank[0].line} 行目など）"] if blank else []),
        *(["異常が1件も報告されていません"] if not rows and not unreadable else []),
    ]
    return head.model_copy(
        update={
            "ok": not faults,
            "expected": "1行以上、必須欄あり",
            "actual": "読めない" if unreadable else f"{len(rows):,} 行",
            "difference": f"{len(blank):,} 行" if blank else "",
            "detail": " / ".join(faults),
        }
    )


def _recall(head: Check, result: Score, limits: SetMatch, unreadable: str, cause: str) -> Check:
    missed = sorted(result.missed, key=lambda anomaly: (-anomaly.severity, anomaly.company))
    listed = "、".join(
        f"{anomaly.company} 検査{anomaly.check_id}（{anomaly.why}）" for anomaly in missed[:_LISTED]
    )
    detail = unreadable or (_more(f"見逃し: {listed}", len(missed)) if missed else "")
    return head.model_copy(
        update={
            "ok": head.compared > 0 and not unreadable and result.recall >= limits.recall_min,
            "expected": at_least(limits.recall_min),
            "actual": f"{result.recall:.1%}（{len(result.found)}/{head.compared} 件）",
            "difference": f"見逃し {len(missed)} 件" if missed else "",
            "cause": cause if missed else "",
            "findings": [_missed(anomaly) for anomaly in missed[:MOST_FINDINGS]],
            "detail": detail,
        }
    )


def _missed(anomaly: Anomaly) -> Finding:
    return Finding(
        item=f"会社 {anomaly.company} 検査 {anomaly.check_id}",
        expected="報告する",
        actual="報告なし",
        difference="見逃し",
        cause=anomaly.why,
        evidence=" ".join(part for part in (anomaly.company, anomaly.sheet, anomaly.cell) if part),
    )


def _kinds(head: Check, result: Score, limits: SetMatch, unreadable: str) -> Check:
    groups = [*by_kind(result), *by_check(result)]
    low = sorted(
        (group for group in groups if group.recall < limits.kind_recall_min),
        key=lambda group: (group.found, -group.planted, group.name),
    )
    roots = (*result.found, *result.missed)
    named = {group: group_name(group, roots) for group in low}
    absent = [named[group] for group in low if not group.found]
    missing = _more("、".join(absent[:_LISTED]), len(absent))
    listed = "、".join(f"{named[group]} {group.found}/{group.planted}" for group in low[:_LISTED])
    detail = unreadable or (_more(f"検出率が低い種類: {listed}", len(low)) if low else "")
    return head.model_copy(
        update={
            "ok": bool(groups) and not unreadable and not low,
            "compared": len(groups),
            "non_null": len(groups),
            "expected": f"どの種類も{at_least(limits.kind_recall_min)}",
            "actual": f"{len(groups) - len(low)}/{len(groups)} 種類",
            "difference": f"{len(low)} 種類が不足" if low else "",
            "cause": f"1 件も検出されていない: {missing}" if missing else "",
            "groups": groups,
            "findings": [
                Finding(
                    item=named[group],
                    expected=f"{group.planted} 件",
                    actual=f"{group.found} 件",
                    difference=f"{group.found - group.planted:+} 件",
                )
                for group in low[:MOST_FINDINGS]
            ],
            "detail": detail,
        }
    )


def _precision(
    head: Check, result: Score, limits: SetMatch, unreadable: str, why: tuple[str, Mapping[ReportedRow, str]]
) -> Check:
    false = result.false_alarms
    listed = "、".join(_place(row) for row in false[:_LISTED])
    return head.model_copy(
        update={
            "ok": not unreadable and result.reported > 0 and result.precision >= limits.precision_min,
            "expected": at_least(limits.precision_min),
            "actual": f"{result.precision:.1%}（誤検出 {len(false)} 件）",
            "difference": f"誤検出 {len(false)} 件" if false else "",
            "cause": why[0],
            "findings": [
                Finding(
                    item=_place(row),
                    expected="報告しない",
                    actual="報告あり",
                    difference="誤検出",
                    cause=why[1].get(row, ""),
                    where=f"{head.where} {row.line} 行目",
                )
                for row in false[:MOST_FINDINGS]
            ],
            "detail": unreadable or (_more(f"誤検出: {listed}", len(false)) if false else ""),
        }
    )


def _place(row: ReportedRow) -> str:
    return f"{show(row.company, 12)} {show(row.sheet, 12)} {show(row.cell, 8)} 検査{show(row.check_id, 12)}"


def _traps(head: Check, result: Score, limits: SetMatch, unreadable: str, cause: str) -> Check:
    alarmed = result.alarmed_traps
    listed = "、".join(f"{trap.company} {trap.kind}（{trap.why}）" for trap in alarmed[:_LISTED])
    return head.model_copy(
        update={
            "ok": result.traps > 0
            and not unreadable
            and result.reported > 0
            and result.trap_alarms <= limits.trap_alarms_max,
            "expected": at_most(limits.trap_alarms_max),
            "actual": f"{result.trap_alarms:.1%}（{len(alarmed)}/{result.traps} 件）",
            "difference": f"誤警報 {len(alarmed)} 件" if alarmed else "",
            "cause": cause if alarmed else "",
            "findings": [
                Finding(
                    item=f"会社 {trap.company} 検査 {'・'.join(trap.check_ids)}",
                    expected="報告しない",
                    actual="報告あり",
                    difference="誤警報",
                    cause=trap.why,
                )
                for trap in alarmed[:MOST_FINDINGS]
            ],
            "detail": unreadable or (_more(f"誤警報: {listed}", len(alarmed)) if alarmed else ""),
        }
    )


def _more(text: str, count: int) -> str:
    return text if count <= _LISTED else f"{text} ほか {count - _LISTED} 件"
