"""The kit's own helper processes (tap, rehearsal endpoint, recorder): one JSON line in, JSON events out.

A service reads its configuration from stdin and ends when stdin closes, so it cannot outlive the trial, not
even over kill -9. It is spawned early and configured late: its imports run while the dataset is being built.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from runner import child

STOP_GRACE_S = 2.0


class ServiceError(Exception):
    """A helper process of the kit did not come up or ended too early; the message carries its last words."""


class Service:
    """One helper process. `events` grows as they arrive; `on_event` is called from the reading thread."""

    def __init__(
        self,
        module: str,
        log: Path,
        cwd: Path | None = None,
        on_event: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        self.name = module
        self.events: list[dict[str, Any]] = []
        self._fresh: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._on_event = on_event
        self._log = log
        with log.open("wb") as stderr:
            self._child = child.start(
                [sys.executable, "-m", module],
                env=child.clean_env(),
                cwd=cwd,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
            )
        self._stdin: IO[bytes] = self._child.stdin
        self._reader = threading.Thread(target=self._read, args=(self._child.stdout,), daemon=True)
        self._reader.start()

    def _read(self, stdout: IO[bytes]) -> None:
        for line in stdout:
            event = json.loads(line)
            self.events.append(event)
            if self._on_event is not None:
                self._on_event(event)
            self._fresh.put(event)
        self._fresh.put(None)

    def configure(self, config: dict[str, Any]) -> None:
        """Send the one configuration line."""
        self.send(json.dumps(config, ensure_ascii=False))

    def send(self, line: str) -> None:
        try:
            self._stdin.write(line.encode() + b"\n")
            self._stdin.flush()
        except BrokenPipeError as gone:
            raise ServiceError(f"{self.name} has ended: {self._last_words()}") from gone

    def next_event(self, timeout_s: float) -> dict[str, Any] | None:
        """The next event in order, or None when the process has ended; ServiceError after `timeout_s`."""
        try:
            return self._fresh.get(timeout=timeout_s)
        except queue.Empty:
            raise ServiceError(f"{self.name} said nothing for {timeout_s:g} s: {self._last_words()}") from None

    def wait_for(self, name: str, timeout_s: float) -> dict[str, Any]:
        """The first event called `name`; ServiceError when the process ends or the time passes before it."""
        end = time.monotonic() + timeout_s
        while True:
            event = self.next_event(max(0.01, end - time.monotonic()))
            if event is None:
                raise ServiceError(f"{self.name} ended before {name!r}: {self._last_words()}")
            if event["event"] == name:
                return event

    def stop(self) -> None:
        """Close stdin, which tells the process to end; then by its pid. All its events are read after this."""
        if not self._stdin.closed:
            try:
                self._stdin.close()
            except BrokenPipeError:
                pass  # it has ended by itself; what it said has been read
        self._child.stop(STOP_GRACE_S)
        self._reader.join(STOP_GRACE_S)

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "no message"
