"""What the kit costs beside its subject: seconds by phase of whole runs, and the wall time that is the kit's own.

Runs the main job recorded and headless (fast pace, cached data); gives rows of {name, figure, target, ok} to
`python -m benchmarks`. The kit's own time is the wall time of the whole process less the dataset's, Claude Code's
(its start to its end) and the reruns'.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from runner import child
from runner.record import RunRecord, read_run

ROOT = Path(__file__).resolve().parent.parent
RUNS = 3
OWN_TARGET_S = 1.5
RUN_TIMEOUT_S = 240.0
NOT_OURS = ("dataset", "agent", "rerun")


def one_run(arguments: list[str], recordings: Path) -> tuple[float, RunRecord]:
    """Wall seconds of the whole process and its record; SystemExit when the run did not pass."""
    command = [sys.executable, "-m", "runner.cli", "run", "pkg_batch", "--pace", "fast"]
    began = time.monotonic()
    done = child.run(
        [*command, *arguments, "--recordings", str(recordings)],
        env=child.clean_env(),
        cwd=ROOT,
        timeout_s=RUN_TIMEOUT_S,
    )
    wall_s = time.monotonic() - began
    if done.returncode != 0:
        sys.exit(f"bench: the run ended with {done.returncode}: {done.stdout.decode()}{done.stderr.decode()}")
    newest = max((recordings / "pkg_batch").iterdir(), key=lambda take: take.name)
    return wall_s, read_run(newest)


def own_seconds(wall_s: float, run: RunRecord) -> float:
    """What is neither the dataset's, nor Claude Code's, nor the reruns'."""
    return wall_s - sum(run.timings_s[name] for name in NOT_OURS)


def measure(mode: str, arguments: list[str], recordings: Path) -> list[dict[str, Any]]:
    """Medians over RUNS runs: one row a phase (no target) and the kit's own time."""
    runs = []
    for number in range(1, RUNS + 1):
        runs.append(one_run(arguments, recordings))
        print(f"  {mode} {number}/{RUNS}: {runs[-1][0]:.1f} s", flush=True)
    own = statistics.median(own_seconds(wall_s, run) for wall_s, run in runs)
    rows: list[dict[str, Any]] = [
        {
            "name": f"{mode}.{phase}_s",
            "figure": round(statistics.median(r.timings_s[phase] for _, r in runs), 3),
        }
        for phase in runs[0][1].timings_s
    ]
    turns_s = statistics.median(
        r.timings_s["agent"] - sum(float(t["seconds"]) for t in r.turns) for _, r in runs
    )
    # Within Claude Code's span but outside its turns: its own start and exit, and the driver's typing and settling.
    rows.append({"name": f"{mode}.agent_outside_turns_s", "figure": round(turns_s, 3)})
    rows.append({"name": f"{mode}.wall_s", "figure": round(statistics.median(wall for wall, _ in runs), 3)})
    rows = [{**row, "target": None, "ok": None} for row in rows]
    rows.append(
        {"name": f"{mode}.own_s", "figure": round(own, 3), "target": OWN_TARGET_S, "ok": own <= OWN_TARGET_S}
    )
    return rows


def measure_both() -> list[dict[str, Any]]:
    """The main job recorded, and headless."""
    with tempfile.TemporaryDirectory() as folder:
        one_run(["--headless"], Path(folder) / "warm")  # builds the datasets, fills the disk cache
        rows = measure("recorded", [], Path(folder) / "recorded")
        rows += measure("headless", ["--headless"], Path(folder) / "headless")
    return rows
