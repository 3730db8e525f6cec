"""Records one take: asciinema around the sandboxed shell, driven through asciinema-automation's Script.

Run as its own process (`python -m runner.recorder`) in the take folder: one JSON job on stdin, JSON events on
stdout, a line each. A second line on stdin, or its end, aborts. asciinema writes session.cast as it goes, so a
killed take keeps what was on screen. asciinema-automation's own instructions are not used: its expect works on
raw bytes and cannot type Japanese (docs/decisions/recording.md); its Script and Instruction classes are.
"""

from __future__ import annotations

import json
import re
import shlex
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pexpect
from asciinema_automation.script import Instruction, Script

import runner.terminal  # noqa: F401  loaded now, while the dataset is being built, and not under the first output
from runner.course import Pace, steps_of
from runner.drive_claude import Conversation, ConversationError
from runner.journal import Journal
from runner.keystrokes import before_enter_s, strokes
from runner.record import CAST
from runner.recording_job import Job
from runner.scenario import ShellScene
from runner.screen import COLUMNS, ROWS, Aborted, Screen, ScreenError, squeezed

SHELL_READY_S = 10.0
COMMAND_S = 30.0
CLEAR = "\x0c"  # Ctrl-L


class Recording:
    """What all instructions share: the screen, made when the process exists, and the events."""

    def __init__(self, job: Job, reason: list[str]) -> None:
        self.job = job
        self._reason = reason
        self._screen: Screen | None = None
        self._steps = zip(steps_of(job.scenes), job.paces, strict=True)

    def screen(self, script: Script) -> Screen:
        if self._screen is None:
            self._screen = Screen(script.process, lambda: self._reason[0] if self._reason else None)
        return self._screen

    def begin_step(self) -> Pace:
        """The next step of the course begins here; gives its pace."""
        step, pace = next(self._steps)
        self._emit_moment("step", step.label)
        return pace

    def mark(self, label: str) -> None:
        self._emit_moment("marker", label)

    def _emit_moment(self, event: str, label: str) -> None:
        """A moment to find again: the driver's clock, and how many bytes of output the screen had shown."""
        assert self._screen is not None
        elapsed_s = time.monotonic() - self._screen.began_at
        emit(event, label=label, at_s=round(elapsed_s, 4), after_bytes=self._screen.bytes_seen)

    def wait_for_shell(self, screen: Screen, deadline_s: float) -> None:
        at_prompt = re.escape(self.job.shell_prompt) + r"\s*\Z"
        screen.wait_for_text(at_prompt, "the shell's prompt", deadline_s)


class ShellInstruction(Instruction):
    """Types one shell command, waits for the prompt to come back, gives the audience time to read."""

    def __init__(self, recording: Recording, scene: ShellScene) -> None:
        super().__init__()
        self._recording = recording
        self._scene = scene

    def run(self, script: Script) -> None:
        screen = self._recording.screen(script)
        job = self._recording.job
        self._recording.wait_for_shell(screen, SHELL_READY_S)
        pace = self._recording.begin_step()
        screen.type(strokes(self._scene.command, pace, job.seed))
        self._recording.mark(self._scene.marker)
        screen.rest(before_enter_s(self._scene.command, pace, job.seed))
        screen.send("\r")
        screen.wait(lambda: not screen.text().rstrip().endswith(self._scene.command) or None, "output", 5)
        self._recording.wait_for_shell(screen, COMMAND_S)
        self._recording.mark(f"{self._scene.marker}：結果")
        if pace == "human":
            screen.rest(self._scene.read_s)


class AgentInstruction(Instruction):
    """Starts Claude Code, plays the prompts, leaves; reports each turn as it ends."""

    def __init__(self, recording: Recording, marker: str, prompts: list[Any]) -> None:
        super().__init__()
        self._recording = recording
        self._marker = marker
        self._prompts = prompts

    def run(self, script: Script) -> None:
        job = self._recording.job
        screen = self._recording.screen(script)
        self._recording.wait_for_shell(screen, SHELL_READY_S)
        emit("agent_started")
        pace = self._recording.begin_step()
        talk = Conversation(screen, Journal(job.hooks), pace, job.seed, self._recording.mark)
        talk.start(job.start_command, self._marker)
        for prompt in self._prompts:
            talk.pace = self._recording.begin_step()
            emit("turn", **talk.say(prompt).as_json())
        talk.leave()
        self._recording.wait_for_shell(screen, COMMAND_S)
        emit("agent_left")
        screen.send(CLEAR)  # what the agent's screen left behind is of no use to the audience
        prompt = squeezed(job.shell_prompt)
        screen.wait(lambda: squeezed(screen.text()) == prompt or None, "an empty screen", SHELL_READY_S)


def emit(event: str, **fields: Any) -> None:
    sys.stdout.write(json.dumps({"event": event, **fields}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def instructions(recording: Recording) -> list[Instruction]:
    made: list[Instruction] = []
    for scene in recording.job.scenes:
        if isinstance(scene, ShellScene):
            made.append(ShellInstruction(recording, scene))
        else:
            made.append(AgentInstruction(recording, scene.marker, scene.prompts))
    return made


def record(job: Job, reason: list[str]) -> int:
    """Record into ./session.cast; 0 when every scene was played and the cast is complete."""
    if Path(CAST).exists():
        emit("failure", kind="kit", message=f"{CAST} exists already", screen="")
        return 4
    job.entry_script.write_text("#!/bin/sh\nexec " + shlex.join(job.enter) + "\n", encoding="utf-8")
    job.entry_script.chmod(0o700)
    arguments = f"--cols {COLUMNS} --rows {ROWS} -e TERM -c {job.entry_script}"
    recording = Recording(job, reason)
    script = Script(
        outputfile=Path(CAST),
        asciinema_arguments=arguments,
        timeout=SHELL_READY_S,
        wait=0,
        delay=0,
        standard_deviation=0,
        instructions=instructions(recording),
        delaybeforesend=None,
    )
    try:
        script.execute()
    except ConversationError as error:
        return _failed(script, error.kind, str(error), error.screen)
    except Aborted as error:
        return _failed(script, "aborted", str(error), recording.screen(script).text())
    except ScreenError as error:
        return _failed(script, "kit", str(error), error.screen)
    except pexpect.ExceptionPexpect as error:
        return _failed(
            script, "kit", f"asciinema did not start or end as it should: {str(error).splitlines()[0]}", ""
        )
    if script.process.exitstatus != 0:
        said = (script.process.before or b"").decode(errors="replace").strip().splitlines() or ["no message"]
        message = f"asciinema ended with {script.process.exitstatus}: {said[-1]}"
        emit("failure", kind="kit", message=message, screen="")
        return 4
    emit("done")
    return 0


def _failed(script: Script, kind: str, message: str, screen: str) -> int:
    """Report, then end asciinema by its own process so that it closes the cast."""
    emit("failure", kind=kind, message=message, screen=screen)
    if script.process.isalive():
        script.process.kill(signal.SIGINT)  # asciinema 2.4 ignores SIGTERM; this ends the recording in order
        try:
            script.process.expect(pexpect.EOF, timeout=3)
        except pexpect.TIMEOUT:
            emit("note", message="asciinema did not end within 3 s of SIGINT; closed by force")
        script.process.close(force=True)
    return 4


def main() -> int:
    job = Job.model_validate_json(sys.stdin.readline())
    reason: list[str] = []

    def listen() -> None:
        line = sys.stdin.readline()
        reason.append(line.strip() or "the caller has gone")

    threading.Thread(target=listen, daemon=True).start()
    return record(job, reason)


if __name__ == "__main__":
    sys.exit(main())
