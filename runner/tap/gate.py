"""Asks the guard before anything leaves, writes down what it said, and turns every doubt into a block.

Called by `runner.tap.proxy` for each request and by `python -m runner.tap` before it is ready.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Literal

from runner.tap.audit import Audit
from runner.tap.guard import RULE, FileGuard, Finding, GuardError
from runner.tap.lifeline import Emit

LOOK_TIMEOUT_S = 20.0


class Gate:
    """The only way past the guard. `clock` gives seconds, monotonic."""

    def __init__(
        self, guard: FileGuard, audit: Audit, emit: Emit, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._guard = guard
        self._audit = audit
        self._emit = emit
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()

    async def blocked(self, stage: Literal["start", "request"], turn: int) -> str | None:
        """None when all is well, else the message to stop with; the event and the audit row are written."""
        async with self._one_at_a_time:
            began = self._clock()
            finding, reason = await self._look()
            took_ms = (self._clock() - began) * 1000
        if finding is not None and not finding.blocked:
            self._audit.row(stage, turn, "allow", finding.files, [], "", took_ms)
            return None
        message = finding.message if finding is not None else f"TAP-G01 {reason}; nothing was sent"
        files, paths = (finding.files, finding.blocked) if finding is not None else (0, [])
        self._audit.row(stage, turn, "block", files, paths, message, took_ms)
        path = paths[0] if paths else None
        self._emit({"event": "blocked", "rule": RULE, "path": path, "message": message})
        return message

    async def _look(self) -> tuple[Finding | None, str]:
        """What the guard found, or None and why it could not tell."""
        try:
            return await asyncio.wait_for(asyncio.to_thread(self._guard.look), LOOK_TIMEOUT_S), ""
        except TimeoutError:
            return None, f"the files could not be checked within {LOOK_TIMEOUT_S:g} s"
        except (GuardError, OSError) as error:
            return None, f"the files could not be checked: {error}"
