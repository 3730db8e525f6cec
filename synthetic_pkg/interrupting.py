"""Signals that ask a command to end, answered once and in order. For the command lines of this checkout."""

from __future__ import annotations

import signal
from types import FrameType

ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def interrupt_once() -> None:
    """The first Ctrl-C, SIGTERM or SIGHUP raises KeyboardInterrupt. Further ones are ignored, so that they cannot cut
    short what clears up after it; that must be bounded."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        for number in ASKING:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in ASKING:
        signal.signal(number, interrupt)
