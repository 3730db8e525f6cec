"""The corpus of clothes: right work in every form an accountant would accept, and near misses in the same clothes.

`CORRECT` and `NEAR_MISSES` name the pieces; `count()` judges them all with the verifier's own checks. For the tests
here and for the benchmark (`python -m tests.clothes`).
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.clothes import near_misses, report_clothes, report_misses, totals_clothes
from tests.clothes.work import Dressed, dressed, faults

CORRECT: dict[str, Dressed] = {
    **dressed(["totals"], totals_clothes.ALL),
    **dressed(["report"], report_clothes.ALL),
}
NEAR_MISSES: dict[str, Dressed] = {
    **dressed(["totals"], near_misses.TOTALS),
    **dressed(["report"], report_misses.ALL),
}


@dataclass(frozen=True)
class Counts:
    """How the whole corpus fared; the names are those that fared wrongly."""

    correct: int
    rejected: list[str]
    near_misses: int
    accepted: list[str]

    def __str__(self) -> str:
        return (
            f"clothes: {self.correct} correct, {len(self.rejected)} rejected; "
            f"{self.near_misses} near misses, {len(self.accepted)} accepted"
        )


def count() -> Counts:
    """Judge every piece in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        places = (Path(folder, str(number)) for number in range(len(CORRECT) + len(NEAR_MISSES)))
        rejected = [title for title, piece in CORRECT.items() if faults(piece, next(places))]
        accepted = [title for title, piece in NEAR_MISSES.items() if not faults(piece, next(places))]
    return Counts(len(CORRECT), rejected, len(NEAR_MISSES), accepted)
