"""`python -m benchmarks [--all]`: every benchmark, one table each, one bench.json of {name, figure, target, ok}.

--all adds those that take minutes. bench.json is written anew after each part, so that what was measured stays.
Exit code 1 when a target is missed, 2 when a program that a part needs is not there.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import dataset, film, grading, overhead

BENCH = overhead.ROOT / "bench.json"
COLUMNS = ("name", "figure", "target", "ok")
Rows = list[dict[str, Any]]


def show(title: str, rows: Rows) -> None:
    table = Table(*COLUMNS, title=title)
    for row in rows:
        table.add_row(*("" if row[key] is None else str(row[key]) for key in COLUMNS))
    Console().print(table)


def parts(everything: bool) -> list[tuple[str, Callable[[], Rows]]]:
    """What is measured, in order: title, and the function that gives its rows."""
    usual: list[tuple[str, Callable[[], Rows]]] = [
        ("whole runs", overhead.measure_both),
        ("books", dataset.measure),
        ("film", film.measure),
        ("verdict", lambda: grading.measure(everything)),
    ]
    long: list[tuple[str, Callable[[], Rows]]] = [
        ("datasets of 900 against 90", dataset.measure_growth),
        ("film of half an hour", film.measure_growth),
    ]
    return usual + (long if everything else [])


def main() -> int:
    missing = film.what_is_missing()
    if missing:
        print(f"bench: {missing}", file=sys.stderr)
        return 2
    rows: Rows = []
    todo = parts("--all" in sys.argv[1:])
    for number, (title, measure) in enumerate(todo, start=1):
        print(f"[{number}/{len(todo)}] {title} …", flush=True)
        began = time.monotonic()
        found = measure()
        show(f"{title}, measured in {time.monotonic() - began:.0f} s", found)
        rows += found
        BENCH.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    missed = [row["name"] for row in rows if row["ok"] is False]
    print(f"bench.json: {len(rows)} figures, missed targets: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
