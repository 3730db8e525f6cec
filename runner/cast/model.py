"""A terminal recording as plain values, whatever version of asciicast it came from: times are absolute seconds."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

OUTPUT, INPUT, MARKER, RESIZE, EXIT = "o", "i", "m", "r", "x"
SIZE = re.compile(r"([1-9]\d{0,2})x([1-9]\d{0,2})")  # columns x rows, of a resize
TIME_DIGITS = 6  # microseconds, as asciinema writes


class CastError(Exception):
    """A cast that cannot be read, written or edited as asked; the message names file and line, or the time."""


class Term(BaseModel):
    """What version 3 says of the terminal beside its size; what this kit does not know is kept."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)

    type: str | None = None
    version: str | None = None
    theme: dict[str, Any] | None = None


class Header(BaseModel):
    """The first line. Fields this kit does not use (tags, ...) are kept as they are."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True, allow_inf_nan=False)

    version: Literal[2, 3]
    width: int = Field(ge=1, le=1000, description="columns")
    height: int = Field(ge=1, le=1000, description="rows")
    timestamp: int | float | None = Field(default=None, description="start of the recording, Unix seconds")
    idle_time_limit: int | float | None = Field(
        default=None, description="players show no longer pause, seconds"
    )
    command: str | None = None
    title: str | None = None
    env: dict[str, Any] | None = None
    theme: dict[str, Any] | None = Field(
        default=None, description="version 2; in version 3 it stands in term"
    )
    term: Term | None = Field(default=None, description="version 3 only")


@dataclass(frozen=True)
class Event:
    """What happened `time_s` seconds after the start: output, input, a marker's label, a size "100x30", the exit
    status, or a kind of another recorder, which players ignore."""

    time_s: float
    kind: str
    data: str


@dataclass(frozen=True)
class Cast:
    """A recording. `truncated` says what is missing when the recorder was killed in the middle of a line;
    `notes` say what was skipped in reading."""

    header: Header
    events: tuple[Event, ...]
    truncated: str | None = None
    notes: tuple[str, ...] = field(default=(), compare=False)

    @property
    def duration_s(self) -> float:
        """The time of the last event."""
        return self.events[-1].time_s if self.events else 0.0

    @property
    def size(self) -> tuple[int, int]:
        """(columns, rows) at the start."""
        return self.header.width, self.header.height

    @property
    def markers(self) -> list[tuple[float, str]]:
        """(seconds, label) of every marker."""
        return [(event.time_s, event.data) for event in self.events if event.kind == MARKER]


def size_of(resize: Event) -> tuple[int, int]:
    """(columns, rows) of a resize."""
    columns, _, rows = resize.data.partition("x")
    return int(columns), int(rows)


def add_markers(cast: Cast, markers: Iterable[tuple[float, str]]) -> Cast:
    """The cast with a labelled marker at each (seconds, label), after everything that happened until then.

    Raises CastError for an empty label or a time that is negative or not a number.
    """
    fresh = [Event(round(float(time_s), TIME_DIGITS), MARKER, label) for time_s, label in markers]
    for event in fresh:
        if not (math.isfinite(event.time_s) and event.time_s >= 0):
            raise CastError(f"marker {event.data!r} at {event.time_s} s: the time must be 0 or more")
        if not event.data.strip() or not event.data.isprintable():
            raise CastError(f"marker at {event.time_s} s has the label {event.data!r}: give one line of text")
    merged = sorted(
        [*cast.events, *fresh], key=lambda event: event.time_s
    )  # stable: old before new at one time
    return replace(cast, events=tuple(merged))


def with_title(cast: Cast, title: str) -> Cast:
    """The cast under another title."""
    return replace(cast, header=cast.header.model_copy(update={"title": title}))
