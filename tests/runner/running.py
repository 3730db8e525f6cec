"""Whole runs of the command line in a process of their own, as a user starts them; shared by the trial tests."""

from __future__ import annotations

import fcntl
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from runner import child
from runner.cli import app
from runner.record import RunRecord, read_run

ROOT = Path(__file__).resolve().parents[2]
HELLO_SCENARIO = ROOT / "tests" / "data" / "hello.yaml"
RUN_S = 300.0
MODULE = (sys.executable, "-m", "runner.cli")
PROGRAM = (str(Path(sys.executable).with_name("swallow-demo")),)  # as the README calls it


@dataclass(frozen=True)
class Finished:
    """A run that ended: exit code, what it said, how long it took, and its take if it made one."""

    code: int
    out: str
    err: str
    wall_s: float
    take: Path | None

    @property
    def run(self) -> RunRecord:
        assert self.take is not None, f"no take was made: {self.err}"
        return read_run(self.take)


def cli(
    *arguments: str, env: dict[str, str] | None = None, cwd: Path = ROOT, program: tuple[str, ...] = MODULE
) -> Finished:
    """`swallow-demo ARGUMENTS`."""
    done = child.run(
        [*program, *arguments],
        env={**child.clean_env(), "COLUMNS": "120", **(env or {})},
        cwd=cwd,
        timeout_s=RUN_S,
    )
    assert not done.timed_out, done.stderr.decode()
    return Finished(done.returncode, done.stdout.decode(), done.stderr.decode(), done.wall_s, None)


def called(*arguments: str) -> Finished:
    """The same command in this process: a new one costs more than what a refusal does."""
    began = time.monotonic()
    done = CliRunner().invoke(app, [*arguments])
    return Finished(done.exit_code, done.stdout, done.stderr, time.monotonic() - began, None)


def run_scenario(
    scenario: str | Path, recordings: Path, *options: str, env: dict[str, str] | None = None
) -> Finished:
    """`swallow-demo run SCENARIO` at fast pace into `recordings`."""
    done = cli("run", str(scenario), "--pace", "fast", "--recordings", str(recordings), *options, env=env)
    takes = list(recordings.glob("*/*"))
    assert len(takes) <= 1, takes
    return Finished(done.code, done.out, done.err, done.wall_s, takes[0] if takes else None)


def run_once(shared: Path, name: str, *options: str) -> Finished:
    """`swallow-demo run pkg_batch OPTIONS` into `shared/name`: the first to ask runs it, all get what it gave."""
    home = shared / name
    home.mkdir(exist_ok=True)
    told = home / "finished.json"
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            done = cli("run", "pkg_batch", *options, "--recordings", str(home / "takes"), program=PROGRAM)
            told.write_text(json.dumps([done.code, done.out, done.err, done.wall_s]), encoding="utf-8")
    takes = list((home / "takes").glob("*/*"))
    assert len(takes) <= 1, takes
    return Finished(*json.loads(told.read_text(encoding="utf-8")), takes[0] if takes else None)


def everything_said(finished: Finished) -> str:
    """All that a run printed or wrote: where a secret would have leaked to."""
    texts = [finished.out, finished.err]
    if finished.take is not None:
        texts += [p.read_bytes().decode(errors="replace") for p in finished.take.rglob("*") if p.is_file()]
    return "\n".join(texts)
