"""Server-sent events from bytes as they arrive, and what they say about the answer: tokens, model, times.

Pure: bytes and clock readings in, events and figures out. Called by `runner.tap.exchange`.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class ServerEvent:
    """One event; `data` is parsed JSON, or the text as it came when it is not JSON."""

    name: str
    data: Any


class EventParser:
    """Cuts a byte stream into events, wherever the chunks break."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._name = ""
        self._data: list[str] = []

    def feed(self, chunk: bytes) -> Iterator[ServerEvent]:
        """The events completed by `chunk`."""
        text = self._rest + self._decoder.decode(chunk)
        lines = text.split("\n")
        self._rest = lines.pop()
        for line in lines:
            event = self._line(line.removesuffix("\r"))
            if event is not None:
                yield event

    def _line(self, line: str) -> ServerEvent | None:
        if line:
            field_name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field_name == "event":
                self._name = value
            elif field_name == "data":
                self._data.append(value)
            return None
        if not self._data:
            self._name = ""
            return None
        text = "\n".join(self._data)
        name, self._name, self._data = self._name or "message", "", []
        try:
            return ServerEvent(name, json.loads(text))
        except ValueError:
            return ServerEvent(name, text)


@dataclass
class Meter:
    """Figures of one answer. Clock readings are seconds since the request was taken."""

    model: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    stop_reason: str | None = None
    first_chunk_s: float | None = None
    """First byte of the answer."""
    first_content_s: float | None = None
    """First delta of text, thinking or tool input."""
    last_content_s: float | None = None
    complete: bool = False
    """The answer has its last event, or is one whole JSON message."""
    errors: list[Any] = field(default_factory=list)
    """Data of `error` events."""

    def chunk(self, now_s: float) -> None:
        if self.first_chunk_s is None:
            self.first_chunk_s = now_s

    def event(self, event: ServerEvent, now_s: float) -> None:
        data = event.data if isinstance(event.data, dict) else {}
        if event.name == "content_block_delta":
            self.first_content_s = now_s if self.first_content_s is None else self.first_content_s
            self.last_content_s = now_s
        elif event.name == "message_start":
            self.message(data.get("message"))
        elif event.name == "message_delta":
            self.message({**_dict(data.get("delta")), "usage": data.get("usage")})
        elif event.name == "message_stop":
            self.complete = True
        elif event.name == "error":
            self.errors.append(event.data)

    def message(self, message: Any) -> None:
        """Take model, stop reason and usage from a message or a part of one; later values win."""
        message = _dict(message)
        usage = _dict(message.get("usage"))
        self.model = _known(message.get("model"), str, self.model)
        self.stop_reason = _known(message.get("stop_reason"), str, self.stop_reason)
        self.input_tokens = _known(usage.get("input_tokens"), int, self.input_tokens)
        self.output_tokens = _known(usage.get("output_tokens"), int, self.output_tokens)

    @property
    def tokens_per_second(self) -> float | None:
        """Output tokens over the time from the first to the last delta."""
        if self.output_tokens is None or self.first_content_s is None or self.last_content_s is None:
            return None
        seconds = self.last_content_s - self.first_content_s
        return self.output_tokens / seconds if seconds > 0 else None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _known(value: Any, kind: type[T], before: T | None) -> T | None:
    return value if isinstance(value, kind) else before
