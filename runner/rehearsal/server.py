"""The rehearsal endpoint's HTTP side: takes Messages API requests, speaks lines of a script in time.

Every answer, errors included, says `x-swallow-provenance: authored`. Called by `python -m runner.rehearsal`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from typing import Any, Literal

from aiohttp import web

from runner.rehearsal.matching import Miss, find_line
from runner.rehearsal.script import Call, Line, Script
from runner.rehearsal.speech import Timed, encode, estimated_tokens, speak, whole
from runner.tap.conversation import ConversationError, Position, read_position

PROVENANCE = {"x-swallow-provenance": "authored"}
MAX_REQUEST_BYTES = 256 * 1024 * 1024
AUXILIARY_TEXT = "リハーサル"
"""What a question beside the work (a title, a probe) is answered with."""


class Rehearsal:
    """Plays `script` at `pace`, the user's turns in `fast_turns` at once; the model's name is always `model`."""

    def __init__(
        self,
        script: Script,
        pace: Literal["human", "fast"],
        model: str,
        fast_turns: frozenset[int] = frozenset(),
    ) -> None:
        self._script = script
        self._paced = pace == "human"
        self._fast_turns = fast_turns
        self._model = model

    def application(self) -> web.Application:
        """The aiohttp application; the caller binds it."""
        app = web.Application(client_max_size=MAX_REQUEST_BYTES)
        app.router.add_post("/v1/messages", self._messages)
        app.router.add_post("/v1/messages/count_tokens", self._count_tokens)
        app.router.add_get("/", self._root)
        app.router.add_route("*", "/{path:.*}", self._unknown)
        return app

    async def _root(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"}, headers=PROVENANCE)

    async def _unknown(self, request: web.Request) -> web.Response:
        return _error(404, "not_found_error", f"the rehearsal has no {request.method} {request.path}")

    async def _count_tokens(self, request: web.Request) -> web.Response:
        return web.json_response({"input_tokens": estimated_tokens(await request.text())}, headers=PROVENANCE)

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        text = await request.text()
        try:
            body = json.loads(text)
            position = read_position(body)
            line = find_line(self._script, position) if position.lane == "main" else _aside(body, position)
        except (ValueError, ConversationError) as error:
            return _error(400, "invalid_request_error", f"TAP-BODY the request cannot be read: {error}")
        except Miss as miss:
            return _error(400, "invalid_request_error", str(miss))
        tokens = estimated_tokens(text)
        if body.get("stream") is not True:
            return web.json_response(whole(line, self._model, tokens), headers=PROVENANCE)
        paced = self._paced and position.turn not in self._fast_turns
        return await self._stream(request, speak(line, self._script.meta.pace, self._model, tokens), paced)

    async def _stream(self, request: web.Request, events: Iterable[Timed], paced: bool) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={**PROVENANCE, "Content-Type": "text/event-stream; charset=utf-8"}
        )
        clock = asyncio.get_running_loop().time
        start = clock()
        await response.prepare(request)
        for timed in events:
            if paced and (wait := start + timed.at_s - clock()) > 0:
                await asyncio.sleep(wait)
            await response.write(encode(timed.event))
        await response.write_eof()
        return response


def _aside(body: dict[str, Any], position: Position) -> Line:
    """The built-in answer of the auxiliary lane; JSON when a schema is asked for."""
    wants_json = "json" in json.dumps(body.get("output_config", body.get("output_format", "")))
    text = json.dumps({"title": AUXILIARY_TEXT}, ensure_ascii=False) if wants_json else AUXILIARY_TEXT
    no_call: Call | None = None
    return Line(0, position.turn, position.user, (), (), text, no_call, cps=1000.0, ttft_ms=0)


def _error(status: int, kind: str, message: str) -> web.Response:
    body = {"type": "error", "error": {"type": kind, "message": message}}
    return web.json_response(body, status=status, headers=PROVENANCE)
