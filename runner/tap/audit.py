"""`audit.jsonl`: one row a decision of the guard, appended before the decision takes effect.

Rows name rules, files and counts, never what stands in a file. Called by `runner.tap.proxy`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Literal

from runner.tap.guard import RULE


class AuditError(Exception):
    """The audit cannot be begun; says which file."""


class Audit:
    """Appends to one file; `clock` gives the time of day."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise AuditError(f"{path}: the audit cannot be written: {error.strerror}") from error

    def row(
        self,
        stage: Literal["start", "request"],
        turn: int,
        verdict: Literal["allow", "block"],
        files: int,
        blocked: list[str],
        reason: str,
        took_ms: float,
    ) -> None:
        """One decision: `turn` is the exchange (0 before the first), `took_ms` what the look cost."""
        row = {
            "type": "guard",
            "at": self._clock().isoformat(timespec="milliseconds"),
            "stage": stage,
            "turn": turn,
            "rule": RULE,
            "verdict": verdict,
            "files": files,
            "blocked": blocked,
            "reason": reason,
            "took_ms": round(took_ms, 2),
        }
        os.write(self._file, json.dumps(row, ensure_ascii=False).encode() + b"\n")

    def close(self) -> None:
        os.close(self._file)
