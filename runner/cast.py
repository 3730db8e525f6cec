"""asciicast v2 recordings as data: read, add labelled markers, give a title, write.

Takes and gives `Cast` values; nothing here runs a terminal. Used by the recorder (markers from its own clock)
and by the studio (screens). Format: asciicast v2, a JSON header, then lines of `[seconds, kind, data]`.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

OUTPUT, INPUT, MARKER, RESIZE = "o", "i", "m", "r"
KINDS = (OUTPUT, INPUT, MARKER, RESIZE)
SIZE = re.compile(r"([1-9]\d{0,2})x([1-9]\d{0,2})")  # columns x rows, of a resize
TIME_DIGITS = 6  # microseconds, as asciinema writes


class CastError(Exception):
    """A cast that cannot be read or a marker that cannot be set; the message names file and line."""


class Header(BaseModel):
    """The first line. Fields this kit does not use (env, theme, ...) are kept as they are."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)

    version: Literal[2]
    width: int = Field(ge=1, le=1000, description="columns")
    height: int = Field(ge=1, le=1000, description="rows")
    timestamp: int | None = Field(default=None, description="start of the recording, Unix seconds")
    title: str | None = None


@dataclass(frozen=True)
class Event:
    """What happened `time_s` seconds after the start: output, input, a marker's label or a size "100x30"."""

    time_s: float
    kind: str
    data: str


@dataclass(frozen=True)
class Cast:
    """A recording. `truncated` says what is missing when the recorder was killed in the middle of a line."""

    header: Header
    events: tuple[Event, ...]
    truncated: str | None = None

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


def read_cast(path: Path) -> Cast:
    """The cast in `path`. A last line cut short is left out and told in `truncated`.

    Raises CastError for anything else that is not an asciicast v2.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CastError(f"{path}: the recording cannot be read: {error.strerror}") from error
    return parse_cast(content, str(path))


def parse_cast(content: bytes, name: str) -> Cast:
    """As `read_cast`, from bytes; `name` stands in the messages."""
    *lines, rest = content.split(b"\n")  # what follows the last newline was not finished, or is empty
    if not lines and not rest.strip():
        raise CastError(f"{name}: the recording is empty: the recorder never started")
    whole = [*lines, rest]
    header = _header(whole[0], f"{name}, line 1")
    events: list[Event] = []
    for number, line in enumerate(whole[1:], start=2):
        if not line.strip():
            continue
        try:
            events.append(_event(line, f"{name}, line {number}", events[-1].time_s if events else 0.0))
        except _NotJson:
            if number == len(whole):
                cut = f"cut short after {len(line)} bytes; the {len(events)} events before it hold"
                return Cast(header, tuple(events), truncated=f"{name}, line {number}: {cut}")
            raise
    return Cast(header, tuple(events))


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


def format_cast(cast: Cast) -> str:
    """The file's text; reading it gives the same cast."""
    return "".join(_lines(cast))


def write_cast(path: Path, cast: Cast) -> None:
    """Write under a temporary name beside `path`, then rename: a reader sees the old cast or the new one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(format_cast(cast), encoding="utf-8", newline="\n")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise CastError(f"{path}: the recording cannot be written: {error.strerror}") from error


class _NotJson(CastError):
    """A line that is no JSON: forgiven where a killed recorder left it, at the end."""


def _lines(cast: Cast) -> Iterator[str]:
    yield json.dumps(cast.header.model_dump(exclude_none=True), ensure_ascii=False) + "\n"
    for event in cast.events:
        row = [round(event.time_s, TIME_DIGITS), event.kind, event.data]
        yield json.dumps(row, ensure_ascii=False) + "\n"


def _json(line: bytes, where: str) -> Any:
    try:
        return json.loads(line.decode("utf-8"))
    except ValueError as error:  # not UTF-8, or not JSON
        raise _NotJson(f"{where}: this is not a line of an asciicast: {error}") from error


def _header(line: bytes, where: str) -> Header:
    found = _json(line, where)
    if not isinstance(found, dict):
        raise CastError(
            f"{where}: an asciicast v2 begins with a header such as {{'version': 2, 'width': 100, ...}}"
        )
    try:
        return Header.model_validate(found)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise CastError(f"{where}: the header of an asciicast v2 is expected: {wrong}") from error


def _event(line: bytes, where: str, not_before_s: float) -> Event:
    found = _json(line, where)
    if not (isinstance(found, list) and len(found) == 3):
        raise CastError(
            f"{where}: an event is [seconds, kind, data], found {line[:60].decode('utf-8', 'replace')}"
        )
    time_s, kind, data = found
    if isinstance(time_s, bool) or not isinstance(time_s, int | float) or not math.isfinite(time_s):
        raise CastError(f"{where}: the time is {time_s!r}; seconds are expected")
    if time_s < not_before_s:
        raise CastError(f"{where}: the time goes back from {not_before_s} s to {time_s} s")
    if kind not in KINDS:
        raise CastError(f"{where}: the kind of event is {kind!r}; expected one of {', '.join(KINDS)}")
    if not isinstance(data, str):
        raise CastError(f"{where}: the data of an event is text, found {data!r}")
    if kind == RESIZE and not SIZE.fullmatch(data):
        raise CastError(f"{where}: a resize gives columns x rows such as 100x30, found {data!r}")
    try:
        data.encode("utf-8")
    except UnicodeEncodeError as error:
        raise CastError(f"{where}: the text holds half of a character (a lone surrogate)") from error
    return Event(float(time_s), kind, data)
