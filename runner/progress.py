"""The progress line of a running trial on stderr (rich): phase, elapsed time, and an honest expectation.

The expectation is what the last finished take of the same scenario, mode and pace took; without one, none is shown.
"""

from __future__ import annotations

import time
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from runner.record import CURATED, read_run
from runner.scenario import Scenario
from runner.trial import Options

LABELS = {
    "dataset": "合成PKGを作成",
    "prepare": "作業フォルダを準備",
    "drive": "Claude Code を操作",
    "collect": "成果物を回収",
    "rerun": "スクリプトを再実行（同じデータと、AIに見せていない別データ）",
    "verify": "既知の正解と照合",
}


def expected_seconds(scenario: Scenario, options: Options) -> float | None:
    """Total seconds of the newest finished take like this one, else of the curated one; None when there is none."""
    folder = options.recordings / scenario.scenario
    for take in sorted(folder.glob("*/run.json"), key=_newest_first):
        try:
            run = read_run(take.parent)
        except (OSError, ValueError):
            continue  # a damaged or older record tells no time; it is no fault of this run
        whole = all(scene.take_id == run.take_id for scene in run.scenes)
        alike = options.retake is None and (run.mode, run.pace) == (options.mode, options.pace)
        if alike and whole and run.outcome in ("passed", "failed"):
            return run.timings_s["total"]
    return None


def _newest_first(record: Path) -> tuple[bool, list[int]]:
    """Take folders are named by their time; the curated one, made elsewhere, comes last."""
    name = record.parent.name
    return name == CURATED, [-ord(char) for char in name]


class Progress:
    """Shows `tell(phase, note)` while it is entered; on a pipe, one line a phase."""

    def __init__(self, scenario: Scenario, options: Options) -> None:
        self._console = Console(stderr=True)
        self._expected = expected_seconds(scenario, options)
        self._began = time.monotonic()
        self._last_phase = ""
        self._bar = Bar(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[eta]}"),
            console=self._console,
            transient=True,
        )
        self._task = self._bar.add_task("準備", total=None, eta="")

    def __enter__(self) -> Progress:
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._bar.stop()

    def tell(self, phase: str, note: str) -> None:
        label = LABELS.get(phase, phase)
        if self._console.is_terminal:
            self._bar.update(self._task, description=f"{label} {note}".rstrip(), eta=self._eta())
        elif phase != self._last_phase:
            self._console.print(f"… {label}", highlight=False)
        self._last_phase = phase

    def _eta(self) -> str:
        if self._expected is None:
            return ""
        left = self._expected - (time.monotonic() - self._began)
        return (
            f"残り約 {left:.0f} 秒（前回 {self._expected:.0f} 秒）"
            if left > 0
            else "前回の所要時間を超えています"
        )
