"""Reads a child's pipes while it runs, keeping the end of each: no thread, no deadlock, no unbounded memory.

Takes the pipes and the descriptor that tells the child's end; gives bytes. Called by `child.run`.
"""

from __future__ import annotations

import os
import selectors
import time
from collections import deque
from collections.abc import Mapping
from typing import IO

CHUNK = 1 << 16
# Once the child has ended its pipes are read at most this long: a descendant that left its session could
# hold them open for ever.
DRAIN_S = 0.5
# Off Linux nothing wakes us when the child ends.
POLL_S = 0.05


class Tail:
    """The last `limit` bytes of a stream, and how many were dropped before them."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.dropped = 0
        self._chunks: deque[bytes] = deque()
        self._kept = 0

    def add(self, chunk: bytes) -> None:
        self._chunks.append(chunk)
        self._kept += len(chunk)
        while self._kept > self.limit:
            over = self._kept - self.limit
            first = self._chunks.popleft()
            if len(first) > over:
                self._chunks.appendleft(first[over:])
            gone = min(over, len(first))
            self._kept -= gone
            self.dropped += gone

    def value(self) -> bytes:
        return b"".join(self._chunks)


class PipeReader:
    """Feeds each pipe into its tail."""

    def __init__(self, tails: Mapping[IO[bytes], Tail]) -> None:
        self._tails = tails
        self._open = set(tails)
        for stream in tails:
            os.set_blocking(stream.fileno(), False)

    def read(self, until: float, end: int | None) -> None:
        """Reads what is there, or waits for it until `until` (monotonic seconds) or the child's end.

        Args:
            end: the descriptor that becomes readable when the child ends, if there is one.
        """
        timeout_s = max(0.0, until - time.monotonic())
        with selectors.DefaultSelector() as selector:
            for stream in self._open:
                selector.register(stream, selectors.EVENT_READ)
            if end is not None:
                selector.register(end, selectors.EVENT_READ)
            else:
                timeout_s = min(timeout_s, POLL_S)
            ready = {key.fd for key, _ in selector.select(timeout_s)}
        for stream in [stream for stream in self._open if stream.fileno() in ready]:
            chunk = os.read(stream.fileno(), CHUNK)
            if chunk:
                self._tails[stream].add(chunk)
            else:
                self._open.discard(stream)

    def drain(self) -> None:
        """Reads what is left of a child that has ended."""
        until = time.monotonic() + DRAIN_S
        while self._open and time.monotonic() < until:
            self.read(until, None)
