"""Grades a folder of scripts as a trial does: rerun in the sandbox on both datasets, then the verdict.

`Grader.grade` takes a work folder; what it lacks in `output/` is what the rerun on the seen data made, as an
agent would have left it, and a right summary for management. For the tests of authored scripts and of cheats.
"""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from runner.agent_python import find_agent_python
from runner.checks.question import Question
from runner.rerun import RerunLimits, RerunResult, rerun
from runner.scenario import find, load
from runner.verdict import Verdict
from runner.verify_outputs import DatasetCase, VerifyCase, list_input, verify
from synthetic_pkg.answers import load_answers
from synthetic_pkg.dataset import Dataset, build_dataset
from synthetic_pkg.spec import DatasetSpec

REPOSITORY = Path(__file__).resolve().parents[1]
CACHE = REPOSITORY / ".cache" / "datasets"
AUTHORED = REPOSITORY / "scenarios" / "cassettes" / "pkg_batch"
SCRIPTS = ("aggregate_pkg.py", "detect_anomalies.py")
SUMMARY = "output/役員向け要約.md"
SEEN_SEED, HELDOUT_SEED = 20270401, 20270402
Level = Literal["core", "easy", "standard", "hard"]


def dataset(seed: int, level: Level = "standard") -> Dataset:
    """The 90-company dataset of a seed, from the checkout's cache when it is there."""
    return build_dataset(DatasetSpec(level=level), seed, CACHE)


def scenario_checks() -> list[Question]:
    """The checks of pkg_batch."""
    return load(find("pkg_batch")).checks


def right_summary(data: Dataset) -> str:
    """The summary for management, from the answer key: right whatever the scripts do."""
    answers = load_answers(data.answers_path)
    sales = {t.basis: t.amount for t in answers.totals if (t.segment, t.code) == ("全社", "4101")}
    excluded = sorted({one.company for one in answers.anomalies if one.treatment == "exclude"})
    return (
        f"売上高（全社）: 提出値 {sales['提出値']:,}千円、"
        f"修正後（子会社合算・内部取引消去後） {sales['修正後']:,}千円\n"
        f"除外した会社: {'、'.join(excluded)}\n"
    )


def hand_in(work: Path) -> None:
    """The authored scripts and the modules that they import, into a work folder."""
    for file in AUTHORED.glob("*.py"):
        shutil.copy(file, work)


@dataclass(frozen=True)
class Grader:
    """Where the reruns go, and the two datasets."""

    folder: Path
    seen: Dataset
    heldout: Dataset
    also: tuple[str, ...] = ()
    """Further programs to run on the seen data after the scripts, as the agent did."""
    limits: RerunLimits | None = None

    @property
    def work(self) -> Path:
        """The agent's work folder; call `hand_out` first."""
        return self.folder / "work"

    def hand_out(self) -> Path:
        """A work folder with the seen input in it."""
        self.work.mkdir(parents=True)
        shutil.copytree(self.seen.input_dir, self.work / "input")
        return self.work

    def rerun(self, label: str, data: Dataset) -> RerunResult:
        """The scripts of the work folder and their modules, alone, on one dataset."""
        scratch = self.folder / f"scratch-{label}"
        scratch.mkdir()
        programs = (*SCRIPTS, *self.also) if label == "seen" else SCRIPTS
        scripts = [self.work / name for name in programs]
        return rerun(
            scripts,
            data.input_dir,
            self.folder / label,
            self.limits,
            agent_python=find_agent_python(),
            scratch=scratch,
            modules=[file for file in sorted(self.work.glob("*.py")) if file.name not in programs],
            alone=label == "heldout",
        )

    def deliver(self) -> None:
        """Fill the work folder's `output/` as an agent would have left it; what stands there stays."""
        if not (self.work / "output").exists():
            shutil.copytree(self.folder / "seen" / "output", self.work / "output")
        if any((self.work / "output").iterdir()) and not (self.work / SUMMARY).exists():
            (self.work / SUMMARY).write_text(right_summary(self.seen), encoding="utf-8")

    def grade(self) -> Verdict:
        """The verdict on the work folder as it stands."""
        with ThreadPoolExecutor(2) as pool:
            seen = pool.submit(self.rerun, "seen", self.seen)
            heldout = pool.submit(self.rerun, "heldout", self.heldout)
            evidence = (seen.result().evidence, heldout.result().evidence)
        self.deliver()
        return verify(
            VerifyCase(
                checks=scenario_checks(),
                work=self.work,
                input_after=list_input(self.work / "input"),
                manifest=self.seen.manifest,
                datasets=[
                    DatasetCase("seen", self.seen.answers_path, self.folder / "seen", evidence[0]),
                    DatasetCase("heldout", self.heldout.answers_path, self.folder / "heldout", evidence[1]),
                ],
            )
        )
