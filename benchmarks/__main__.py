"""`python -m benchmarks [--all]`: every benchmark, one table each, one bench.json of {name, figure, target, ok}.

--all adds those that take minutes. Exit code 1 when a target is missed.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import dataset, film, grading, overhead

BENCH = overhead.ROOT / "bench.json"
COLUMNS = ("name", "figure", "target", "ok")


def show(title: str, rows: list[dict[str, Any]]) -> None:
    table = Table(*COLUMNS, title=title)
    for row in rows:
        table.add_row(*("" if row[key] is None else str(row[key]) for key in COLUMNS))
    Console().print(table)


def main() -> int:
    overhead.main()  # writes its own rows and prints them
    rows = json.loads(BENCH.read_text(encoding="utf-8"))
    books = dataset.measure()
    if "--all" in sys.argv[1:]:
        books += dataset.measure_growth()
    show("datasets", books)
    films = film.measure() + (film.measure_growth() if "--all" in sys.argv[1:] else [])
    show("film", films)
    verdicts = grading.measure("--all" in sys.argv[1:])
    show("verdict", verdicts)
    rows += books + films + verdicts
    BENCH.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    return 0 if all(row["ok"] is not False for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
