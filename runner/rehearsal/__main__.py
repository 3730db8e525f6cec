"""`python -m runner.rehearsal`: one JSON config line on stdin, `ready` with the port on stdout.

It is gone when stdin closes. A cassette that cannot be played is a `kit_error` event and exit code 4.
Started by `runner.trial`.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from runner.rehearsal.script import CassetteError, load_script
from runner.rehearsal.server import Rehearsal
from runner.tap.lifeline import Lifeline, LifelineError, emitter

EXIT_KIT_ERROR = 4


class RehearsalConfig(BaseModel):
    """The config line."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cassette: Path = Field(description="folder that holds cassette.jsonl")
    pace: Literal["human", "fast"] = "human"
    fast_turns: frozenset[int] = Field(
        default=frozenset(),
        description="the user's turns, from 1, that are answered without waits at any pace",
    )
    port: int = Field(default=0, ge=0, le=65535, description="on 127.0.0.1; 0 takes a free one")
    model: str = Field(default="rehearsal", description="the name every answer carries")
    vars: dict[str, str] = Field(default_factory=dict, description="values of ${NAME} in the script")


async def serve() -> int:
    """Run until the parent closes stdin; gives the exit code."""
    emit = emitter(sys.stdout.buffer)
    lifeline = await Lifeline.attach()
    try:
        config = await lifeline.config(RehearsalConfig)
        script = load_script(config.cassette, config.vars)
    except (LifelineError, CassetteError) as error:
        emit({"event": "kit_error", "message": str(error)})
        return EXIT_KIT_ERROR
    application = Rehearsal(script, config.pace, config.model, config.fast_turns).application()
    runner = web.AppRunner(application, handler_cancellation=True, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", config.port)
        await site.start()
        emit({"event": "ready", "port": runner.addresses[0][1]})
        await lifeline.until_end()
    finally:
        await runner.cleanup()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(serve()))
