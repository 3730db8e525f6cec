"""Builds one dataset of argv[1] companies and prints {seconds, peak_mb}; a process of its own for benchmarks.dataset.

peak_mb: resident memory at its highest, of the largest process involved.
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


def peak_mb() -> float:
    """This process's own peak (/proc, since ru_maxrss starts at the parent's size) or its largest child's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    own = int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def main() -> None:
    spec = DatasetSpec(companies=int(sys.argv[1]), level="standard")
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        build_folder(spec, SEED, Path(folder) / "out")
        print(json.dumps({"seconds": time.perf_counter() - began, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
