"""Matches reported anomalies with the planted root causes and traps: recall, precision, trap alarms. Pure.

A root is found when any one reported row fits any of its accepted symptoms; further rows that fit are neither
credit nor blame. A row that fits no root is a false alarm. Called by `runner.checks.set_match`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from runner.checks.read_outputs import ReportedRow
from runner.checks.safe_files import fold
from runner.verdict import Group
from synthetic_pkg.answers import Anomaly, Symptom, Trap

MOST_CELLS = 4  # that one row may name as its place


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
    def traps(self) -> int:
        """How many traps there were."""
        return len(self.alarmed_traps) + len(self.quiet_traps)

    @property
    def trap_alarms(self) -> float:
        """Share of the traps that raised an alarm; 0 when there is no trap."""
        return len(self.alarmed_traps) / self.traps if self.traps else 0.0


def score(rows: Sequence[ReportedRow], anomalies: Sequence[Anomaly], traps: Sequence[Trap]) -> Score:
    """Hold the reported rows against the known roots and traps; the order of the rows plays no part."""
    rows = with_sheets_named(rows, anomalies, traps)
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


def with_sheets_named(
    rows: Sequence[ReportedRow], anomalies: Sequence[Anomaly], traps: Sequence[Trap] = ()
) -> list[ReportedRow]:
    """The rows with each known sheet under its whole name: 「BS」 and 「03」 are 「03_BS」, so they are one place."""
    names = {anomaly.sheet for anomaly in anomalies if anomaly.sheet}
    names |= {name for anomaly in anomalies for one in anomaly.accepted for name in one.sheets or ()}
    names |= {name for trap in traps for name in trap.sheets or ()}
    called: dict[str, set[str]] = {}
    for name in map(fold, names):
        number, _, bare = name.partition("_")
        for call in {name, bare or name, number if number.isdigit() else name}:
            called.setdefault(call, set()).add(name)
    whole = {call: next(iter(those)) for call, those in called.items() if len(those) == 1}
    return [replace(row, sheet=whole.get(row.sheet, row.sheet)) for row in rows]


def cells_of(text: str) -> set[str]:
    """The cells that 「C12」, 「C12:C15」 or 「C12、D12」 names: a range or list of more than a few names none."""
    cells: set[str] = set()
    for part in re.split(r"[、,;/・\s]+", re.sub(r"\s*[~〜-]\s*|\s+:\s+", ":", text)):
        match = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})(?::([A-Z]{1,3})([0-9]{1,7}))?", part)
        if match is None:
            return {text}
        left, right = _column(match[1]), _column(match[3] or match[1])
        top, bottom = int(match[2]), int(match[4] or match[2])
        if not 0 < (right - left + 1) * (bottom - top + 1) <= MOST_CELLS or right < left:
            return {text}
        cells |= {
            f"{_letters(column)}{row}" for column in range(left, right + 1) for row in range(top, bottom + 1)
        }
    return cells if len(cells) <= MOST_CELLS else {text}


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, last = divmod(column - 1, 26)
        letters = chr(ord("A") + last) + letters
    return letters


def by_kind(result: Score) -> list[Group]:
    """Recall and precision of each kind of root; a false alarm counts for every kind its check belongs to."""
    return _groups(result, "kind", lambda anomaly: anomaly.kind)


def by_check(result: Score) -> list[Group]:
    """Recall and precision of each 検査番号, as the roots name it."""
    return _groups(result, "check", lambda anomaly: anomaly.check_id)


def _groups(result: Score, by: Literal["kind", "check"], group_of: Callable[[Anomaly], str]) -> list[Group]:
    found = Counter(group_of(anomaly) for anomaly in result.found)
    planted = found + Counter(group_of(anomaly) for anomaly in result.missed)
    checks: dict[str, set[str]] = {}
    for anomaly in (*result.found, *result.missed):
        checks.setdefault(group_of(anomaly), set()).add(fold(anomaly.check_id))
    false = Counter(row.check_id for row in result.false_alarms)
    return [
        Group(
            by=by,
            name=name,
            planted=planted[name],
            found=found[name],
            false_alarms=sum(false[check] for check in checks[name]),
        )
        for name in sorted(planted)
    ]


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
        and (symptom.cells is None or bool(cells_of(row.cell) & _folded(symptom.cells)))
    )


def _alarms(row: ReportedRow, trap: Trap) -> bool:
    """An alarm without a place is still an alarm: it may not slip by because its sheet or cell is blank."""
    return (
        row.company == fold(trap.company)
        and row.check_id in _folded(trap.check_ids)
        and (trap.sheets is None or row.sheet == "" or row.sheet in _folded(trap.sheets))
        and (trap.cells is None or row.cell == "" or bool(cells_of(row.cell) & _folded(trap.cells)))
    )


def _folded(labels: Sequence[str]) -> set[str]:
    return {fold(label) for label in labels}
