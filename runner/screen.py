"""A pty seen as a person sees it: the emulated screen behind a pexpect process, and waits on what it shows.

Takes a running pexpect process (bytes mode); gives waits with deadlines, settling and typed input.
Called by the recorder's instructions; nothing here knows what Claude Code is.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import pexpect

if TYPE_CHECKING:  # the emulator's library takes 0.1 s to load: only who opens a screen pays for it
    from runner.terminal import Terminal

COLUMNS, ROWS = 100, 30
ECHO_S = 10.0
POLL_S = 0.02  # how long one read waits for output before conditions are looked at again

T = TypeVar("T")


class ScreenError(Exception):
    """Something expected did not come to the screen; `screen` holds what stood there instead."""

    def __init__(self, message: str, screen: str) -> None:
        super().__init__(message)
        self.screen = screen


class DeadlineExceeded(ScreenError):
    """A wait passed its deadline."""


class ProgramEnded(ScreenError):
    """The program behind the pty ended while something was still expected of it."""


class Aborted(Exception):
    """The caller asked to stop (endpoint error, guard, Ctrl-C); the reason is the message."""


class Screen:
    """The screen of one pexpect process.

    `abort` is asked on every poll and returns a reason to stop, or None. `clock` is monotonic seconds.
    Queries of the program (device attributes, modes) are answered until `hush()` is called: a reply that
    arrives after the program has left would be echoed by the shell as text.
    """

    def __init__(
        self,
        process: pexpect.spawn[bytes],
        abort: Callable[[], str | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._process = process
        self._abort = abort
        self._clock = clock
        self._replying = True
        self._terminal = self._emulator()
        self.began_at = clock()
        self.last_output_at = self.began_at
        self.bytes_seen = 0
        # What an earlier expect() read beyond its match is output too.
        self._show(process.buffer)
        process.buffer = b""

    def _emulator(self) -> Terminal:
        from runner.terminal import Terminal

        return Terminal(COLUMNS, ROWS, on_reply=self._reply)

    def _reply(self, answer: bytes) -> None:
        if self._replying:
            self._process.send(answer)

    def hush(self) -> None:
        """Stop answering terminal queries; call before the program that asks is told to leave."""
        self._replying = False

    def listen(self) -> None:
        """Answer terminal queries (again)."""
        self._replying = True

    def text(self) -> str:
        return self._terminal.text()

    def rows(self) -> list[str]:
        return self._terminal.rows()

    def pump(self) -> None:
        """Read what the program wrote within one poll and show it; raises ProgramEnded, Aborted."""
        reason = self._abort()
        if reason is not None:
            raise Aborted(reason)
        try:
            data = self._process.read_nonblocking(65536, timeout=POLL_S)
        except pexpect.TIMEOUT:
            return
        except pexpect.EOF as end:
            raise ProgramEnded("the program behind the screen ended", self.text()) from end
        self._show(data)

    def _show(self, data: bytes) -> None:
        self.last_output_at = self._clock()
        self.bytes_seen += len(data)
        self._terminal.feed(data)

    def wait(self, condition: Callable[[], T | None], what: str, deadline_s: float) -> T:
        """Pump until `condition()` gives something; DeadlineExceeded names `what` and carries the screen."""
        end = self._clock() + deadline_s
        while True:
            found = condition()
            if found is not None and found is not False:
                return found
            if self._clock() >= end:
                raise DeadlineExceeded(f"waited {deadline_s:g} s for {what}", self.text())
            self.pump()

    def wait_for_text(self, pattern: str, what: str, deadline_s: float) -> re.Match[str]:
        return self.wait(lambda: re.search(pattern, self.text(), re.MULTILINE), what, deadline_s)

    def settle(self, quiet_s: float, deadline_s: float) -> None:
        """Wait until nothing was written for `quiet_s`; counters that tick for ever hit the deadline."""
        self.wait(
            lambda: self._clock() - self.last_output_at >= quiet_s or None,
            f"{quiet_s:g} s of a quiet screen",
            deadline_s,
        )

    def rest(self, seconds: float) -> None:
        """Keep showing output for a while: the pause in which the audience reads."""
        end = self._clock() + seconds
        while self._clock() < end:
            self.pump()

    def send(self, keys: str) -> None:
        self._process.send(keys.encode())

    def type(self, strokes: list[tuple[float, str]]) -> None:
        """Type (pause in seconds before it, text) pairs and wait until all of it stands on the screen once more."""
        typed = squeezed("".join(chunk for _, chunk in strokes))
        before = squeezed(self.text()).count(typed)
        for pause_s, chunk in strokes:
            self.rest(pause_s)
            self.send(chunk)
        self.wait(
            lambda: squeezed(self.text()).count(typed) > before or None,
            f"the typed text to show: {typed[:40]}",
            ECHO_S,
        )


def squeezed(text: str) -> str:
    """Text without whitespace and box lines, NFC: equal whether or not the screen wrapped or framed it."""
    return re.sub(r"[\s\u2500-\u257f]+", "", unicodedata.normalize("NFC", text))
