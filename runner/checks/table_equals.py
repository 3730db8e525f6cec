"""`table_equals`: every value of a table that a script wrote is that of a named part of the answer key.

The table may be in any clothes that `runner.checks.tables` reads; keys, value column, unit and tolerance are the
scenario's. Judged on every dataset the scripts were rerun on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from runner.checks.amounts import UNITS, Unit
from runner.checks.question import Case, RelativePath, Rerun, Rows, TableQuestion
from runner.checks.safe_files import OutputError, fold, show
from runner.checks.tables import Column, Table, TableRow, read_table
from runner.verdict import MOST_FINDINGS, Check, Finding
from synthetic_pkg.answers import Answers

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Keys = tuple[str, ...]
PARTS: dict[str, tuple[str, ...]] = {"totals": ("区分", "セグメント", "科目コード")}
"""Parts of the answer key, and the columns that tell their values apart."""
_LISTED = 3  # differences written out in a message


class TableEquals(TableQuestion):
    """Amounts by their keys. What `keys` leaves out of the part's columns, `only` must fix."""

    default_id: ClassVar[str] = "table"
    check: Literal["table_equals"]
    file: RelativePath
    sheet: str = Field(
        default="", max_length=31, description="of a workbook; as the file is named when empty"
    )
    keys: list[Name] = Field(min_length=1)
    value: Name
    unit: Unit = "千円"
    tolerance: float = Field(default=0, ge=0, description="in `unit`")
    answer: Literal["totals"]
    only: dict[Name, Name] = Field(default_factory=dict, description="column of the part → the value wanted")

    @model_validator(mode="after")
    def tells_values_apart(self) -> Self:
        columns = PARTS[self.answer]
        unknown = [name for name in (*self.keys, *self.only) if name not in columns]
        if unknown:
            raise ValueError(f"`{self.answer}` has no column {unknown[0]}; it has {', '.join(columns)}")
        loose = [name for name in columns if name not in self.keys and name not in self.only]
        if loose:
            raise ValueError(
                f"column {loose[0]} is neither in keys nor fixed by only: values would be mixed up"
            )
        return self

    def asked_files(self) -> tuple[str, ...]:
        return (self.file,)

    def content(self, folder: Path) -> Rows:
        return Counter((self._keys_of(row), row[self.value].amount) for row in self._read(folder).rows)

    def judge(self, case: Case) -> list[Check]:
        return [self._judge(rerun) for rerun in case.reruns]

    def _read(self, folder: Path) -> Table:
        columns = [*(Column(name, key=True) for name in self.keys), Column(self.value, amount=True)]
        return read_table(folder, self.file, columns, sheet=self.sheet, unit=self.unit)

    def _keys_of(self, row: TableRow) -> Keys:
        return tuple(row[name].text for name in self.keys)

    def _judge(self, rerun: Rerun) -> Check:
        known = self._known(rerun.answers)
        place = f"rerun/{rerun.label}/"
        unreadable, findings = "", []
        try:
            findings = self._differences(self._read(rerun.folder), known, place)
        except OutputError as error:
            unreadable = str(error)
        wrong = len({finding.item for finding in findings})
        listed = "、".join(f"{f.item} 正解 {f.expected} / 報告 {f.actual}" for f in findings[:_LISTED])
        return Check(
            id=f"{rerun.label}.{self.name}",
            kind=self.check,
            title=f"{show(self.file.rpartition('/')[2], 30)}の照合（{rerun.name}）",
            ok=bool(known) and not unreadable and not findings,
            compared=len(known),
            non_null=sum(1 for amount in known.values() if amount),
            expected=f"{len(known):,} 件が一致",
            actual="読めない" if unreadable else f"{max(len(known) - wrong, 0):,} 件が一致",
            difference=f"{len(findings):,} 件が相違" if findings else "",
            findings=findings[:MOST_FINDINGS],
            detail=unreadable or listed,
            where=place + self.file,
        )

    def _known(self, answers: Answers) -> dict[Keys, float]:
        """Keys → the known amount in `unit`."""
        known: dict[Keys, float] = {}
        for total in answers.totals:
            row = dict(zip(PARTS["totals"], (total.basis, total.segment, total.code), strict=True))
            if all(row[name] == wanted for name, wanted in self.only.items()):
                amount = total.amount * UNITS["千円"] / UNITS[self.unit]
                known[tuple(fold(row[name]) for name in self.keys)] = float(amount)
        return known

    def _differences(self, table: Table, known: Mapping[Keys, float], place: str) -> list[Finding]:
        rows: dict[Keys, list[TableRow]] = {}
        for row in table.rows:
            rows.setdefault(self._keys_of(row), []).append(row)
        found: list[tuple[float, Finding]] = []
        for keys in (*known, *(keys for keys in rows if keys not in known)):
            of_key = rows.get(keys, [])
            where = place + (table.where(of_key[0], self.value) if of_key else table.file)
            wanted = known.get(keys)
            amount = of_key[0][self.value].amount if of_key else None
            fault = self._fault(of_key, wanted)
            if fault:
                found.append((float("inf"), self._finding(keys, wanted, fault, "", where)))
            elif amount is not None and wanted is not None and abs(amount - wanted) > self.tolerance:
                gap = amount - wanted
                told = f"{gap:+,.10g} {self.unit}"
                found.append((abs(gap), self._finding(keys, wanted, self._money(amount), told, where)))
        return [finding for _, finding in sorted(found, key=lambda pair: (-pair[0], pair[1].item))]

    def _fault(self, rows: list[TableRow], wanted: float | None) -> str:
        """Why rows of one key cannot be compared; "" when they can, or say a zero that nobody asked for."""
        if not rows:
            return "行がない"
        if len(rows) > 1:
            return f"行が重複（{len(rows)} 行）"
        value = rows[0][self.value]
        if value.amount is None:
            return value.fault
        return "正解にない行" if wanted is None and value.amount != 0 else ""

    def _money(self, amount: float) -> str:
        return f"{amount:,.15g} {self.unit}"

    def _finding(self, keys: Keys, wanted: float | None, actual: str, difference: str, where: str) -> Finding:
        return Finding(
            item=" ".join(show(key, 20) or "（空欄）" for key in keys),
            expected="" if wanted is None else self._money(wanted),
            actual=actual,
            difference=difference,
            where=where,
        )
