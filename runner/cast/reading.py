"""Reads asciicast v2 and v3, also from other recorders. A file that is neither is refused in one line.

Takes a path or bytes, gives a `Cast` with absolute times; called by everything that works on recordings.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from runner.cast.model import (
    EXIT,
    INPUT,
    MARKER,
    OUTPUT,
    RESIZE,
    SIZE,
    TIME_DIGITS,
    Cast,
    CastError,
    Event,
    Header,
)

KINDS = (OUTPUT, INPUT, MARKER, RESIZE, EXIT)
_GZIP, _BOM = b"\x1f\x8b", b"\xef\xbb\xbf"
LONGEST_S = 10 * 24 * 3600.0  # a recording of more days is none: a clock was wrong
_DIGITS = 18  # a longer whole number is none that a recording has
_NOTES = 5  # so many skipped events are told one by one


def read_cast(path: Path) -> Cast:
    """The cast in `path`. A last line cut short is left out and told in `truncated`.

    Raises CastError for anything else that is not an asciicast v2 or v3.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CastError(f"{path}: the recording cannot be read: {error.strerror}") from error
    return parse_cast(content, str(path))


def parse_cast(content: bytes, name: str) -> Cast:
    """As `read_cast`, from bytes; `name` stands in the messages."""
    if content.startswith(_GZIP):
        raise CastError(f"{name}: the recording is compressed (gzip); unpack it first: gunzip -k {name}")
    *lines, rest = content.removeprefix(_BOM).split(b"\n")  # what follows the last newline was not finished
    if not lines and not rest.strip():
        raise CastError(f"{name}: the recording is empty: the recorder never started")
    whole = [*lines, rest]
    reader = _Reader(name, _header(whole[0], f"{name}, line 1"))
    for number, line in enumerate(whole[1:], start=2):
        if not line.strip() or (reader.header.version == 3 and line.lstrip().startswith(b"#")):
            continue
        try:
            reader.take(line, number)
        except _NotJson:
            if number == len(whole):
                cut = f"cut short after {len(line)} bytes; the {len(reader.events)} events before it hold"
                return reader.cast(truncated=f"{name}, line {number}: {cut}")
            raise
    return reader.cast()


class _NotJson(CastError):
    """A line that is no JSON: forgiven where a killed recorder left it, at the end."""


class _Reader:
    """Collects events; version 3 tells the seconds since the event before, version 2 since the start."""

    def __init__(self, name: str, header: Header) -> None:
        self.header = header
        self.events: list[Event] = []
        self._name = name
        self._now_s = 0.0
        self._skipped: list[str] = []

    def take(self, line: bytes, number: int) -> None:
        where = f"{self._name}, line {number}"
        time_s, kind, data = _fields(line, where)
        time_s = self._absolute(time_s, where)
        if time_s > LONGEST_S:
            days = f"{LONGEST_S / 86400:g} days"
            raise CastError(f"{where}: the time is {time_s:g} s after the start; at most {days} are expected")
        if kind not in KINDS and not (isinstance(data, str) and len(kind) == 1):
            self._skipped.append(f"{where}: skipped an event of the unknown kind {kind!r}")
        else:
            self.events.append(Event(round(time_s, TIME_DIGITS), kind, _data(kind, data, where)))
        self._now_s = time_s

    def cast(self, truncated: str | None = None) -> Cast:
        notes = self._skipped[:_NOTES]
        if more := len(self._skipped) - _NOTES:
            notes += [f"{self._name}: skipped {more} more events of unknown kinds"] if more > 0 else []
        return Cast(self.header, tuple(self.events), truncated, tuple(notes))

    def _absolute(self, told_s: float, where: str) -> float:
        if self.header.version == 3:
            if told_s < 0:
                raise CastError(
                    f"{where}: the time goes back by {-told_s:g} s; an interval of 0 or more is expected"
                )
            return self._now_s + told_s
        if told_s < self._now_s:
            raise CastError(f"{where}: the time goes back from {self._now_s} s to {told_s} s")
        return told_s


def _json(line: bytes, where: str) -> Any:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _NotJson(f"{where}: this is not UTF-8 text, so not a line of an asciicast: {error}") from error
    try:
        return json.loads(text, parse_int=_number)
    except (ValueError, RecursionError) as error:
        raise _NotJson(f"{where}: this is not a line of an asciicast: {error}") from error


def _number(digits: str) -> int | float:
    """A whole number; one that is too long for any use as a float, which may be infinite."""
    return int(digits) if len(digits) <= _DIGITS else float(digits)


def _header(line: bytes, where: str) -> Header:
    found = _json(line, where)
    if not isinstance(found, dict):
        raise CastError(
            f"{where}: an asciicast begins with a header such as {{'version': 2, 'width': 100, ...}}"
        )
    version = found.get("version")
    if isinstance(version, bool) or version not in (1, 2, 3):
        raise CastError(f"{where}: asciicast v2 or v3 is expected, the header says version {version!r}")
    if version == 1:
        raise CastError(
            f"{where}: this is asciicast v1; convert it first: asciinema convert IN OUT (asciinema 3)"
        )
    if version == 3:
        found = _flattened(found, where)
    try:
        return Header.model_validate(found)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise CastError(f"{where}: the header of an asciicast v{version} is wrong: {wrong}") from error


def _flattened(found: dict[str, Any], where: str) -> dict[str, Any]:
    """The header of version 3 with the size where version 2 has it."""
    term = found.get("term")
    if not isinstance(term, dict):
        raise CastError(
            f"{where}: the header of an asciicast v3 has 'term': {{'cols': 100, 'rows': 30}}; it is missing"
        )
    rest = {key: value for key, value in term.items() if key not in ("cols", "rows")}
    size = {"width": term.get("cols"), "height": term.get("rows")}
    return {**found, **size, "term": rest or None}


def _fields(line: bytes, where: str) -> tuple[float, str, Any]:
    found = _json(line, where)
    if not (isinstance(found, list) and len(found) == 3):
        raise CastError(
            f"{where}: an event is [seconds, kind, data], found {line[:60].decode('utf-8', 'replace')}"
        )
    time_s, kind, data = found
    if isinstance(time_s, bool) or not isinstance(time_s, int | float) or not math.isfinite(time_s):
        raise CastError(f"{where}: the time is {time_s!r}; seconds are expected")
    if not isinstance(kind, str):
        raise CastError(f"{where}: the kind of event is {kind!r}; a letter is expected")
    return float(time_s), kind, data


def _data(kind: str, data: Any, where: str) -> str:
    if not isinstance(data, str):
        raise CastError(f"{where}: the data of an event is text, found {data!r}")
    if kind == RESIZE and not SIZE.fullmatch(data):
        raise CastError(f"{where}: a resize gives columns x rows such as 100x30, found {data!r}")
    try:
        data.encode("utf-8")
    except UnicodeEncodeError as error:
        raise CastError(f"{where}: the text holds half of a character (a lone surrogate)") from error
    return data
