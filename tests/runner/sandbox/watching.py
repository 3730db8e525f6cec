"""What the tests of the sandbox look for on the host: a canary, and processes that should have ended."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

CANARY = "canary-4f1c9d"
PATIENCE_S = 10.0
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="about root")


def host_processes(marker: str) -> list[int]:
    """Processes of the host whose command line holds the marker; ours does not."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if marker.encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def gone(marker: str) -> bool:
    until = time.monotonic() + PATIENCE_S
    while host_processes(marker) and time.monotonic() < until:
        time.sleep(0.02)
    return not host_processes(marker)
