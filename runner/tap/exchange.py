"""One exchange with the endpoint as it happens: the request, every event of the answer, how it ended.

Takes bytes and clock readings from `runner.tap.proxy`; writes the cassette and gives the figures of
the `exchange` event.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from runner.tap.cassette import CassetteWriter
from runner.tap.conversation import ConversationError, read_position
from runner.tap.faults import MESSAGES_PATH, Fault, cut, not_the_api, of_stream_error
from runner.tap.stream import EventParser, Meter, ServerEvent

LIVE = "live"
NOT_LIVE = ("authored", "replay")
PROVENANCE_HEADER = "x-swallow-provenance"
_CLIENT_VERSION = re.compile(r"^claude-cli/(\S+)")


class Exchange:
    """From the client's request to the end of the answer. `clock` gives seconds, monotonic."""

    def __init__(
        self, turn: int, path: str, upstream: str, cassette: CassetteWriter, clock: Callable[[], float]
    ) -> None:
        self.turn = turn
        self.path = path
        self.meter = Meter()
        self.provenance: str | None = None
        self.status: int | None = None
        self.lane: str | None = None
        self._server = urlsplit(upstream).hostname or ""
        self._cassette = cassette
        self._clock = clock
        self._start = clock()
        self._headers: Mapping[str, str] = {}
        self._client: Mapping[str, str] = {}
        self._asked_model: str | None = None
        self._parser = EventParser()
        self._streams = False
        self._body = b""

    @property
    def now_s(self) -> float:
        return self._clock() - self._start

    def asked(self, headers: Mapping[str, str], body: Any) -> None:
        """The client's request."""
        self._client = headers
        row: dict[str, Any] = {"path": self.path}
        if isinstance(body, dict) and isinstance(body.get("model"), str):
            self._asked_model = body["model"]
        try:
            at = read_position(body)
        except ConversationError as error:
            row["match"] = {"error": str(error)}
        else:
            self.lane = at.lane
            row |= {"lane": at.lane, "match": {"turn": at.turn, "user": at.user, "tools_done": at.labels}}
        self._cassette.request(self.turn, row, headers, body)

    def answered(self, status: int, headers: Mapping[str, str]) -> None:
        """The head of the endpoint's answer."""
        self.status = status
        self.provenance = provenance_of(headers)
        self._headers = headers
        self._streams = headers.get("content-type", "").startswith("text/event-stream")

    def received(self, chunk: bytes) -> None:
        """A piece of the answer's body."""
        now = self.now_s
        self.meter.chunk(now)
        if not self._streams:
            self._body += chunk
            return
        for event in self._parser.feed(chunk):
            self._note(event, now)

    def _note(self, event: ServerEvent, now_s: float) -> None:
        self.meter.event(event, now_s)
        self._begin_cassette()
        self._cassette.event(self.turn, event.name, event.data)

    def finished(self) -> Fault | None:
        """The body has ended. Gives the fault that only its content shows, if there is one."""
        if not self._streams:
            data = self.body
            if isinstance(data, dict) and data.get("type") == "message":
                self.meter.message(data)
                return None
            return not_the_api(self.status, str(self.body)) if self.path == MESSAGES_PATH else None
        if self.meter.errors:
            return of_stream_error(self.meter.errors[0])
        return None if self.meter.complete else cut("no message_stop")

    @property
    def body(self) -> Any:
        """The body of an answer that is not a stream: parsed JSON, else text; None when there is none."""
        if not self._body:
            return None
        try:
            return json.loads(self._body)
        except ValueError:
            return self._body.decode("utf-8", "replace")

    def close(self, error_type: str | None) -> None:
        """Write the end of the exchange; `error_type` says how it failed."""
        self._begin_cassette()
        meter = self.meter
        attrs = {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": self._asked_model,
            "gen_ai.response.model": meter.model,
            "gen_ai.response.finish_reasons": [meter.stop_reason] if meter.stop_reason else None,
            "gen_ai.usage.input_tokens": meter.input_tokens,
            "gen_ai.usage.output_tokens": meter.output_tokens,
            "gen_ai.response.time_to_first_chunk": _seconds(meter.first_chunk_s),
            "http.response.status_code": self.status,
            "server.address": self._server,
            "error.type": error_type,
            "tap.provenance": self.provenance,
            "tap.ttft_content": _seconds(meter.first_content_s),
            "tap.tokens_per_second": _seconds(meter.tokens_per_second),
            "tap.duration": _seconds(self.now_s),
        }
        known = {name: value for name, value in attrs.items() if value is not None}
        self._cassette.end(self.turn, self._headers, known, self.body)

    def summary(self) -> dict[str, Any]:
        """The `exchange` event; seconds."""
        meter = self.meter
        return {
            "event": "exchange",
            "seq": self.turn,
            "path": self.path,
            "lane": self.lane,
            "status": self.status,
            "ttft_s": _seconds(meter.first_content_s),
            "duration_s": _seconds(self.now_s),
            "input_tokens": meter.input_tokens,
            "output_tokens": meter.output_tokens,
            "tokens_per_second": _seconds(meter.tokens_per_second),
            "stop_reason": meter.stop_reason,
            "model": meter.model,
            "provenance": self.provenance,
        }

    def _begin_cassette(self) -> None:
        version = _CLIENT_VERSION.match(self._client.get("user-agent", ""))
        self._cassette.meta(self.provenance, self.meter.model, version[1] if version else None)


def provenance_of(headers: Mapping[str, str]) -> str:
    """What an answer says of itself: silence is `live`; a word we do not know is never taken for a model."""
    word = headers.get(PROVENANCE_HEADER, LIVE)
    return word if word in (LIVE, *NOT_LIVE) else NOT_LIVE[0]


def _seconds(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
