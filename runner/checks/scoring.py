"""Matches reported anomalies with the planted root causes and traps: recall, precision, trap alarms. Pure.

A root is found when any one reported row fits any of its accepted symptoms; further rows that fit are neither
credit nor blame. A row that fits no root is a false alarm. Called by `runner.checks.anomalies`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runner.checks.read_outputs import ReportedRow
from runner.checks.safe_files import fold
from synthetic_pkg.answers import Anomaly, Symptom, Trap


@dataclass(frozen=True, slots=True)
class Score:
    """What was found, what was missed, and what should not have been reported; rows are distinct places."""

    found: tuple[Anomaly, ...]
    missed: tuple[Anomaly, ...]
    false_alarms: tuple[ReportedRow, ...]
    alarmed_traps: tuple[Trap, ...]
    quiet_traps: tuple[Trap, ...]
    reported: int

    @property
    def recall(self) -> float:
        """Found roots / all roots; 0 when there is no root (the caller must not score such a dataset)."""
        total = len(self.found) + len(self.missed)
        return len(self.found) / total if total else 0.0

    @property
    def precision(self) -> float:
        """Found roots / (found roots + false alarms); 0 when nothing was reported."""
        claimed = len(self.found) + len(self.false_alarms)
        return len(self.found) / claimed if claimed else 0.0

    @property
    def trap_alarms(self) -> float:
        """Share of the traps that raised an alarm; 0 when there is no trap."""
        total = len(self.alarmed_traps) + len(self.quiet_traps)
        return len(self.alarmed_traps) / total if total else 0.0


def score(rows: Sequence[ReportedRow], anomalies: Sequence[Anomaly], traps: Sequence[Trap]) -> Score:
    """Hold the reported rows against the known roots and traps; the order of the rows plays no part."""
    places = {row.place: row for row in sorted(rows, key=lambda row: row.content)}
    distinct = [places[place] for place in sorted(places)]
    roots_by_company = _by_company(anomalies)
    found: set[str] = set()
    unexplained: list[ReportedRow] = []
    for row in distinct:
        fitting = {
            anomaly.root_id
            for anomaly in roots_by_company.get(row.company, [])
            if any(_fits(row, symptom) for symptom in anomaly.accepted)
        }
        found |= fitting
        if not fitting:
            unexplained.append(row)
    alarmed = {trap.trap_id for trap in traps if any(_alarms(row, trap) for row in unexplained)}
    distinct_traps = {
        trap.trap_id: trap for trap in reversed(traps)
    }  # a trap of two companies has two entries
    return Score(
        found=tuple(anomaly for anomaly in anomalies if anomaly.root_id in found),
        missed=tuple(anomaly for anomaly in anomalies if anomaly.root_id not in found),
        false_alarms=tuple(unexplained),
        alarmed_traps=tuple(trap for name, trap in distinct_traps.items() if name in alarmed),
        quiet_traps=tuple(trap for name, trap in distinct_traps.items() if name not in alarmed),
        reported=len(distinct),
    )


def _by_company(anomalies: Sequence[Anomaly]) -> dict[str, list[Anomaly]]:
    index: dict[str, list[Anomaly]] = {}
    for anomaly in anomalies:
        for company in {fold(symptom.company) for symptom in anomaly.accepted}:
            index.setdefault(company, []).append(anomaly)
    return index


def _fits(row: ReportedRow, symptom: Symptom) -> bool:
    return (
        row.company == fold(symptom.company)
        and row.check_id in _folded(symptom.check_ids)
        and (symptom.sheets is None or row.sheet in _folded(symptom.sheets))
        and (symptom.cells is None or row.cell in _folded(symptom.cells))
    )


def _alarms(row: ReportedRow, trap: Trap) -> bool:
    """An alarm without a place is still an alarm: it may not slip by because its sheet or cell is blank."""
    return (
        row.company == fold(trap.company)
        and row.check_id in _folded(trap.check_ids)
        and (trap.sheets is None or row.sheet == "" or row.sheet in _folded(trap.sheets))
        and (trap.cells is None or row.cell == "" or row.cell in _folded(trap.cells))
    )


def _folded(labels: Sequence[str]) -> set[str]:
    return {fold(label) for label in labels}
