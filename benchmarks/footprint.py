"""Builds one dataset of argv[1] companies and prints {seconds, cpu_seconds, tree_mb} for benchmarks.dataset.

cpu_seconds: of every process of the build. tree_mb: memory of all of them together at its highest, pages that several
share counted once (PSS), looked at every SAMPLE_S from outside: a thread in the build would change how it forks.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from synthetic_pkg.dataset import build_folder
from synthetic_pkg.spec import DatasetSpec

SEED, PROCESSES = 7, 2
SAMPLE_S = 0.1
PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


def tree_mb(process: int) -> float:
    """Memory of a process and all its descendants; one that ends meanwhile counts nothing."""
    try:
        found = PSS.search(Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii"))
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(found[1]) / 1024 if found else 0.0) + sum(tree_mb(int(child)) for child in children)


def watched(companies: int) -> dict[str, float]:
    """The build in a process of its own. CalledProcessError when it fails."""
    began, peak = time.perf_counter(), 0.0
    building = subprocess.Popen([sys.executable, "-m", "benchmarks.footprint", str(companies), "build"])
    while building.poll() is None:
        peak = max(peak, tree_mb(building.pid))
        time.sleep(SAMPLE_S)
    seconds = time.perf_counter() - began
    if building.returncode:
        raise subprocess.CalledProcessError(building.returncode, building.args)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"seconds": seconds, "cpu_seconds": used.ru_utime + used.ru_stime, "tree_mb": peak}


def build(companies: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        spec = DatasetSpec(companies=companies, level="standard")
        build_folder(spec, SEED, Path(folder) / "out", processes=PROCESSES)


if __name__ == "__main__":
    if sys.argv[2:] == ["build"]:
        build(int(sys.argv[1]))
    else:
        print(json.dumps(watched(int(sys.argv[1]))))
