"""`totals`: 集計結果.xlsx has its form, and every total is exact in 千円, per basis, for the group and by segment.

Takes the folder a rerun wrote to and the answers, gives `Check`s, whatever it finds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from runner.checks.causes.known import MistakesError, mistakes_of
from runner.checks.likely_cause import Difference, Explanation, explain
from runner.checks.question import OUTPUT, Case, Rerun, Rows, TableQuestion
from runner.checks.read_outputs import TOTALS_FILE, Key, TotalRow, read_totals
from runner.checks.safe_files import OutputError, fold, show
from runner.verdict import MOST_FINDINGS, Check, Finding
from synthetic_pkg.answers import WHOLE_GROUP, Answers

BASES = (("submitted", "提出値"), ("corrected", "修正後"))
_LARGEST = 3  # differences written out in a message


class Totals(TableQuestion):
    """Every figure of the answer key, exact: there is nothing to set."""

    default_id: ClassVar[str] = "totals"
    check: Literal["totals"]

    def judge(self, case: Case) -> list[Check]:
        return [check for rerun in case.reruns for check in check_totals(self.name, rerun)]

    def asked_files(self) -> tuple[str, ...]:
        return (OUTPUT + TOTALS_FILE,)

    def content(self, folder: Path) -> Rows:
        return Counter((row.key, row.amount) for row in read_totals(folder))


@dataclass(frozen=True, slots=True)
class _Table:
    """The totals as one rerun wrote them, or why they cannot be read."""

    rows: list[TotalRow]
    unreadable: str
    names: dict[str, str]  # 科目名 of each 科目コード of the answer key

    def item(self, key: Key) -> str:
        """What a figure is, for a person: 「提出値 全社 3101 資本金」."""
        return f"{_name(key)} {self.names.get(key.code, '')}".rstrip()


def check_totals(name: str, rerun: Rerun) -> list[Check]:
    """One check of the form, then 提出値 and 修正後, each for 全社 and by segment."""
    known = known_totals(rerun.answers)
    names = {fold(total.code): total.name for total in rerun.answers.totals}
    try:
        table = _Table(read_totals(rerun.folder), "", names)
    except OutputError as error:
        table = _Table([], str(error), names)
    checks = [_form(name, rerun, table, known)]
    try:
        explanation = _explanation(table, known, rerun)
    except MistakesError as error:
        return [*checks, _unexplained(name, rerun, str(error))]
    for basis_id, basis in BASES:
        for part_id, part in (("group", "全社"), ("segments", "セグメント別")):
            wanted = {
                key: amount
                for key, amount in known.items()
                if key.basis == basis and (key.segment == WHOLE_GROUP) == (part_id == "group")
            }
            head = Check(
                id=f"{rerun.label}.{name}.{basis_id}.{part_id}",
                kind="totals",
                title=f"{basis}・{part}（{rerun.name}）",
                ok=False,
                compared=len(wanted),
                non_null=sum(1 for amount in wanted.values() if amount),
                where=_where(rerun.label),
            )
            checks.append(_exact(head, table, wanted, explanation))
    return checks


def _unexplained(name: str, rerun: Rerun, damage: str) -> Check:
    """The dataset's own file is damaged: a fault of the kit, whatever the figures are."""
    return Check(
        id=f"{rerun.label}.{name}.causes",
        kind="totals",
        title=f"誤りの一覧（{rerun.name}）",
        ok=False,
        compared=0,
        detail=damage,
        where=f"answers/{rerun.mistakes.name if rerun.mistakes else ''}",
    )


def _explanation(table: _Table, known: dict[Key, int], rerun: Rerun) -> Explanation:
    """Why the figures differ, all of them together; rows that are missing, doubled or no figure are left out."""
    counts = Counter(row.key for row in table.rows)
    reported = {
        row.key: row.amount
        for row in table.rows
        if row.amount is not None and row.key in known and counts[row.key] == 1
    }
    if all(amount == known[key] for key, amount in reported.items()):
        return Explanation((), ())
    return explain(reported, known, mistakes_of(rerun.mistakes, rerun.answers))


def known_totals(answers: Answers) -> dict[Key, int]:
    """The totals of the answer key in 千円."""
    return {Key(fold(t.basis), fold(t.segment), fold(t.code)): t.amount for t in answers.totals}


def _form(name: str, rerun: Rerun, table: _Table, known: dict[Key, int]) -> Check:
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
        id=f"{rerun.label}.{name}.form",
        kind="totals",
        title=f"集計結果の様式（{rerun.name}）",
        ok=not faults,
        compared=len(known),
        non_null=len(known),
        expected=f"{len(known):,} 行",
        actual=f"{len(table.rows):,} 行" if not table.unreadable else "読めない",
        difference=f"{len(missing) + len(doubled) + len(extra) + len(faulty):,} 行" if faults else "",
        detail=" / ".join(faults),
        where=_where(rerun.label),
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


def _by_key(rows: Sequence[TotalRow]) -> dict[Key, list[TotalRow]]:
    grouped: dict[Key, list[TotalRow]] = {}
    for row in rows:
        grouped.setdefault(row.key, []).append(row)
    return grouped


def _exact(head: Check, table: _Table, wanted: dict[Key, int], why: Explanation) -> Check:
    rows_of = _by_key(table.rows)
    differences: list[Difference] = []
    unusable: list[Key] = []
    for key, amount in wanted.items():
        rows = rows_of.get(key, [])
        if len(rows) != 1 or rows[0].amount is None:
            unusable.append(key)
        elif rows[0].amount != amount:
            differences.append(Difference(key, amount, rows[0].amount))
    differences.sort(key=lambda difference: (-abs(difference.amount), difference.key))
    wrong = len(differences) + len(unusable)
    cause = why.text(wanted)
    place = head.where.removesuffix(OUTPUT + TOTALS_FILE)
    findings = [
        _different(table.item(one.key), one, place + rows_of[one.key][0].where, why)
        for one in differences[:MOST_FINDINGS]
    ]
    findings += [_absent(table.item(key), wanted[key], rows_of.get(key, []), head.where) for key in unusable]
    return head.model_copy(
        update={
            "ok": bool(wanted) and wrong == 0,
            "expected": f"{len(wanted):,} 件が千円単位で一致",
            "actual": f"{len(wanted) - wrong:,} 件が一致",
            "difference": f"最大 {differences[0].amount:+,} 千円" if differences else "",
            "cause": cause,
            "findings": findings[:MOST_FINDINGS],
            "detail": _detail(table, differences, unusable, cause),
        }
    )


def _different(item: str, difference: Difference, where: str, why: Explanation) -> Finding:
    cause, evidence = why.of(difference.key)
    return Finding(
        item=item,
        expected=f"{difference.expected:,} 千円",
        actual=f"{difference.actual:,} 千円",
        difference=f"{difference.amount:+,} 千円",
        where=where,
        cause=cause,
        evidence=evidence,
    )


def _absent(item: str, amount: int, rows: Sequence[TotalRow], where: str) -> Finding:
    actual = "行がない" if not rows else "行が重複" if len(rows) > 1 else rows[0].fault
    place = f" {rows[0].row} 行目" if rows else ""
    return Finding(item=item, expected=f"{amount:,} 千円", actual=actual, where=where + place)


def _detail(table: _Table, differences: Sequence[Difference], unusable: Sequence[Key], cause: str) -> str:
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
        parts.append(f"差異 {len(differences):,} 件: {listed}。原因: {cause}")
    return " / ".join(parts)


def _name(key: Key) -> str:
    return " ".join(show(part, 20) or "（空欄）" for part in key)


def _where(label: str) -> str:
    return f"rerun/{label}/{OUTPUT}{TOTALS_FILE}"
