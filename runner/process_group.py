"""A process group known by its first process: has it ended, and signals that cannot reach another group.

A number is reused once its process is reaped; the descriptor held here (pidfd) tells whose it is.
Called by `child` alone. Off Linux there are no descriptors, and the checks are as good as `kill -0`.
"""

from __future__ import annotations

import os
import selectors
import signal
import sys
import weakref


class ProcessGroupError(Exception):
    """A group may not be signalled; the message names it."""


class ProcessGroup:
    """The group of `pid`, which leads it. Threads may share it: the descriptor closes with the object."""

    def __init__(self, pid: int, name: str) -> None:
        self.pid = pid
        self.name = name
        self._pidfd = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
        if self._pidfd is not None:
            weakref.finalize(self, os.close, self._pidfd)

    @property
    def descriptor(self) -> int | None:
        """Becomes readable when the first process ends; None off Linux."""
        return self._pidfd

    def unreaped(self) -> bool:
        """Whether the first process runs or waits to be reaped: until then its number is its own."""
        try:
            if self._pidfd is None:
                os.kill(self.pid, 0)
            else:
                signal.pidfd_send_signal(self._pidfd, 0)
        except ProcessLookupError:
            return False
        return True

    def ended_within(self, timeout_s: float | None) -> bool:
        """Waits on the descriptor; True when the first process has ended."""
        if self._pidfd is None:
            return not self.unreaped()
        with selectors.DefaultSelector() as selector:
            selector.register(self._pidfd, selectors.EVENT_READ)
            return bool(selector.select(timeout_s))

    def signal(self, number: int) -> None:
        """Signals every process of the group, if its first one has not been reaped.

        Raises:
            ProcessGroupError: it belongs to another user.
        """
        if not self.unreaped():
            return
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return  # it has left its group, or never led one
        except PermissionError as error:
            # macOS says so of a group in which only zombies are left.
            if sys.platform == "linux":
                raise ProcessGroupError(
                    f"may not signal the process group {self.pid} of {self.name}"
                ) from error

    def stop(self, grace_s: float) -> None:
        """SIGTERM, `grace_s` seconds, SIGKILL; somebody else reaps it."""
        self.signal(signal.SIGTERM)
        if not self.ended_within(grace_s):
            self.signal(signal.SIGKILL)
