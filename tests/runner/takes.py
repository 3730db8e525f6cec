"""Small takes of the hello scenario made from parts: a recording with steps and markers, a record that fits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from runner.cast import Cast, Event, Header, write_cast
from runner.course import steps_of
from runner.record import RunRecord, SceneRecord, write_run
from runner.scenario import load
from synthetic_pkg.dataset import dataset_id
from tests.runner.running import HELLO_SCENARIO

HELLO = load(HELLO_SCENARIO)
COURSE = steps_of(HELLO.scenes)
CLAUDE_CODE = "2.1.329"
STEP_S = 2.0  # of a step in a recording made here


def recording(performance: str, step_s: float = STEP_S, screen: str = "") -> tuple[Cast, list[SceneRecord]]:
    """A recording of the hello course in which each step clears the screen and says who performs it."""
    events: list[Event] = []
    scenes: list[SceneRecord] = []
    for number, step in enumerate(COURSE):
        start_s = number * step_s
        events += [
            Event(start_s + 0.25 * step_s, "o", f"\x1b[2J\x1b[H{step.label} by {performance} {screen}"),
            Event(start_s + 0.5 * step_s, "m", step.label),
            Event(start_s + 0.75 * step_s, "o", f"\r\nend of {step.label}"),
        ]
        scenes.append(
            SceneRecord(
                marker=step.label,
                typed=step.typed,
                start_s=start_s,
                end_s=start_s + step_s,
                take_id=performance,
            )
        )
    events.append(Event(len(COURSE) * step_s, "o", "\r\n$ "))
    return Cast(Header(version=2, width=60, height=6, title=performance), tuple(events)), scenes


def take_of(folder: Path, cast: Cast, scenes: list[SceneRecord], **changes: Any) -> RunRecord:
    """A take with this recording in `folder`; `changes` replace fields of its record."""
    (folder / "work").mkdir(parents=True)
    (folder / "work" / "hello.py").write_text("print('hello')\n")
    write_cast(folder / "session.cast", cast)
    fields: dict[str, Any] = {
        "scenario": HELLO.scenario,
        "take_id": folder.name,
        "started_at": "2026-11-21T12:00:00+09:00",
        "outcome": "passed",
        "provenance": "authored",
        "endpoint": "rehearsal",
        "model": "rehearsal",
        "mode": "interactive",
        "pace": "human",
        "seed": HELLO.seed,
        "held_out_seed": HELLO.held_out_seed,
        "dataset_id": dataset_id(HELLO.dataset, HELLO.seed),
        "held_out_dataset_id": dataset_id(HELLO.dataset, HELLO.held_out_seed),
        "versions": {"claude_code": CLAUDE_CODE},
        "scenes": scenes,
        "checks": HELLO.checks,
    }
    run = RunRecord(**{**fields, **changes})
    write_run(folder, run)
    return run
