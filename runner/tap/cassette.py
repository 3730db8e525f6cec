"""Writes what went over the wire as JSON Lines, one system call a line: a killed run leaves a prefix.

Long parts of request bodies stand once, as `blob` lines, and are named by their hash afterwards. Only headers
of an allow-list are kept, and every string passes the redactor. Called by `runner.tap.exchange`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from runner.tap.redact import Redactor

FORMAT = "tap/1"
BLOB_CHARACTERS = 256
"""Parts of a body whose JSON is longer than this become blobs."""
KEPT_HEADERS = (
    "content-type",
    "anthropic-version",
    "anthropic-beta",
    "user-agent",
    "x-stainless-retry-count",
    "x-swallow-provenance",
    "retry-after",
)

Row = dict[str, Any]


class CassetteError(Exception):
    """The cassette cannot be begun; says which file and what to do."""


class CassetteWriter:
    """Appends to one new cassette; with `path` None nothing is kept.

    `clock_us` gives microseconds since the tap began. The meta line is written with the first answer, because
    only an answer tells the provenance; until then lines wait in memory. Raises CassetteError when the file
    exists.
    """

    def __init__(self, path: Path | None, redactor: Redactor, clock_us: Callable[[], int]) -> None:
        self._redactor = redactor
        self._clock_us = clock_us
        self._blobs: dict[bytes, str] = {}
        self._seq = 0
        self._waiting: list[bytes] | None = []
        self._file = None if path is None else _new_file(path)

    def meta(self, provenance: str | None, model: str | None, claude_code: str | None) -> None:
        """Write the first line, then what waited for it. Later calls do nothing."""
        if self._waiting is None:
            return
        waiting, self._waiting = self._waiting, None
        head = {"type": "meta", "format": FORMAT, "provenance": provenance}
        known = self._redactor.value({"claude_code": claude_code, "model": model})
        self._write(_encode({**head, **known, "vars": {}}))
        for line in waiting:
            self._write(line)

    def request(self, turn: int, row: Row, headers: Mapping[str, str], body: Any) -> None:
        """One request as the client sent it; `row` says where it stands (path, lane, match)."""
        if self._file is not None:
            safe = self._redactor.value(row)
            self._add("request", turn, {**safe, "headers": self._kept(headers), "body": self._parts(body)})

    def event(self, turn: int, name: str, data: Any) -> None:
        """One server-sent event."""
        if self._file is not None:
            self._add("sse", turn, self._redactor.value({"event": name, "data": data}))

    def end(self, turn: int, headers: Mapping[str, str], attrs: Row, body: Any = None) -> None:
        """The end of an exchange: figures by their OpenTelemetry names; the body when it was not a stream."""
        if self._file is not None:
            row = {"attrs": attrs} if body is None else {"attrs": attrs, "body": body}
            self._add("end", turn, {"headers": self._kept(headers), **self._redactor.value(row)})

    def close(self) -> None:
        """Write what still waits and close the file."""
        if self._file is not None:
            if self._waiting:
                self.meta(None, None, None)
            os.close(self._file)
            self._file = None

    def _kept(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {name: self._redactor.text(headers[name]) for name in KEPT_HEADERS if name in headers}

    def _parts(self, body: Any) -> Any:
        """`body` with its long parts replaced by the blobs they are kept in."""
        if not isinstance(body, dict):
            return self._blob(body)
        parts: Row = {}
        for key, value in body.items():
            each = key == "messages" and isinstance(value, list)
            parts[self._redactor.text(key)] = (
                [self._blob(item) for item in value] if each else self._blob(value)
            )
        return parts

    def _blob(self, value: Any) -> Any:
        raw = json.dumps(value, ensure_ascii=False, sort_keys=True)
        if len(raw) <= BLOB_CHARACTERS:
            return self._redactor.value(value)
        seen = hashlib.sha256(_bytes(raw)).digest()
        if seen not in self._blobs:
            # History is sent again with every turn: only what is new is looked through and written.
            safe = self._redactor.value(value)
            text = json.dumps(safe, ensure_ascii=False, sort_keys=True)
            self._blobs[seen] = "sha256:" + hashlib.sha256(_bytes(text)).hexdigest()
            self._line(_encode({"type": "blob", "blob": self._blobs[seen], "data": safe}))
        return {"blob": self._blobs[seen]}

    def _add(self, kind: str, turn: int, row: Row) -> None:
        self._seq += 1
        head = {"type": kind, "seq": self._seq, "turn": turn, "at_us": self._clock_us()}
        self._line(_encode({**head, **row}))

    def _line(self, line: bytes) -> None:
        if self._waiting is None:
            self._write(line)
        else:
            self._waiting.append(line)

    def _write(self, line: bytes) -> None:
        if self._file is not None:
            os.write(self._file, line)


def _new_file(path: Path) -> int:
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise CassetteError(f"{path}: cannot begin a cassette: {error.strerror}; give a new name") from error


def _encode(row: Row) -> bytes:
    return _bytes(json.dumps(row, ensure_ascii=False)) + b"\n"


def _bytes(text: str) -> bytes:
    """UTF-8; half a surrogate pair, which JSON can hold and UTF-8 cannot, as its escape."""
    return text.encode("utf-8", "backslashreplace")
