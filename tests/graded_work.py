"""Grades a folder of scripts as a trial does: rerun in the sandbox on both datasets, then the verdict.

`Grader.grade` takes a work folder; what it lacks in `output/` is what the rerun on the seen data made, as an
agent would have left it. Used by the tests of the authored scripts and of the cheats.
"""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from runner.agent_python import find_agent_python
from runner.rerun import RerunResult, rerun
from runner.verdict import Checks, Verdict
from runner.verify_outputs import DatasetCase, VerifyCase, list_input, verify
from synthetic_pkg.dataset import Dataset, build_dataset
from synthetic_pkg.spec import DatasetSpec

REPOSITORY = Path(__file__).resolve().parents[1]
CACHE = REPOSITORY / ".cache" / "datasets"
AUTHORED = REPOSITORY / "scenarios" / "cassettes" / "pkg_batch"
SCRIPTS = ("aggregate_pkg.py", "detect_anomalies.py")
SEEN_SEED, HELDOUT_SEED = 20270401, 20270402
Level = Literal["core", "easy", "standard", "hard"]


def dataset(seed: int, level: Level = "standard") -> Dataset:
    """The 90-company dataset of a seed, from the checkout's cache when it is there."""
    return build_dataset(DatasetSpec(level=level), seed, CACHE)


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
        scripts = [self.work / name for name in SCRIPTS]
        return rerun(
            scripts,
            data.input_dir,
            self.folder / label,
            agent_python=find_agent_python(),
            scratch=scratch,
            modules=[file for file in sorted(self.work.glob("*.py")) if file.name not in SCRIPTS],
        )

    def grade(self) -> Verdict:
        """The verdict on the work folder as it stands."""
        with ThreadPoolExecutor(2) as pool:
            seen = pool.submit(self.rerun, "seen", self.seen)
            heldout = pool.submit(self.rerun, "heldout", self.heldout)
            evidence = (seen.result().evidence, heldout.result().evidence)
        if not (self.work / "output").exists():
            shutil.copytree(self.folder / "seen" / "output", self.work / "output")
        return verify(
            VerifyCase(
                checks=Checks(),
                work=self.work,
                input_after=list_input(self.work / "input"),
                manifest=self.seen.manifest,
                datasets=[
                    DatasetCase("seen", self.seen.answers_path, self.folder / "seen", evidence[0]),
                    DatasetCase("heldout", self.heldout.answers_path, self.folder / "heldout", evidence[1]),
                ],
                scripts=SCRIPTS,
            )
        )
