"""The reporting periods a dataset can have: names, dates and which archived book its opening figures come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PeriodId = Literal["2027Q1", "2027Q2"]
Day = tuple[int, int, int]


@dataclass(frozen=True)
class Period:
    """One reporting period. closing: by month of the year-end; quarters: of the year so far.

    archive: the period of the archived books; archived_column: its BS column that equals our 前期末.
    history: names of the eight quarters before this one, oldest first.
    """

    id: PeriodId
    title: str
    quarters: int
    closing: dict[int, Day]
    opening: dict[int, Day]
    submission: Day
    months: tuple[int, int]
    archive: str
    archive_title: str
    archived_column: str
    history: tuple[str, ...]

    def file_name(self, company_code: str, version: int) -> str:
        return f"PKG_{company_code}_{self.id}_v{version}.xlsx"

    def archive_name(self, company_code: str) -> str:
        return f"PKG_{company_code}_{self.archive}.xlsx"


ARCHIVE_FOLDER = "前期PKG"
PERIODS: dict[str, Period] = {
    "2027Q1": Period(
        id="2027Q1",
        title="2027年3月期 第1四半期",
        quarters=1,
        closing={3: (2026, 6, 30), 12: (2026, 3, 31)},
        opening={3: (2026, 3, 31), 12: (2025, 12, 31)},
        submission=(2026, 7, 8),
        months=(4, 6),
        archive="2026Q4",
        archive_title="2026年3月期 第4四半期",
        archived_column="当四半期末",
        history=("25Q1", "25Q2", "25Q3", "25Q4", "26Q1", "26Q2", "26Q3", "26Q4"),
    ),
    "2027Q2": Period(
        id="2027Q2",
        title="2027年3月期 第2四半期",
        quarters=2,
        closing={3: (2026, 9, 30), 12: (2026, 6, 30)},
        opening={3: (2026, 3, 31), 12: (2025, 12, 31)},
        submission=(2026, 10, 8),
        months=(7, 9),
        archive="2027Q1",
        archive_title="2027年3月期 第1四半期",
        archived_column="前期末",
        history=("25Q2", "25Q3", "25Q4", "26Q1", "26Q2", "26Q3", "26Q4", "27Q1"),
    ),
}
