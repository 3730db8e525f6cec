"""Records a scenario's curated take anew; the take and its film replace recordings/SCENARIO/curated.

    python -m tools.curate SCENARIO

The take must have passed, be a rehearsal and hold no file too large to be tracked; else the one that was there stays.
Called by `make curate`.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from runner import child
from runner.record import CURATED, FILM, changed_files, read_run

ROOT = Path(__file__).resolve().parents[1]
MOST_BYTES = 2_000_000  # of a tracked file; tests/test_repository.py holds it
NOT_TRACKED = (".mp4", ".gif")
BAD_INPUT, KIT_ERROR = 2, 4


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.stderr.write("usage: python -m tools.curate SCENARIO\n")
        return BAD_INPUT
    (scenario,) = arguments
    (ROOT / ".cache").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="curate-", dir=ROOT / ".cache") as folder:
        code = swallow_demo("record", scenario, "--highlight", "--recordings", folder)
        takes = [path.parent for path in Path(folder).glob("*/*/run.json")]
        if code != 0 or not takes:
            return say(
                f"{scenario}: the take was not good; the curated one stays as it is", code or KIT_ERROR
            )
        if wrong := unfit(takes[0]):
            return say(f"{scenario}: {wrong}; the curated one stays as it is", KIT_ERROR)
        target = ROOT / "recordings" / takes[0].parent.name / CURATED
        replace(target, takes[0])
    sys.stdout.write(
        f"\n{target.relative_to(ROOT)}: look at every picture in {FILM}/, then commit the folder\n"
    )
    return 0


def unfit(take: Path) -> str | None:
    """Why a take cannot be the curated one."""
    run = read_run(take)
    if (run.outcome, run.provenance) != ("passed", "authored"):
        return f"outcome {run.outcome}, provenance {run.provenance}; only a rehearsal that passed is curated"
    if changed := changed_files(take, run):
        return f"{changed[0]} is not as recorded"
    large = [p for p in take.rglob("*") if p.suffix not in NOT_TRACKED and p.stat().st_size >= MOST_BYTES]
    return f"{large[0].relative_to(take)} is too large to be tracked" if large else None


def replace(target: Path, take: Path) -> None:
    """`take` takes the place of `target`, which is there in whole until then."""
    target.parent.mkdir(parents=True, exist_ok=True)
    old = target.with_name(f".{target.name}.old")
    if old.exists():
        shutil.rmtree(old)
    if target.exists():
        target.rename(old)
    take.rename(target)
    if old.exists():
        shutil.rmtree(old)


def swallow_demo(*arguments: str) -> int:
    return child.run_in_foreground([sys.executable, "-m", "runner.cli", *arguments], env=child.clean_env())


def say(message: str, code: int) -> int:
    sys.stderr.write(f"curate: {message}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
