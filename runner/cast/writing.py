"""Writes a recording as asciicast v2 or v3, the version its header says. Called by the recorder and the studio."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runner.cast.model import TIME_DIGITS, Cast, CastError, Header


def format_cast(cast: Cast) -> str:
    """The file's text; reading it gives the same cast."""
    return "".join(_lines(cast))


def write_cast(path: Path, cast: Cast) -> None:
    """Write under a temporary name beside `path`, then rename: a reader sees the old cast or the new one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(_lines(cast))
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise CastError(f"{path}: the recording cannot be written: {error.strerror}") from error


def _lines(cast: Cast) -> Iterator[str]:
    yield json.dumps(_header(cast.header), ensure_ascii=False) + "\n"
    before_s = 0.0
    for event in cast.events:
        time_s = round(event.time_s, TIME_DIGITS)
        told = time_s if cast.header.version == 2 else round(time_s - before_s, TIME_DIGITS)
        before_s = time_s
        yield json.dumps([told, event.kind, event.data], ensure_ascii=False) + "\n"


def _header(header: Header) -> dict[str, Any]:
    found = header.model_dump(exclude_none=True)
    if header.version == 2:
        return found
    size = {"cols": found.pop("width"), "rows": found.pop("height")}
    term = {**size, **found.pop("term", {})}
    return {"version": found.pop("version"), "term": term, **found}
