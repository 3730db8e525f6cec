"""The tap's HTTP side: takes the client's requests, guards, forwards with the real key, passes answers on.

Only headers of an allow-list travel, in both directions. Every failure of the endpoint becomes one event and
one error the client understands, within the configured bounds. Called by `python -m runner.tap`.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler
from yarl import URL

from runner.tap import faults
from runner.tap.cassette import CassetteWriter
from runner.tap.config import TapConfig
from runner.tap.exchange import LIVE, Exchange
from runner.tap.faults import MESSAGES_PATH, Fault, error_body
from runner.tap.gate import Gate
from runner.tap.lifeline import Emit
from runner.tap.redact import Redactor

MAX_REQUEST_BYTES = 256 * 1024 * 1024
MAX_ERROR_BYTES = 256 * 1024
COUNT_TOKENS_PATH = "/v1/messages/count_tokens"
SENT_HEADERS = (
    "accept",
    "content-type",
    "user-agent",
    "anthropic-version",
    "anthropic-beta",
    "x-app",
    "x-stainless-retry-count",
)
RETURNED_HEADERS = ("content-type", "request-id", "retry-after", "x-should-retry", "x-swallow-provenance")

T = TypeVar("T")


class EndpointFailed(Exception):
    """The endpoint failed; carries the fault from where it was seen to where it is reported."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class Tap:
    """The proxy. `clock` gives seconds, monotonic; `emit` takes events."""

    def __init__(
        self,
        config: TapConfig,
        session: aiohttp.ClientSession,
        gate: Gate,
        cassette: CassetteWriter,
        emit: Emit,
        redactor: Redactor,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._session = session
        self._gate = gate
        self._cassette = cassette
        self._emit = emit
        self._redactor = redactor
        self._clock = clock
        self._turn = 0
        self._provenance: str | None = None

    def application(self) -> web.Application:
        """The aiohttp application; the caller binds it."""
        app = web.Application(client_max_size=MAX_REQUEST_BYTES, middlewares=[self._report_own_faults])
        app.router.add_post(MESSAGES_PATH, self._forwarded)
        app.router.add_post(COUNT_TOKENS_PATH, self._forwarded)
        app.router.add_get("/", self._root)
        app.router.add_route("*", "/{path:.*}", self._aside)
        return app

    @web.middleware
    async def _report_own_faults(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except (web.HTTPException, ConnectionError):
            raise
        except Exception as error:
            self._emit({"event": "kit_error", "message": f"TAP-INTERNAL {type(error).__name__}: {error}"})
            raise

    async def _root(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _aside(self, request: web.Request) -> web.Response:
        """What the client asks beside the work (telemetry, probes) never leaves this machine."""
        await request.read()
        if request.path.startswith("/api/"):
            return web.json_response({})
        return _error(404, "not_found_error", f"TAP-PATH {request.method} {request.path} is not forwarded")

    async def _forwarded(self, request: web.Request) -> web.StreamResponse:
        self._turn += 1
        turn = self._turn
        payload = await request.read()
        try:
            body = json.loads(payload)
        except ValueError as error:
            return _error(400, "invalid_request_error", f"TAP-BODY the request is not JSON: {error}")
        reason = await self._gate.blocked("request", turn)
        if reason is not None:
            return _error(400, "invalid_request_error", reason)
        exchange = Exchange(turn, request.path, self._config.upstream, self._cassette, self._clock)
        exchange.asked({name.lower(): value for name, value in request.headers.items()}, body)
        try:
            return await self._converse(request, payload, exchange)
        except EndpointFailed as failed:
            return self._report(failed.fault, exchange)
        except (asyncio.CancelledError, ConnectionError):
            exchange.close("client_left")
            raise

    async def _converse(self, request: web.Request, payload: bytes, exchange: Exchange) -> web.StreamResponse:
        """Send the request, pass on the answer. Raises EndpointFailed before anything reached the client."""
        bound = self._config.first_byte_timeout_s
        deadline = asyncio.get_running_loop().time() + bound
        response = await self._within(deadline, "answer", bound, self._send(request, payload))
        try:
            exchange.answered(response.status, {k.lower(): v for k, v in response.headers.items()})
            self._note_provenance(exchange)
            first = await self._within(deadline, "first byte", bound, response.content.readany())
            if response.headers.get("content-encoding", "identity") != "identity":
                raise EndpointFailed(Fault("server", response.status, "the endpoint compresses unasked"))
            if response.status >= 300:
                return await self._refused(response, first, exchange)
            return await self._relay(request, response, first, exchange)
        finally:
            response.close()

    def _send(self, request: web.Request, payload: bytes) -> Awaitable[aiohttp.ClientResponse]:
        headers = {name: request.headers[name] for name in SENT_HEADERS if name in request.headers}
        headers |= {"Accept-Encoding": "identity", "x-api-key": self._config.api_key}
        headers |= self._config.extra_headers
        url = URL(self._config.upstream + request.rel_url.raw_path_qs, encoded=True)
        return self._session.post(url, data=payload, headers=headers, allow_redirects=False)

    async def _within(self, deadline: float, what: str, bound_s: float, step: Awaitable[T]) -> T:
        """The result of one step of the HTTP client by `deadline` (loop time). Raises EndpointFailed."""
        try:
            async with asyncio.timeout_at(deadline):
                return await step
        except aiohttp.ClientError as error:
            where, bound = faults.address(self._config.upstream), self._config.connect_timeout_s
            raise EndpointFailed(faults.of_exception(error, where, bound)) from error
        except TimeoutError as error:
            raise EndpointFailed(faults.silent(what, bound_s)) from error

    async def _relay(
        self, request: web.Request, response: aiohttp.ClientResponse, chunk: bytes, exchange: Exchange
    ) -> web.StreamResponse:
        """Pass a good answer on as it comes; when it breaks on the way, break the client's connection too."""
        headers = {name: response.headers[name] for name in RETURNED_HEADERS if name in response.headers}
        out = web.StreamResponse(status=response.status, headers=headers)
        await out.prepare(request)
        idle = self._config.idle_timeout_s
        loop = asyncio.get_running_loop()
        fault: Fault | None = None
        try:
            while chunk:
                await out.write(chunk)
                exchange.received(chunk)
                chunk = await self._within(loop.time() + idle, "byte", idle, response.content.readany())
        except EndpointFailed as failed:
            fault = failed.fault
        fault = fault or exchange.finished()
        if fault is None:
            exchange.close(None)
            self._emit(exchange.summary())
        else:
            self._announce(fault, exchange)
            if not exchange.meter.errors:
                # Measured: the client tries again when a stream breaks; an error event it takes as final.
                request.protocol.force_close()
                return out
        await out.write_eof()
        return out

    async def _refused(
        self, response: aiohttp.ClientResponse, chunk: bytes, exchange: Exchange
    ) -> web.StreamResponse:
        """Answer the client for an answer that is not a success."""
        idle = self._config.idle_timeout_s
        loop = asyncio.get_running_loop()
        text = b""
        while chunk and len(text) < MAX_ERROR_BYTES:
            text += chunk
            exchange.received(chunk)
            chunk = await self._within(loop.time() + idle, "byte", idle, response.content.readany())
        shown = self._redactor.text(text.decode("utf-8", "replace"))
        fault = faults.of_status(response.status, exchange.path, shown, response.headers.get("location"))
        if fault is not None:
            return self._report(fault, exchange)
        words = faults.said(shown)
        exchange.close(f"http_{response.status}")
        if response.status == 400 and exchange.provenance != LIVE and words.startswith("TAP-"):
            self._emit({"event": "kit_error", "message": words})
        else:
            self._emit({**exchange.summary(), "error": words})
        return _error(response.status, "invalid_request_error", words)

    def _report(self, fault: Fault, exchange: Exchange) -> web.Response:
        """Tell parent, cassette and client of a fault that came before the client was answered."""
        self._announce(fault, exchange)
        message = self._redactor.text(f"TAP-ENDPOINT {fault.message}")
        response = _error(fault.client_status, fault.error_type, message)
        if fault.fatal:
            response.headers["x-should-retry"] = "false"
        return response

    def _announce(self, fault: Fault, exchange: Exchange) -> None:
        exchange.close(fault.kind)
        event = {"event": "endpoint_error", "seq": exchange.turn, "kind": fault.kind, "status": fault.status}
        self._emit({**event, "message": fault.message, "fatal": fault.fatal})

    def _note_provenance(self, exchange: Exchange) -> None:
        if exchange.provenance != self._provenance:
            self._provenance = exchange.provenance
            self._emit({"event": "provenance", "value": exchange.provenance})


def _error(status: int, kind: str, message: str) -> web.Response:
    return web.json_response(error_body(kind, message), status=status)
