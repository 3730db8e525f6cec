"""`python -m runner.tap`: one JSON config line on stdin, events on stdout, gone when stdin closes.

Exit codes: 0 ended by its parent, 4 it could not start (`kit_error`), 5 the guard found something before the
start (`blocked`). Started by `runner.trial`.
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import datetime

import aiohttp
from aiohttp import web

from runner.tap.audit import Audit, AuditError
from runner.tap.cassette import CassetteError, CassetteWriter
from runner.tap.config import TapConfig
from runner.tap.gate import Gate
from runner.tap.guard import FileGuard, GuardError
from runner.tap.lifeline import Lifeline, LifelineError, emitter
from runner.tap.proxy import Tap
from runner.tap.redact import Redactor

EXIT_KIT_ERROR = 4
EXIT_BLOCKED = 5
SOCKET_MODE = 0o666
"""The agent may run as another user; the folder around the socket is what keeps others out."""
KEEP_ALIVE_S = 4.0
"""Shorter than any server's, so that no request is sent on a connection that is just being closed."""


async def main() -> int:
    """Run until the parent closes stdin; gives the exit code."""
    lifeline = await Lifeline.attach()
    try:
        config = await lifeline.config(TapConfig)
    except LifelineError as error:
        return _cannot_start(str(error), Redactor([]))
    redactor = Redactor(config.secrets, config.public)
    began = time.monotonic()
    try:
        audit = Audit(config.audit, lambda: datetime.now().astimezone())
        cassette = CassetteWriter(config.cassette, redactor, lambda: round((time.monotonic() - began) * 1e6))
    except (AuditError, CassetteError) as error:
        return _cannot_start(f"TAP-FILES {error}", redactor)
    try:
        return await _serve(config, lifeline, audit, cassette, redactor)
    finally:
        cassette.close()
        audit.close()


async def _serve(
    config: TapConfig, lifeline: Lifeline, audit: Audit, cassette: CassetteWriter, redactor: Redactor
) -> int:
    emit = emitter(sys.stdout.buffer, redactor.text)
    try:
        guard = FileGuard(config.guard, time.time_ns)
    except GuardError as error:
        return _cannot_start(f"TAP-G01 {error}", redactor)
    gate = Gate(guard, audit, emit)
    if await gate.blocked("start", 0) is not None:
        return EXIT_BLOCKED
    bounds = aiohttp.ClientTimeout(total=None, connect=config.connect_timeout_s)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_S),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=bounds,
        auto_decompress=False,
    ) as session:
        tap = Tap(config, session, gate, cassette, emit, redactor)
        runner = web.AppRunner(
            tap.application(), handler_cancellation=True, access_log=None, shutdown_timeout=0.2
        )
        await runner.setup()
        try:
            await web.UnixSite(runner, str(config.socket)).start()
            config.socket.chmod(SOCKET_MODE)
            emit({"event": "ready"})
            await lifeline.until_end()
        finally:
            await runner.cleanup()
    return 0


def _cannot_start(message: str, redactor: Redactor) -> int:
    emitter(sys.stdout.buffer, redactor.text)({"event": "kit_error", "message": message})
    return EXIT_KIT_ERROR


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
