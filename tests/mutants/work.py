"""A right piece of work as rows and text, which each mutant spoils in one way; written and judged without a sandbox.

`Desk` holds the agent's own files and what both reruns made; `judge(mutant, folder)` writes them and asks the
verifier with the scenario's own checks. Rows are those of the answer key, which the authored scripts write too.
"""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

import xlsxwriter

from runner.checks.input_listing import InputFile, InputListing
from runner.checks.read_outputs import ANOMALIES_COLUMNS, TOTALS_COLUMNS, TOTALS_FILE
from runner.checks.read_outputs import ANOMALIES_FILE as REPORT_FILE
from runner.verdict import RerunEvidence, ScriptRun, Verdict
from runner.verify_outputs import DatasetCase, VerifyCase, verify
from synthetic_pkg.answers import Answers, load_answers
from synthetic_pkg.dataset import Dataset
from tests.graded_work import (
    AUTHORED,
    HELDOUT_SEED,
    SCRIPTS,
    SEEN_SEED,
    SUMMARY,
    dataset,
    right_summary,
    scenario_checks,
)

Label = Literal["seen", "heldout"]
Place = Literal["work", "seen", "heldout"]  # the agent's own files, and the two reruns
LABELS: tuple[Label, ...] = ("seen", "heldout")
PLACES: tuple[Place, ...] = ("work", "seen", "heldout")
TABLES = (TOTALS_FILE, REPORT_FILE)
Row = list[object]
Rows = list[Row]
BASIS, SEGMENT, CODE, NAME, AMOUNT = range(5)  # of a row of 集計
COMPANY, SHEET, CELL, CHECK, OBSERVED, EXPECTED = range(6)  # of a row of 異常一覧
BASES = {"提出値": "submitted", "修正後": "corrected"}
WHOLE = "全社"


@dataclass(frozen=True)
class Right:
    """The two datasets, their answers, and a folder with the right work as files."""

    data: dict[Label, Dataset]
    answers: dict[Label, Answers]
    files: Path
    holder: tempfile.TemporaryDirectory[str]
    """Keeps `files` for as long as this is kept."""

    def totals(self, label: Label) -> Rows:
        """The right rows of 集計, fresh copies."""
        return [[t.basis, t.segment, t.code, t.name, t.amount] for t in self.answers[label].totals]

    def report(self, label: Label) -> Rows:
        """The right rows of 異常一覧, fresh copies, one a root."""
        return [
            [a.accepted[0].company, a.sheet, a.cell, a.check_id, a.observed, a.expected_value, a.why]
            for a in self.answers[label].anomalies
        ]

    @property
    def text(self) -> str:
        """The right summary for management."""
        return right_summary(self.data["seen"])

    def listing(self) -> InputListing:
        """`input/` as it was handed out."""
        files = [
            InputFile(path=f.path, bytes=f.bytes, sha256=f.sha256) for f in self.data["seen"].manifest.files
        ]
        return InputListing(files=sorted(files, key=lambda file: file.path))


@cache
def right() -> Right:
    """The right work on the scenario's two datasets, written once."""
    data: dict[Label, Dataset] = {"seen": dataset(SEEN_SEED), "heldout": dataset(HELDOUT_SEED)}
    holder = tempfile.TemporaryDirectory(prefix="mutants-")
    answers = {label: load_answers(one.answers_path) for label, one in data.items()}
    made = Right(data, answers, Path(holder.name), holder)
    for place in PLACES:
        label: Label = "heldout" if place == "heldout" else "seen"
        folder = made.files / place / "output"
        folder.mkdir(parents=True)
        write_totals(folder / TOTALS_FILE, TOTALS_COLUMNS, made.totals(label))
        write_report(folder / REPORT_FILE, ANOMALIES_COLUMNS, made.report(label))
    for file in AUTHORED.glob("*.py"):
        shutil.copy(file, made.files / "work")
    (made.files / "work" / SUMMARY).write_text(made.text, encoding="utf-8")
    return made


def write_totals(file: Path, header: tuple[str, ...], rows: Rows) -> None:
    """集計結果.xlsx."""
    with xlsxwriter.Workbook(str(file)) as book:
        sheet = book.add_worksheet("集計")
        for number, row in enumerate([list(header), *rows]):
            for column, value in enumerate(row):
                sheet.write(number, column, value)


def write_report(file: Path, header: tuple[str, ...], rows: Rows) -> None:
    """異常一覧.csv."""
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])


def clean_evidence() -> RerunEvidence:
    """Both scripts ended well, each in a folder of its own."""
    return RerunEvidence(
        scripts=[
            ScriptRun(script=script, exit_code=0, beside=[], made=[made])
            for script, made in zip(SCRIPTS, TABLES, strict=True)
        ]
    )


@dataclass
class Desk:
    """One piece of work that can be spoilt. `finish` is applied to the folder when all files stand there."""

    right: Right
    totals: dict[Place, Rows] = field(default_factory=dict)
    report: dict[Place, Rows] = field(default_factory=dict)
    totals_header: dict[Place, tuple[str, ...]] = field(default_factory=dict)
    report_header: dict[Place, tuple[str, ...]] = field(default_factory=dict)
    text: str = ""
    finish: list[Callable[[Path], None]] = field(default_factory=list)
    evidence: dict[Label, RerunEvidence] = field(default_factory=dict)
    listing: InputListing = field(init=False)
    drive_failure: Literal["timeout", "protocol"] | None = None

    def __post_init__(self) -> None:
        self.evidence = {label: clean_evidence() for label in LABELS}
        self.text = self.right.text
        self.listing = self.right.listing()

    def put_totals(self, label: Label, rows: Rows, header: tuple[str, ...] = TOTALS_COLUMNS) -> None:
        """As a script would have made them: the agent's own file is what its script made of the seen data."""
        for place in places_of(label):
            self.totals[place], self.totals_header[place] = rows, header

    def put_report(self, label: Label, rows: Rows, header: tuple[str, ...] = ANOMALIES_COLUMNS) -> None:
        """As `put_totals`, for 異常一覧."""
        for place in places_of(label):
            self.report[place], self.report_header[place] = rows, header

    def write(self, folder: Path) -> None:
        """All files; those that are not spoilt are copies of the right ones."""
        shutil.copytree(self.right.files, folder)
        for place, rows in self.totals.items():
            header = self.totals_header.get(place, TOTALS_COLUMNS)
            write_totals(folder / place / "output" / TOTALS_FILE, header, rows)
        for place, rows in self.report.items():
            header = self.report_header.get(place, ANOMALIES_COLUMNS)
            write_report(folder / place / "output" / REPORT_FILE, header, rows)
        (folder / "work" / SUMMARY).write_text(self.text, encoding="utf-8")
        for change in self.finish:
            change(folder)

    def verdict(self, folder: Path) -> Verdict:
        """What the verifier says of it, by the scenario's own checks."""
        self.write(folder)
        return verify(
            VerifyCase(
                checks=scenario_checks(),
                work=folder / "work",
                input_after=self.listing,
                manifest=self.right.data["seen"].manifest,
                datasets=[
                    DatasetCase(
                        label, self.right.data[label].answers_path, folder / label, self.evidence[label]
                    )
                    for label in LABELS
                ],
                drive_failure=self.drive_failure,
            )
        )

    def wrong_totals(self) -> set[str]:
        """The checks on totals that must fail, and no others: told by the rows, without the verifier."""
        return {
            f"{label}.totals.{part}"
            for label in LABELS
            if label in self.totals
            for part in parts_that_differ(self.totals[label], self.right.totals(label))
        }


def places_of(label: Label) -> tuple[Place, ...]:
    """Where the output of a dataset stands."""
    return ("work", "seen") if label == "seen" else ("heldout",)


def parts_that_differ(rows: Rows, known: Rows) -> set[str]:
    """`form`, `submitted.group` and so on: in which of them the rows are not as known."""
    count = Counter(tuple(row[:NAME]) for row in rows)
    amounts = {tuple(row[:NAME]): row[AMOUNT] for row in rows}
    expected = {tuple(row[:NAME]): row[AMOUNT] for row in known}
    parts = {
        f"{BASES[str(key[BASIS])]}.{'group' if key[SEGMENT] == WHOLE else 'segments'}"
        for key, amount in expected.items()
        if count[key] != 1 or isinstance(amounts[key], str) or amounts[key] != amount
    }
    figures = all(isinstance(amount, int | float) for amount in amounts.values())
    return parts | (set() if figures and count == Counter(list(expected)) else {"form"})


@dataclass(frozen=True)
class Mutant:
    """One way to be wrong. `caught_by`: checks that must fail, beside those that the rows of totals tell.

    `exactly`: no other check on totals may fail, so that a verdict points at what is wrong.
    """

    name: str
    family: str
    spoil: Callable[[Desk], None]
    caught_by: tuple[str, ...] = ()
    exactly: bool = True


@dataclass(frozen=True)
class Judged:
    """What the verifier said of a mutant. `missed`: checks that had to fail and did not; `beside`: the reverse."""

    verdict: Verdict
    missed: list[str]
    beside: list[str]

    @property
    def killed(self) -> bool:
        """Failed, and by the checks that are there for it."""
        return self.verdict.outcome == "failed" and not self.missed


def judge(mutant: Mutant, folder: Path) -> Judged:
    """Spoil the right work, write it into `folder` (not there yet) and judge it."""
    desk = Desk(right())
    mutant.spoil(desk)
    told = desk.wrong_totals() if mutant.exactly else set()
    must = {*mutant.caught_by, *told}
    assert must, f"{mutant.name}: changes nothing, or does not say what must catch it"
    verdict = desk.verdict(folder)
    failed = {check.id for check in verdict.failed_checks}
    beside = {name for name in failed - must if ".totals." in name} if mutant.exactly else set()
    return Judged(verdict, sorted(must - failed), sorted(beside))
