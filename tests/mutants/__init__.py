"""Mutants: right work made wrong in one way each, to test the verifier. A mutant that passes is a bug of the verifier.

`OUTPUTS` names those of outputs (no sandbox); `SAMPLE` is the part for every day, one of each family; `count` judges
any of them. Those of scripts stand in `tests.mutants.of_scripts`. For the tests here and the benchmark.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from tests.mutants import of_handing_in, of_mistakes, of_report, of_totals
from tests.mutants.work import Mutant, judge

OUTPUTS: dict[str, Mutant] = {
    mutant.name: mutant
    for mutant in chain(
        of_totals.mutants(), of_mistakes.mutants(), of_report.mutants(), of_handing_in.mutants()
    )
}
FAMILIES: dict[str, list[str]] = {}
for _mutant in OUTPUTS.values():
    FAMILIES.setdefault(_mutant.family, []).append(_mutant.name)


SAMPLE: dict[str, Mutant] = {
    names[len(names) // 2]: OUTPUTS[names[len(names) // 2]] for names in FAMILIES.values()
}


@dataclass
class Counts:
    """How many mutants were judged, and the names of those that were not caught."""

    judged: int = 0
    survivors: list[str] = field(default_factory=list)

    @property
    def kill_rate(self) -> float:
        """Killed / judged."""
        return (self.judged - len(self.survivors)) / self.judged


def count(mutants: Iterable[Mutant]) -> Counts:
    """Judge each in a folder of its own."""
    counts = Counts()
    with tempfile.TemporaryDirectory() as holder:
        for mutant in mutants:
            counts.judged += 1
            if not judge(mutant, Path(holder, str(counts.judged))).killed:
                counts.survivors.append(mutant.name)
    return counts
