"""Builds one dataset of argv[1] companies and prints what it took; a process of its own for benchmarks.dataset.

{seconds, cpu_seconds: of all processes, main_mb, worker_mb}: memory is resident, at its highest, of the main process
and of its largest worker (pages that it shares with the main process since it was forked counted in).
"""

from __future__ import annotations

import json
import re
import resource
import sys
import tempfile
import time
from pathlib import Path

from synthetic_pkg.dataset import build_folder
from synthetic_pkg.spec import DatasetSpec

SEED = 7


def main_mb() -> float:
    """This process's own peak: from /proc, since ru_maxrss starts at the parent's size."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024


def main() -> None:
    spec = DatasetSpec(companies=int(sys.argv[1]), level="standard")
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        build_folder(spec, SEED, Path(folder) / "out")
        seconds = time.perf_counter() - began
    workers, own = resource.getrusage(resource.RUSAGE_CHILDREN), resource.getrusage(resource.RUSAGE_SELF)
    taken = {
        "seconds": seconds,
        "cpu_seconds": sum(used.ru_utime + used.ru_stime for used in (own, workers)),
        "main_mb": main_mb(),
        "worker_mb": workers.ru_maxrss / 1024,
    }
    print(json.dumps(taken))


if __name__ == "__main__":
    main()
