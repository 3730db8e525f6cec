"""The verdict: what it costs beside the scripts' own run time, and how well it tells right work from wrong.

Gives rows of {name, figure, target, ok} to `python -m benchmarks`: a sample of mutants, the corpus of clothes, a
sample of causes; with --all every mutant and every cause. Cheats are held by the tests.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from rich.console import Console

from tests import clothes
from tests.cause_naming import inside, outside
from tests.cause_naming.rates import Bench, Rates, right_figures
from tests.cause_naming.rates import measure as measure_all_causes
from tests.graded_work import HELDOUT_SEED, SEEN_SEED, Grader, dataset, hand_in
from tests.mutants import OUTPUTS, SAMPLE, Counts, count, of_scripts
from tests.mutants.work import LABELS

BEYOND_SCRIPTS_S = 1.0
KILL_RATE, REJECTED, NAMED, FALSELY = 1.0, 0, 0.90, 0.02
ROUNDS = 3
EVERY = 6  # of the causes on the list, one in so many


def row(name: str, figure: float, target: float | None, ok: bool | None) -> dict[str, Any]:
    return {"name": name, "figure": round(figure, 3), "target": target, "ok": ok}


def measure(everything: bool = False) -> list[dict[str, Any]]:
    """About two minutes; with `everything` about fifteen."""
    rows: list[dict[str, Any]] = []
    for found in chain(cost(), kills(everything), corpus(), causes(everything)):
        print(f"  {found['name']}: {found['figure']}", flush=True)
        rows.append(found)
    return rows


def cost() -> Iterator[dict[str, Any]]:
    """Seconds from handed-in work to its verdict, less those of the slower dataset's scripts; the best of ROUNDS.

    Wall time, so other work of the machine counts too; own_cpu_s is what this process computed meanwhile.
    """
    beyond: list[float] = []
    own: list[float] = []
    for number in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            grader = Grader(Path(folder) / str(number), dataset(SEEN_SEED), dataset(HELDOUT_SEED))
            hand_in(grader.hand_out())
            began, computed = time.perf_counter(), time.process_time()
            verdict = grader.grade()
            wall_s = time.perf_counter() - began
            own.append(time.process_time() - computed)
            assert verdict.outcome == "passed", verdict.failed_checks
            beyond.append(wall_s - max(script_seconds(grader.folder / label) for label in LABELS))
    yield row("verdict.own_cpu_s", min(own), None, None)
    yield row("verdict.beyond_scripts_s", min(beyond), BEYOND_SCRIPTS_S, min(beyond) <= BEYOND_SCRIPTS_S)


def script_seconds(rerun: Path) -> float:
    """Wall seconds of the scripts of one rerun."""
    record = json.loads((rerun / "rerun.json").read_text(encoding="utf-8"))
    return float(sum(run["duration_s"] for run in record["evidence"]["scripts"]))


def kills(everything: bool) -> Iterator[dict[str, Any]]:
    """Of mutants of outputs and of scripts: how many were judged, and the share that was killed."""
    outputs = count((OUTPUTS if everything else SAMPLE).values())
    scripts = script_kills(of_scripts.SCRIPTS if everything else of_scripts.SAMPLE)
    survivors = [*outputs.survivors, *scripts.survivors]
    if survivors:
        Console().print("survivors:", *survivors)
    judged = outputs.judged + scripts.judged
    rate = (judged - len(survivors)) / judged
    yield row("verdict.mutants", judged, None, None)
    yield row("verdict.kill_rate", rate, KILL_RATE, rate >= KILL_RATE)


def script_kills(names: Iterable[str]) -> Counts:
    counts = Counts()
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            counts.judged += 1
            mutant = of_scripts.SCRIPTS[name]
            if not of_scripts.judge_script(mutant, Path(folder) / str(counts.judged)).killed:
                counts.survivors.append(name)
    return counts


def corpus() -> Iterator[dict[str, Any]]:
    """Right outputs in other clothes that were rejected, wrong ones in the same clothes that were accepted."""
    found = clothes.count()
    yield row("verdict.clothes", found.correct, None, None)
    yield row("verdict.clothes_rejected", len(found.rejected), REJECTED, not found.rejected)
    yield row("verdict.near_misses_accepted", len(found.accepted), REJECTED, not found.accepted)


def causes(everything: bool) -> Iterator[dict[str, Any]]:
    """How often the right cause is named on mistakes of the list, and a false one outside of it."""
    seen, other = dataset(SEEN_SEED), dataset(HELDOUT_SEED)
    listed, strange = measure_all_causes(seen, other) if everything else sample_of_causes(Bench(seen))
    yield row("verdict.causes", listed.total + strange.total, None, None)
    yield row("verdict.causes_named", listed.named, NAMED, listed.named >= NAMED)
    yield row("verdict.false_names", strange.falsely, FALSELY, strange.falsely <= FALSELY)


def sample_of_causes(bench: Bench) -> tuple[Rates, Rates]:
    author = bench.author
    listed = chain(
        islice(inside.scripts(author), 0, None, EVERY),
        islice(inside.together(author), 0, None, 4 * EVERY),
        inside.companies(author, random.Random(1), 12),
    )
    right = right_figures(bench, dataset(HELDOUT_SEED))
    return bench.rates(listed), bench.rates(outside.mutants(right, 2, 4))


if __name__ == "__main__":
    for found in measure("--all" in sys.argv[1:]):
        print(found)
