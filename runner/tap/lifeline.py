"""How a server process of the kit lives: one JSON config line on stdin, events on stdout, ends with stdin.

Used by `python -m runner.tap` and `python -m runner.rehearsal`; a parent that dies takes both with it.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Callable
from typing import IO, Any, TypeVar

from pydantic import BaseModel, ValidationError

MAX_CONFIG_BYTES = 4 * 1024 * 1024

Config = TypeVar("Config", bound=BaseModel)
Emit = Callable[[dict[str, Any]], None]


class LifelineError(Exception):
    """The parent did not hand over what the process needs; says which part."""


def unchanged(text: str) -> str:
    """The default `redact`: nothing to hide."""
    return text


def emitter(stream: IO[bytes], redact: Callable[[str], str] = unchanged) -> Emit:
    """A function that writes one event a line to `stream`, as UTF-8; string values pass `redact` first."""

    def emit(event: dict[str, Any]) -> None:
        safe = {key: redact(value) if isinstance(value, str) else value for key, value in event.items()}
        line = json.dumps(safe, ensure_ascii=False) + "\n"
        stream.write(line.encode("utf-8", "backslashreplace"))
        stream.flush()

    return emit


class Lifeline:
    """Standard input of this process: a config line now, its end later."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    @classmethod
    async def attach(cls) -> Lifeline:
        """Take over stdin, which must be a pipe."""
        reader = asyncio.StreamReader(limit=MAX_CONFIG_BYTES)
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        return cls(reader)

    async def config(self, model: type[Config]) -> Config:
        """The config line as `model`. Raises LifelineError when it is absent or wrong; values are never repeated."""
        line = await self._reader.readline()
        if not line.strip():
            raise LifelineError(
                "TAP-CONFIG stdin closed before the config line: send one JSON object on one line"
            )
        try:
            return model.model_validate_json(line)
        except ValidationError as error:
            wrong = error.errors(include_url=False, include_input=False)
            fields = (f"{'.'.join(map(str, each['loc'])) or 'the line'}: {each['msg']}" for each in wrong)
            raise LifelineError(f"TAP-CONFIG {'; '.join(fields)}") from None

    async def until_end(self) -> None:
        """Return when the parent closes stdin, or on SIGTERM or SIGINT."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        closed = asyncio.create_task(self._read_to_end())
        stopped = asyncio.create_task(stop.wait())
        _, waiting = await asyncio.wait({closed, stopped}, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()

    async def _read_to_end(self) -> None:
        while await self._reader.read(65536):
            pass
