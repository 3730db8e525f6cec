"""The film: how much faster than real time, in how much memory, and against screenshots of asciinema-player.

Gives rows of {name, figure, target, ok} to `python -m benchmarks`. Each render is a process of its own.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.film_footprint import TAKE
from benchmarks.player_shots import PLAYER, screenshots
from runner import child
from runner.cast import read_cast
from runner.studio.film import render
from runner.studio.timeline import Clip, Timeline

ROOT = Path(__file__).resolve().parents[1]
RATIO_TARGET = 2.5  # seconds of film for a second of rendering
MEMORY_TARGET_MB = 600
AGAINST_PLAYER_TARGET = 3.0
GROWTH_TARGET_MB = 40  # half an hour of events is 3 MB; pictures of rows are a bounded cache
SAME_FRAMES_S = (21.0, 41.0)  # of the curated take: typing, the agent at work
TIMEOUT_S = 900.0


def what_is_missing() -> str:
    """What the yardstick of the film needs and is not there, and how to get it; empty when all is there."""
    for program in ("chromium", "chromedriver"):
        if shutil.which(program) is None:
            return f"{program} is not installed, the film is measured against it → sh tools/setup.sh test"
    if not PLAYER.is_dir():
        return f"{PLAYER} is not there, the film is measured against it → make setup"
    return ""


def rendered(kind: str) -> dict[str, float]:
    argv = [sys.executable, "-m", "benchmarks.film_footprint", kind]
    done = child.run(argv, cwd=ROOT, timeout_s=TIMEOUT_S)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode())
    found: dict[str, float] = json.loads(done.stdout)
    return found


def row(name: str, figure: float, target: float, ok: bool) -> dict[str, Any]:
    return {"name": name, "figure": round(figure, 2), "target": target, "ok": ok}


def measure() -> list[dict[str, Any]]:
    """Ratio to real time, memory of the process tree, and times faster than a browser's screenshots."""
    film = rendered("highlight")
    print(f"  highlight: {film}", flush=True)
    ratio = film["film_s"] / film["seconds"]
    rows = [
        row("film.times_real_time", ratio, RATIO_TARGET, ratio >= RATIO_TARGET),
        row("film.peak_mb", film["tree_mb"], MEMORY_TARGET_MB, film["tree_mb"] <= MEMORY_TARGET_MB),
    ]
    faster = against_player()
    print(f"  {faster:.1f} times faster than screenshots of the player", flush=True)
    rows.append(
        row("film.times_faster_than_player", faster, AGAINST_PLAYER_TARGET, faster >= AGAINST_PLAYER_TARGET)
    )
    return rows


def against_player() -> float:
    """Screenshots of the frames that differ, over our whole film of them: drawn, all 30 a second, encoded."""
    cast = read_cast(TAKE / "session.cast")
    start, end = SAME_FRAMES_S
    timeline = Timeline(title="same frames", badge="リハーサル", items=(Clip(start_s=start, end_s=end),))
    seen: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        render(cast, timeline, Path(folder) / "film.mp4", frame_texts=lambda second, _: seen.append(second))
        ours = time.perf_counter() - began
    return screenshots(cast, [start + second for second in seen[1:]]) / ours


def measure_growth() -> list[dict[str, Any]]:
    """What half an hour takes more than two minutes; takes minutes."""
    short, long = rendered("short"), rendered("long")
    print(f"  two minutes: {short}\n  half an hour: {long}", flush=True)
    growth = long["own_mb"] - short["own_mb"]
    return [
        row("film.growth_mb", growth, GROWTH_TARGET_MB, growth <= GROWTH_TARGET_MB),
        row("film.long_peak_mb", long["tree_mb"], MEMORY_TARGET_MB, long["tree_mb"] <= MEMORY_TARGET_MB),
    ]
