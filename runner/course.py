"""The steps of a scenario's course: each shell scene, the start of the agent, each prompt. Pure.

A step is the least that can be recorded anew. Used by the recorder (what begins when), the trial and the retake.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from runner.scenario import Scene, ShellScene

Pace = Literal["human", "fast"]
START_COMMAND = "claude"


class CourseError(Exception):
    """A scene that this scenario does not have; one line that names those it has."""


@dataclass(frozen=True)
class Step:
    """`scene`: the number of the scene it belongs to, from 1; `turn`: of a prompt, counted from 1."""

    scene: int
    label: str
    typed: str
    turn: int | None = None


def steps_of(scenes: Sequence[Scene]) -> tuple[Step, ...]:
    """Every step in the order in which it is played."""
    steps: list[Step] = []
    turn = 0
    for number, scene in enumerate(scenes, start=1):
        if isinstance(scene, ShellScene):
            steps.append(Step(number, scene.marker, scene.command))
            continue
        steps.append(Step(number, scene.marker, START_COMMAND))
        for prompt in scene.prompts:
            turn += 1
            steps.append(Step(number, prompt.marker, prompt.text, turn))
    return tuple(steps)


def steps_named(scenes: Sequence[Scene], name: str) -> frozenset[int]:
    """The steps (from 0) of a scene given by its number or its marker, or of one prompt given by its marker.

    Raises CourseError when there is none of that name.
    """
    steps = steps_of(scenes)
    markers = {number: scene.marker for number, scene in enumerate(scenes, start=1)}
    chosen = [number for number, marker in markers.items() if name in (str(number), marker)]
    if chosen:
        return frozenset(at for at, step in enumerate(steps) if step.scene in chosen)
    prompts = frozenset(at for at, step in enumerate(steps) if step.turn is not None and step.label == name)
    if prompts:
        return prompts
    known = [f"{number} {marker}" for number, marker in markers.items()]
    known += [step.label for step in steps if step.turn is not None]
    raise CourseError(f"no scene {name!r}; this scenario has: {', '.join(known)}")
