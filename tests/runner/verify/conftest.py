"""A small finished piece of work beside its known answers, which each test then spoils in one way."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from openpyxl import Workbook
from pydantic import TypeAdapter

from runner.checks.catalogue import Checks
from runner.checks.question import Question
from runner.checks.read_outputs import ANOMALIES_COLUMNS
from runner.verdict import Check, RerunEvidence, ScriptRun, Verdict
from runner.verify_outputs import DatasetCase, VerifyCase, list_input, verify
from synthetic_pkg.answers import Anomaly, Answers, Symptom, Total, Trap
from synthetic_pkg.manifest import Manifest

SCRIPTS = ("aggregate_pkg.py", "detect_anomalies.py")
OUTPUTS = ("集計結果.xlsx", "異常一覧.csv")
TOTALS_HEADER = ("区分", "セグメント", "科目コード", "科目名", "金額")
Row = Sequence[object]


def small_answers(seed: int) -> Answers:
    """Two segments and the group, three accounts, two bases; ten roots and ten traps."""
    totals = [
        Total(
            basis=basis,
            segment=segment,
            code=code,
            name=name,
            amount=(number + 1) * 1_234_567 * scale + seed + shift,
        )
        for shift, basis in ((0, "提出値"), (-321, "修正後"))
        for scale, segment in ((1, "車載"), (2, "産業"), (3, "全社"))
        for number, (code, name) in enumerate(
            (("1010", "現金及び預金"), ("4010", "売上高"), ("5010", "売上原価"))
        )
    ]
    return Answers(
        dataset_id=f"small-{seed}",
        seed=seed,
        totals=totals,
        anomalies=[small_root(number) for number in range(10)],
        traps=[small_trap(number) for number in range(10)],
        normalisations=[],
    )


def small_root(number: int) -> Anomaly:
    """Root `number`: company 00NN, check V01, on sheet BS cell C(10+N), or anywhere under V09."""
    company = f"{number:04d}"
    return Anomaly(
        root_id=f"root-{number}",
        company=company,
        kind="R04",
        check_id="V01",
        expected_value="100",
        observed="90",
        severity=1 + number % 3,
        accepted=[
            Symptom(company=company, check_ids=["V01"], sheets=["BS"], cells=[f"C{10 + number}"]),
            Symptom(company=company, check_ids=["V09"], sheets=None, cells=None),
        ],
        must_not_report=["V02"],
        treatment="fix",
        why="一行が落ちている",
    )


def small_trap(number: int) -> Trap:
    """Trap `number`: company 01NN must not be reported under V01 on sheet BS."""
    return Trap(
        trap_id=f"trap-{number}",
        kind="R04-trap",
        company=f"{100 + number:04d}",
        check_ids=["V01"],
        sheets=["BS"],
        cells=None,
        why="丸め誤差の範囲内",
    )


def total_rows(answers: Answers) -> list[list[object]]:
    """The rows of 集計 that are right."""
    return [[t.basis, t.segment, t.code, t.name, t.amount] for t in answers.totals]


def report_rows(answers: Answers) -> list[list[object]]:
    """The rows of 異常一覧 that are right."""
    return [
        [
            a.company,
            "BS",
            (a.accepted[0].cells or ["A1"])[0],
            a.check_id,
            a.observed,
            a.expected_value,
            "貸借不一致",
        ]
        for a in answers.anomalies
    ]


def write_totals(folder: Path, rows: Iterable[Row], header: Row = TOTALS_HEADER, sheet: str = "集計") -> None:
    """集計結果.xlsx in `folder/output`."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    page.append(list(header))
    for row in rows:
        page.append(list(row))
    (folder / "output").mkdir(parents=True, exist_ok=True)
    book.save(folder / "output" / "集計結果.xlsx")


def write_report(folder: Path, rows: Iterable[Row], encoding: str = "utf-8-sig") -> None:
    """異常一覧.csv in `folder/output`."""
    (folder / "output").mkdir(parents=True, exist_ok=True)
    with (folder / "output" / "異常一覧.csv").open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(ANOMALIES_COLUMNS)
        writer.writerows(rows)


def clean_evidence() -> RerunEvidence:
    """Both scripts ended well, each in a folder of its own."""
    return RerunEvidence(
        scripts=[
            ScriptRun(script=name, exit_code=0, duration_s=1.0, beside=[], made=[made])
            for name, made in zip(SCRIPTS, OUTPUTS, strict=True)
        ]
    )


def asked(*checks: dict[str, object]) -> list[Question]:
    """Checks as they stand in a scenario."""
    return list(TypeAdapter(Checks).validate_python(checks))


def usual_checks(**limits: float) -> list[Question]:
    """What pkg_batch asks of scripts and tables."""
    return asked(
        {"check": "files", "id": "deliverables", "present": [*SCRIPTS, *(f"output/{n}" for n in OUTPUTS)]},
        {"check": "inputs_unchanged"},
        {"check": "script_reruns", "scripts": SCRIPTS},
        {"check": "script_needs_only_input", "scripts": SCRIPTS},
        {"check": "totals"},
        {"check": "set_match", **limits},
    )


@dataclass
class Desk:
    """The folders and answers of one finished trial; `verdict()` judges them as they now stand."""

    root: Path
    answers: dict[str, Answers]
    checks: Sequence[Question] = field(default_factory=usual_checks)
    evidence: dict[str, RerunEvidence] = field(default_factory=dict)

    @property
    def work(self) -> Path:
        return self.root / "work"

    def rerun(self, label: str) -> Path:
        return self.root / "rerun" / label

    def everywhere(self, write: Callable[[Path, Answers], None]) -> None:
        """Do the same to the agent's own output and to both reruns, as a script would."""
        for folder, label in (
            (self.work, "seen"),
            (self.rerun("seen"), "seen"),
            (self.rerun("heldout"), "heldout"),
        ):
            write(folder, self.answers[label])

    def case(self) -> VerifyCase:
        for label, answers in self.answers.items():
            (self.root / f"{label}.json").write_text(answers.model_dump_json(), encoding="utf-8")
        return VerifyCase(
            checks=self.checks,
            work=self.work,
            input_after=list_input(self.work / "input"),
            manifest=self.manifest,
            datasets=[
                DatasetCase(label, self.root / f"{label}.json", self.rerun(label), self.evidence[label])
                for label in ("seen", "heldout")
            ],
        )

    def verdict(self) -> Verdict:
        return verify(self.case())

    def check(self, check_id: str) -> Check:
        return next(check for check in self.verdict().checks if check.id == check_id)

    def failed(self) -> set[str]:
        return {check.id for check in self.verdict().failed_checks}

    manifest: Manifest = field(init=False)

    def __post_init__(self) -> None:
        folder = self.work / "input"
        (folder / "前期PKG").mkdir(parents=True)
        (folder / "PKG_0001.xlsx").write_bytes(b"book one")
        (folder / "前期PKG" / "PKG_0001.xlsx").write_bytes(b"book of the year before")
        self.manifest = Manifest.model_validate(
            {
                "dataset_id": "small-1",
                "seed": 1,
                "sentinel": "SYNTH-small-1",
                "period": "2027Q1",
                "companies": 1,
                "files": [
                    {
                        "path": path.relative_to(folder).as_posix(),
                        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                        "bytes": path.stat().st_size,
                        "company_code": "0001",
                    }
                    for path in sorted(folder.rglob("*.xlsx"))
                ],
            }
        )
        for name in SCRIPTS:
            (self.work / name).write_text("print('done')\n", encoding="utf-8")
        self.evidence = {"seen": clean_evidence(), "heldout": clean_evidence()}
        self.everywhere(lambda folder, answers: write_totals(folder, total_rows(answers)))
        self.everywhere(lambda folder, answers: write_report(folder, report_rows(answers)))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A trial whose work is right on both datasets."""
    return Desk(tmp_path / "試験 take", {"seen": small_answers(1), "heldout": small_answers(2)})


@dataclass(frozen=True)
class Samples:
    """What tests need to write spoilt files, without importing from this file."""

    answers: Callable[[int], Answers] = small_answers
    root: Callable[[int], Anomaly] = small_root
    trap: Callable[[int], Trap] = small_trap
    total_rows: Callable[[Answers], list[list[object]]] = total_rows
    report_rows: Callable[[Answers], list[list[object]]] = report_rows
    write_totals: Callable[..., None] = write_totals
    write_report: Callable[..., None] = write_report
    asked: Callable[..., list[Question]] = asked
    usual_checks: Callable[..., list[Question]] = usual_checks


@pytest.fixture(scope="session")
def samples() -> Samples:
    """The makers of right rows and the writers of the two output files."""
    return Samples()
