"""The known answers of one dataset as rows, and the judge that holds a folder of outputs against them.

`known_work()` builds the dataset once; `faults(folder, …)` asks the verifier's own checks. For the corpus.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from runner.checks.input_listing import InputListing
from runner.checks.question import Case, Rerun
from runner.checks.set_match import SetMatch
from runner.checks.totals import Totals
from runner.verdict import RerunEvidence
from synthetic_pkg.answers import Answers, load_answers
from synthetic_pkg.dataset import build_dataset
from synthetic_pkg.manifest import Manifest
from synthetic_pkg.spec import DatasetSpec

REPOSITORY = Path(__file__).resolve().parents[2]
SEED = 20270401
Row = list[object]
Rows = list[Row]
TOTALS_HEADER: Row = ["区分", "セグメント", "科目コード", "科目名", "金額"]
REPORT_HEADER: Row = ["会社コード", "シート", "セル", "検査番号", "報告値", "期待値", "説明"]
AMOUNT = 4
Wear = Callable[["Work", Path], None]


@dataclass(frozen=True)
class Work:
    """What is right: `totals` in 千円 under TOTALS_HEADER, `report` under REPORT_HEADER. Rows are fresh copies."""

    answers: Answers
    manifest: Manifest

    @property
    def totals(self) -> Rows:
        return [[t.basis, t.segment, t.code, t.name, t.amount] for t in self.answers.totals]

    @property
    def report(self) -> Rows:
        found = sorted(self.answers.anomalies, key=lambda a: (a.company, a.check_id))
        return [
            [a.accepted[0].company, a.sheet, a.cell, a.check_id, a.observed, a.expected_value, a.why]
            for a in found
        ]


@cache
def known_work() -> Work:
    """The core mix, of the totals every account with a minus somewhere and a quarter of the others.

    All 810 totals would make the corpus three times as slow and try nothing more.
    """
    built = build_dataset(DatasetSpec(level="core"), SEED, REPOSITORY / ".cache" / "datasets")
    answers = load_answers(built.answers_path)
    codes = sorted({total.code for total in answers.totals})
    kept = {total.code for total in answers.totals if total.amount < 0} | set(codes[::4])
    totals = [total for total in answers.totals if total.code in kept]
    return Work(answers.model_copy(update={"totals": totals}), built.manifest)


@dataclass(frozen=True)
class Dressed:
    """One way to hand in the work: which of the two files it writes, and how."""

    wear: Wear
    files: frozenset[str]  # "totals", "report"


def dressed(files: Sequence[str], wardrobe: dict[str, Wear]) -> dict[str, Dressed]:
    """A wardrobe whose pieces all write `files`."""
    return {title: Dressed(wear, frozenset(files)) for title, wear in wardrobe.items()}


def faults(piece: Dressed, folder: Path) -> list[str]:
    """Write the files into `folder/output` and name every check of the verifier that does not hold."""
    work = known_work()
    (folder / "output").mkdir(parents=True)
    piece.wear(work, folder / "output")
    case = Case(
        work=folder,
        input_after=InputListing(files=[]),
        manifest=work.manifest,
        reruns=[Rerun("seen", folder, work.answers, RerunEvidence())],
        questions=[],
    )
    checks = [
        *(Totals(check="totals").judge(case) if "totals" in piece.files else []),
        *(SetMatch(check="set_match").judge(case) if "report" in piece.files else []),
    ]
    assert checks and all(check.compared for check in checks)
    return [f"{check.id}: {check.detail}" for check in checks if not check.ok]


def each_amount(rows: Rows, write: Callable[[int], object]) -> Rows:
    """The rows with every amount written in another way."""
    return [[*row[:AMOUNT], write(int(str(row[AMOUNT])))] for row in rows]


def blocks(rows: Rows) -> Iterable[tuple[object, object, Rows]]:
    """Rows that stand together under one 区分 and セグメント."""
    for pair in dict.fromkeys((row[0], row[1]) for row in rows):
        yield pair[0], pair[1], [row for row in rows if (row[0], row[1]) == pair]
