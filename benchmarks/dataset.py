"""How fast books are written: 90 full books by two processes against raw XlsxWriter writing the same in one.

`measure` gives rows {name, figure, target, ok}; `measure_growth` sets 900 companies against 90, each in a process
of its own. Called by `python -m benchmarks`.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import cell_stream
from runner import child
from synthetic_pkg import comments, rendering
from synthetic_pkg.period import ARCHIVE_FOLDER
from synthetic_pkg.settle import settle
from synthetic_pkg.spec import DatasetSpec

ROOT = Path(__file__).resolve().parent.parent
BOOKS, SEED, ROUNDS = 90, 7, 5
RAW_RATIO = 0.75
TIME_GROWTH, MEMORY_GROWTH = 1.1, 1.2
GROWTH_TIMEOUT_S = 1800.0
AROUND = 2  # small builds before the large one, and as many after it


def row(name: str, figure: float, target: float | None = None) -> dict[str, Any]:
    ok = None if target is None else figure <= target
    return {"name": name, "figure": round(figure, 3), "target": target, "ok": ok}


def measure() -> list[dict[str, Any]]:
    """The best of ROUNDS rounds each, taken in turn so that a busy machine disturbs both alike."""
    world, _ = settle(
        DatasetSpec(companies=BOOKS, level="standard", irregularities={"R15": 0, "R13": 0}), SEED
    )
    books = world.books[:BOOKS]
    assert len(books) == BOOKS
    for book in books:
        comments.fill(book, world, SEED)
        book.put_on(None)  # open in memory for both sides
    streams = cell_stream.collect(books, world)
    gc.collect()
    gc.freeze()  # the streams are many objects; neither side shall pay for them
    ours, raw = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder)
            (out / ARCHIVE_FOLDER).mkdir()
            shared = rendering.Shared(world, SEED, "SYNTH-benchmark", out)
            began = time.perf_counter()
            with rendering.Writers(2) as writers:
                for _ in writers.write(shared, map(rendering.Job, books)):
                    pass
            ours.append(time.perf_counter() - began)
            began = time.perf_counter()
            for number, stream in enumerate(streams):
                cell_stream.write(stream, out / f"raw{number}.xlsx")
            raw.append(time.perf_counter() - began)
    cells = sum(len(sheet) for stream in streams for sheet in stream.cells)
    return [
        row("books.cells", cells),
        row("books.two_processes_s", min(ours)),
        row("books.raw_xlsxwriter_s", min(raw)),
        row("books.ratio_to_raw_xlsxwriter", min(ours) / min(raw), RAW_RATIO),
    ]


def measure_growth(large: int = 900) -> list[dict[str, Any]]:
    """Whole builds of `large` companies against BOOKS, in one run: time per company, memory of all processes.

    The small build is done before and after the large one, so that a busy machine disturbs both alike.
    """
    small = [_footprint(BOOKS) for _ in range(AROUND)]
    big = _footprint(large)
    small += [_footprint(BOOKS) for _ in range(AROUND)]
    usual = {name: statistics.median(taken[name] for taken in small) for name in big}
    rows = [
        row(f"build_{companies}.{name}" + ("_per_company" if per > 1 else ""), taken[name] / per)
        for companies, taken in ((BOOKS, usual), (large, big))
        for name, per in (("seconds", companies), ("cpu_seconds", companies), ("tree_mb", 1))
    ]
    return [
        *rows,
        *(
            row(
                f"build_{large}.{name}_per_company_ratio",
                big[name] / large / (usual[name] / BOOKS),
                TIME_GROWTH,
            )
            for name in ("seconds", "cpu_seconds")
        ),
        row(f"build_{large}.peak_memory_ratio", big["tree_mb"] / usual["tree_mb"], MEMORY_GROWTH),
    ]


def _footprint(companies: int) -> dict[str, float]:
    done = child.run(
        [sys.executable, "-m", "benchmarks.footprint", str(companies)],
        env=child.clean_env(),
        cwd=ROOT,
        timeout_s=GROWTH_TIMEOUT_S,
    )
    if done.returncode != 0:
        sys.exit(f"bench: building {companies} ended with {done.returncode}: {done.stderr.decode()}")
    taken: dict[str, float] = json.loads(done.stdout)
    print(f"  {companies} companies: {taken}", flush=True)
    return taken
