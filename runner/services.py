"""The kit's own helper processes (tap, rehearsal endpoint, recorder): one JSON line in, JSON events out.

A service reads its configuration from stdin and ends when stdin closes, so it cannot outlive the trial, not
even over kill -9. It is spawned early and configured late: its imports run while the dataset is being built.
"""

from __future__ import annotations

import json
import queue
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from runner import child

STOP_GRACE_S = 2.0


class ServiceError(Exception):
    """A helper process of the kit did not come up or ended too early; the message carries its last words."""


class Blocked(Exception):
    """The guard found something before the start; the message says what and what to do."""


class Service:
    """One helper process; `events` grows as they arrive.

    Its standard error goes to `log`; `env` is added to a clean environment.
    """

    def __init__(
        self,
        module: str,
        log: Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.name = module
        self.events: list[dict[str, Any]] = []
        self._fresh: queue.Queue[dict[str, Any]] = queue.Queue()
        self._log = log
        self._stopping = False
        with log.open("wb") as stderr:
            self._child = child.start(
                [sys.executable, "-P", "-m", module],
                env={**child.clean_env(), **(env or {})},
                cwd=cwd,
                stdin=child.PIPE,
                stdout=child.PIPE,
                stderr=stderr,
            )
        assert self._child.stdin is not None and self._child.stdout is not None
        self._stdin: IO[bytes] = self._child.stdin
        self._reader = threading.Thread(target=self._read, args=(self._child.stdout,), daemon=True)
        self._reader.start()

    def _read(self, stdout: IO[bytes]) -> None:
        try:
            for line in stdout:
                event = json.loads(line)
                self.events.append(event)
                self._fresh.put(event)
        except ValueError as error:
            self.events.append({"event": "kit_error", "message": f"{self.name} said something else: {error}"})
        if not self._stopping:
            self.events.append({"event": "kit_error", "message": f"{self.name} ended: {self.last_words()}"})
        self._fresh.put({"event": "ended"})
        stdout.close()

    def configure(self, config: dict[str, Any]) -> None:
        """Send the one configuration line."""
        self.send(json.dumps(config, ensure_ascii=False))

    def send(self, line: str) -> None:
        try:
            self._stdin.write(line.encode() + b"\n")
            self._stdin.flush()
        except BrokenPipeError as gone:
            raise ServiceError(f"{self.name} has ended: {self.last_words()}") from gone

    def take_events(self, timeout_s: float) -> list[dict[str, Any]]:
        """What was said since the last call; waits up to `timeout_s` for a word. The last is {"event": "ended"}."""
        taken: list[dict[str, Any]] = []
        try:
            taken.append(self._fresh.get(timeout=timeout_s))
            while True:
                taken.append(self._fresh.get_nowait())
        except queue.Empty:
            return taken

    def wait_for(self, name: str, timeout_s: float) -> dict[str, Any]:
        """The first event called `name`; ServiceError when the process ends or the time passes before it."""
        end = time.monotonic() + timeout_s
        while (left_s := end - time.monotonic()) > 0:
            for event in self.take_events(left_s):
                if event["event"] == name:
                    return event
                if event["event"] in ("ended", "kit_error"):
                    raise ServiceError(event.get("message") or f"{self.name} ended: {self.last_words()}")
                if event["event"] == "blocked":
                    raise Blocked(event["message"])
        raise ServiceError(f"{self.name} was not {name} within {timeout_s:g} s: {self.last_words()}")

    def close_input(self) -> None:
        """Tell the process to end, without waiting for it."""
        self._stopping = True
        if not self._stdin.closed:
            with suppress(BrokenPipeError):  # it has ended by itself; what it said has been read
                self._stdin.close()

    def stop(self) -> None:
        """Close stdin, which tells the process to end; then by its pid. All its events are read after this."""
        self.close_input()
        self._child.stop(STOP_GRACE_S)
        self._reader.join(STOP_GRACE_S)

    def last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "no message"
