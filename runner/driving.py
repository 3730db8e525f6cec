"""Drives one trial's agent, recorded or headless, and tells how it ended; called by the trial.

Takes a `Stage` that is set; fills turns and times into the record. Between the recorder's process and this one
stand JSON events; an endpoint fault or the guard's word stops the driving at once.
"""

from __future__ import annotations

import time
import uuid
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from runner import child
from runner.cast import OUTPUT, TIME_DIGITS, Cast, add_markers, read_cast, with_title, write_cast
from runner.course import steps_of
from runner.drive_claude import ConversationError, headless_arguments, headless_turn
from runner.outcome import DriveEnd, stop_reason
from runner.phases import Phases
from runner.record import CAST, PROVENANCE_LABELS, RunRecord, SceneRecord
from runner.scenario import Prompt
from runner.stage import Stage, note_exchanges

CLOSE_S = 5.0
POLL_S = 0.05
SLACK_S = 300.0  # on top of all turns' deadlines: shell scenes, typing, reading
TICK_S = 10.0**-TIME_DIGITS
OUTPUT_MAX_BYTES = 64 << 20  # stream-json of one headless turn


def drive(stage: Stage, run: RunRecord, phases: Phases) -> DriveEnd:
    """Play all prompts; the end says whether each had its turn."""
    with phases.phase("drive"):
        if stage.recorder is None:
            return _drive_headless(stage, run, phases)
        return _Recorded(stage, run, phases).play()


@dataclass(frozen=True)
class Mark:
    """A moment as the driver saw it: its own seconds, and the bytes of output that had been shown.

    It becomes a marker of the recording, or is where a step of the course begins.
    """

    at_s: float
    after_bytes: int
    label: str
    begins_step: bool = False


class _Recorded:
    """One recording: feeds the recorder's events into the record until it ends."""

    def __init__(self, stage: Stage, run: RunRecord, phases: Phases) -> None:
        assert stage.recorder is not None
        self._stage, self._run, self._phases = stage, run, phases
        self._recorder = stage.recorder
        self._marks: list[Mark] = []
        self._agent_began = 0.0
        self._end: DriveEnd | None = None

    def play(self) -> DriveEnd:
        self._recorder.configure(self._stage.recording_job().model_dump(mode="json"))
        limit = time.monotonic() + SLACK_S + sum(p.deadline_s for p in self._stage.scenario.prompts)
        told = False
        try:
            while self._end is None:
                reason = stop_reason(self._stage.heard())
                if reason is not None and not told:
                    self._recorder.send(" ".join(reason.split()))
                    told = True
                for event in self._recorder.take_events(POLL_S):
                    self._take(event)
                if self._end is None and time.monotonic() > limit:
                    self._end = DriveEnd("kit", "the recording passed the sum of its own deadlines")
        finally:
            if self._end is None or self._end.kind is not None:
                self._let_it_close_the_cast()
                self._recorder.stop()  # nothing of the agent may live on while its files are collected
            note_exchanges(self._run, self._stage.tap.events)
            self._finish_cast(self._stage.take / CAST)
        return self._end

    def _let_it_close_the_cast(self) -> None:
        """After a failure the recorder still ends asciinema in order; bounded. After "done" it has."""
        self._recorder.close_input()
        until = time.monotonic() + CLOSE_S
        while time.monotonic() < until:
            if any(event["event"] == "ended" for event in self._recorder.take_events(POLL_S)):
                return

    def _finish_cast(self, path: Path) -> None:
        """Markers, and a title that says who answered; also on a recording that was cut short."""
        if not (path.is_file() and any(not mark.begins_step for mark in self._marks)):
            return
        cast = read_cast(path)
        placed = place_markers(cast, self._marks)
        markers = [place for mark, place in zip(self._marks, placed, strict=True) if not mark.begins_step]
        title = f"{self._stage.scenario.title}【{PROVENANCE_LABELS[self._run.provenance]}】"
        write_cast(path, with_title(add_markers(cast, markers), title))
        spans = step_spans(self._marks, placed, cast.duration_s)
        self._run.scenes = [
            SceneRecord(
                marker=step.label, typed=step.typed, start_s=start_s, end_s=end_s, take_id=self._run.take_id
            )
            for step, (start_s, end_s) in zip(steps_of(self._stage.scenario.scenes), spans, strict=False)
        ]

    def _take(self, event: dict[str, Any]) -> None:
        match event["event"]:
            case "step":
                self._marks.append(Mark(event["at_s"], event["after_bytes"], event["label"], True))
            case "marker":
                self._marks.append(Mark(event["at_s"], event["after_bytes"], event["label"]))
                self._phases.tell("drive", event["label"])
            case "agent_started":
                self._agent_began = time.monotonic()
            case "agent_left":
                self._phases.add("agent", time.monotonic() - self._agent_began)
            case "turn":
                told = {k: event[k] for k in ("marker", "seconds", "end", "dialogs")}
                prompt = self._stage.scenario.prompts[len(self._run.turns)]
                self._run.turns.append({**told, "prompt": prompt.text})
            case "failure":
                self._end = DriveEnd(event["kind"], event["message"], event["screen"])
            case "done":
                self._end = DriveEnd(None)
            case "ended":
                self._end = DriveEnd(
                    "kit", f"the recorder ended without a word: {self._recorder.last_words()}"
                )


def place_markers(cast: Cast, marks: Sequence[Mark]) -> list[tuple[float, str]]:
    """(seconds on the cast's clock, label) of each mark; pure.

    The two clocks started at different moments; the output is the same on both. A mark stands after the output
    that the driver had shown then and before the next, and between these where the driver's clock says.
    """
    outputs = [event for event in cast.events if event.kind == OUTPUT]
    if not outputs:
        return []
    ends = list(accumulate(len(event.data.encode()) for event in outputs))
    placed = []
    for mark in marks:
        shown = bisect_left(ends, mark.after_bytes)
        index = min(shown if mark.after_bytes else 0, len(outputs) - 1)
        earliest_s = outputs[index].time_s
        latest_s = outputs[index + 1].time_s if index + 1 < len(outputs) else earliest_s
        guess_s = outputs[0].time_s + mark.at_s
        placed.append((min(max(guess_s, earliest_s), latest_s), mark.label))
    return placed


def step_spans(
    marks: Sequence[Mark], placed: Sequence[tuple[float, str]], duration_s: float
) -> list[tuple[float, float]]:
    """(start, end) in seconds of the cast of each step that began; together they are the whole of it. Pure.

    A marker belongs to the step in which it was set, also when the next step began at the same instant.
    """
    starts: list[float] = []
    before_s = 0.0
    for mark, (time_s, _) in zip(marks, placed, strict=False):
        if mark.begins_step:
            starts.append(max(time_s, before_s + TICK_S) if starts else 0.0)
        before_s = max(before_s, time_s)
    ends = [*starts[1:], max(duration_s, starts[-1])] if starts else []
    return [(round(a, TIME_DIGITS), round(b, TIME_DIGITS)) for a, b in zip(starts, ends, strict=True)]


def _drive_headless(stage: Stage, run: RunRecord, phases: Phases) -> DriveEnd:
    """`claude -p` once a prompt: the first names the session, the others resume it."""
    session = str(uuid.uuid5(uuid.NAMESPACE_OID, run.take_id))
    try:
        for number, prompt in enumerate(stage.scenario.prompts):
            phases.tell("drive", prompt.marker)
            end = _headless_prompt(stage, run, phases, prompt, headless_arguments(session, first=number == 0))
            if end is not None:
                return end
        return DriveEnd(None)
    finally:
        note_exchanges(run, stage.tap.events)


def _headless_prompt(
    stage: Stage, run: RunRecord, phases: Phases, prompt: Prompt, arguments: list[str]
) -> DriveEnd | None:
    done = child.run(
        stage.workspace.claude(arguments),
        env=child.clean_env(),
        stdin=prompt.text.encode(),
        timeout_s=prompt.deadline_s,
        max_output_bytes=OUTPUT_MAX_BYTES,
        watch=lambda: stop_reason(stage.heard()) is not None,
    )
    phases.add("agent", done.wall_s)
    reason = stop_reason(stage.heard())
    if reason is not None:
        return DriveEnd("aborted", reason)
    if done.timed_out:
        return DriveEnd("timeout", f"{prompt.marker}: no end within {prompt.deadline_s:g} s")
    try:
        turn = headless_turn(prompt, done.stdout.decode(errors="replace").splitlines(), done.wall_s)
    except ConversationError as error:
        said = done.stderr.decode(errors="replace").strip()
        return DriveEnd(error.kind, f"{prompt.marker}: {error} {said}".strip())
    run.turns.append(
        {
            "marker": turn.marker,
            "seconds": round(turn.seconds, 3),
            "end": turn.end,
            "dialogs": 0,
            "prompt": prompt.text,
        }
    )
    return None
