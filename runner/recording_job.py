"""What the trial tells the recorder; apart, so that a trial loads no emulator."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel

from runner.course import START_COMMAND, Pace
from runner.scenario import Scene


class Job(BaseModel):
    """What the recorder is told: scenes to play, how to enter the sandbox, where the hook journal is."""

    scenes: list[Scene]
    paces: list[Pace]  # of each step of the course (runner.course)
    seed: int
    enter: list[str]  # argv that starts the shell inside the sandbox
    entry_script: Path  # where to put it as a script: a short ASCII path
    hooks: Path
    start_command: str = START_COMMAND
    shell_prompt: str  # the prompt's text as it stands on the screen
