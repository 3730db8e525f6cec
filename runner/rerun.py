"""Runs the agent's scripts again, alone: a fresh folder, pristine input, no network, no tap, bounded.

Takes the scripts, an input folder and limits; gives an output folder with what they wrote (regular files
only, tables calculated), the end of what they said, and `rerun.json`. Called by the trial, on the same and on
held-out data.
"""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from runner import child, sandbox
from runner.agent_python import AgentPython
from runner.calculation import calculate
from runner.folders import give_to, remove, size_of
from runner.gather import Bounds, Gathered, gather
from runner.rerun_notes import files_in, limits_hit, made_between
from runner.sandbox import GIB, MIB, Bind, Box, Limits, SandboxError
from runner.verdict import Calculation, RerunEvidence, ScriptRun

OUTPUT = "output"
INPUT = "input"
RECORD = "rerun.json"
AS_WRITTEN = "as_written"  # the originals of tables that had to be calculated
# 128 + the number is how a shell, and bubblewrap, report an end by signal.
SIGNAL_BASE = 128
START_TIMEOUT_S = 30.0
STDERR_TAIL_BYTES = 2000
MOST_IN_A_PACKAGE = 50


class RerunCancelledError(Exception):
    """The caller wants the rerun no more (Ctrl-C)."""


@dataclass(frozen=True)
class RerunLimits:
    """Bounds of one script. Plain pandas over 90 books takes up to 50 s, openpyxl minutes.

    `memory_bytes` is address space per process, `disk_bytes` all that the scripts leave in the work folder.
    """

    wall_s: float = 300.0
    cpu_s: int = 300
    memory_bytes: int = 4 * GIB
    processes: int = 64
    file_bytes: int = 256 * MIB
    open_files: int = 1024
    disk_bytes: int = 512 * MIB
    files: int = 2000
    said_bytes: int = 64 << 10


@dataclass(frozen=True)
class RerunResult:
    """A rerun's end: how each script ended, in their order, and what was brought out to `output`."""

    output: Path
    evidence: RerunEvidence
    gathered: Gathered
    limits: RerunLimits

    def as_json(self) -> dict[str, Any]:
        """The content of rerun.json."""
        return {
            "evidence": self.evidence.model_dump(mode="json"),
            "gathered": asdict(self.gathered),
            "limits": asdict(self.limits),
        }


def rerun(
    scripts: Sequence[Path],
    input_dir: Path,
    out_dir: Path,
    limits: RerunLimits | None = None,
    *,
    agent_python: AgentPython,
    scratch: Path,
    modules: Sequence[Path] = (),
    alone: bool = False,
    cancelled: Callable[[], bool] = lambda: False,
) -> RerunResult:
    """Runs each script in turn in one fresh folder; a later one runs even when an earlier one failed.

    Args:
        scripts: files on the host, outside the sandbox's reach; a missing one has no entry in the evidence.
        input_dir: copied, and read-only inside.
        out_dir: made here; gets output/, <script>.stdout.txt, <script>.stderr.txt and rerun.json, and as_written/
            with the originals of the tables in output/ that LibreOffice calculated.
        scratch: an existing folder for the time of the rerun.
        modules: further Python files, and folders of them, that the scripts may import; put beside them, not run.
        alone: every script has a fresh folder of its own, where nothing that another one wrote stands.
        cancelled: asked several times a second; True ends the script that runs and starts no other.

    Raises:
        RerunCancelledError: as `cancelled` said; nothing is written.
        SandboxError: the sandbox itself does not work; never because of what a script does.
    """
    limits = limits or RerunLimits()
    host = sandbox.preflight()
    runs: list[ScriptRun] = []
    gathered = Gathered()
    strays: list[str] = []
    present = [script for script in scripts if script.is_file()]
    with _fresh(scratch) as private:
        pristine = private / INPUT
        shutil.copytree(input_dir, pristine, copy_function=shutil.copyfile)
        give_to(pristine, host.agent_uid)
        out_dir.mkdir(parents=True, exist_ok=True)
        (out_dir / OUTPUT).mkdir(exist_ok=True)
        for number, group in enumerate([[script] for script in present] if alone else [present]):
            place = private / str(number)
            box = _box(place, [*scripts, *modules], pristine, limits, agent_python, host.agent_uid)
            if number == 0:
                _prove_start(box, place)
            desk = _Desk(place, box, limits, frozenset(path.name for path in (*scripts, *modules)))
            runs += [_run(script, desk, out_dir, cancelled) for script in group]
            strays += _bring_out(desk, out_dir / OUTPUT, gathered)
        calculation = _calculate(out_dir, private, cancelled)
        if cancelled():
            raise RerunCancelledError("cancelled while tables were calculated")
    evidence = RerunEvidence(scripts=runs, strays=sorted(set(strays)), calculation=calculation)
    result = RerunResult(out_dir / OUTPUT, evidence, gathered, limits)
    _write(out_dir / RECORD, json.dumps(result.as_json(), ensure_ascii=False, indent=1).encode() + b"\n")
    return result


@dataclass(frozen=True)
class _Desk:
    """A fresh folder, the box around it, and the names of the programs in it."""

    private: Path
    box: Box
    limits: RerunLimits
    programs: frozenset[str]

    @property
    def work(self) -> Path:
        return self.private / "work"


def _bring_out(desk: _Desk, target: Path, gathered: Gathered) -> list[str]:
    """Adds what the scripts of a folder wrote to `target` and to `gathered`; gives the paths of what strayed."""
    bounds = Bounds(desk.limits.files, desk.limits.file_bytes, desk.limits.disk_bytes)
    outputs = desk.work / OUTPUT
    if outputs.is_dir() and not outputs.is_symlink():
        found = gather(outputs, target, bounds)
    else:
        found = Gathered(refused={OUTPUT: "a script put something else in the folder's place"})
    gathered.files = sorted({*gathered.files, *found.files})
    gathered.refused |= found.refused
    gathered.bytes_in_all += found.bytes_in_all
    left = [path for path in files_in(desk.work, desk.programs) if not path.startswith(f"{OUTPUT}/")]
    return [*left, *(f"{OUTPUT}/{path}（取り出せないもの）" for path in found.refused)]


def _calculate(out_dir: Path, private: Path, cancelled: Callable[[], bool]) -> Calculation | None:
    """Puts calculated tables in the place of those without values, and keeps the originals beside output/."""
    ready = private / "calculated"
    calculation = calculate(out_dir / OUTPUT, ready, private, cancelled)
    for name in calculation.calculated if calculation else ():
        (out_dir / AS_WRITTEN).mkdir(exist_ok=True)
        (out_dir / OUTPUT / name).replace(out_dir / AS_WRITTEN / name)
        shutil.move(ready / name, out_dir / OUTPUT / name)
    return calculation


@contextmanager
def _fresh(scratch: Path) -> Iterator[Path]:
    private = Path(mkdtemp(prefix="rerun-", dir=scratch))
    try:
        yield private
    finally:
        remove(private)


def _box(
    private: Path,
    scripts: Sequence[Path],
    pristine: Path,
    limits: RerunLimits,
    agent_python: AgentPython,
    agent_uid: int | None,
) -> Box:
    work = private / "work"
    for folder in (private, work, work / OUTPUT, work / INPUT, private / "scripts"):
        folder.mkdir()
    binds = [Bind(work, sandbox.WORK, writable=True), Bind(pristine, f"{sandbox.WORK}/{INPUT}")]
    for script in scripts:
        if script.is_dir() and not script.is_symlink():
            (work / script.name).mkdir()
            copy = _copy_package(script, private / "scripts" / script.name)
            binds.append(Bind(copy, f"{sandbox.WORK}/{script.name}"))
        elif script.is_file():
            copy = private / "scripts" / script.name
            shutil.copyfile(script, copy)
            (work / script.name).touch()  # what the read-only script is bound over
            binds.append(Bind(copy, f"{sandbox.WORK}/{script.name}"))
    for folder in (work, private / "scripts"):
        give_to(folder, agent_uid)
    return Box(
        binds=[*sandbox.etc(private / "etc"), *agent_python.binds(), *binds],
        environment={
            **sandbox.shell_environment(),
            "HOME": "/tmp",
            **agent_python.environment(),
        },
        limits=Limits(
            cpu_s=limits.cpu_s,
            memory_bytes=limits.memory_bytes,
            processes=limits.processes,
            file_bytes=limits.file_bytes,
            open_files=limits.open_files,
            temporary_bytes=256 * MIB,
        ),
    )


def _copy_package(package: Path, target: Path) -> Path:
    """The Python files of a folder, at most 50 and two folders deep, and nothing else of what is in it."""
    target.mkdir()
    found = [file for pattern in ("*.py", "*/*.py") for file in sorted(package.glob(pattern))]
    for file in found[:MOST_IN_A_PACKAGE]:
        if file.is_file() and not file.is_symlink() and not file.parent.is_symlink():
            copy = target / file.relative_to(package)
            copy.parent.mkdir(exist_ok=True)
            shutil.copyfile(file, copy)
    return target


def _prove_start(box: Box, private: Path) -> None:
    """Python starts in this very box; whatever fails after that is the script's doing."""
    argv = [sandbox.PYTHON, "-I", "-S", "-c", ""]
    proof = child.run(sandbox.command(box, argv, private / "box.args"), timeout_s=START_TIMEOUT_S)
    if proof.returncode != 0:
        said = proof.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        raise SandboxError(f"Python does not start in the sandbox of the rerun: {said[-1]}")


def _run(script: Path, desk: _Desk, out_dir: Path, cancelled: Callable[[], bool]) -> ScriptRun:
    limits = desk.limits
    full = False

    def to_be_ended() -> bool:
        nonlocal full
        size, count = size_of(desk.work, at_most_files=limits.files)
        full = size > limits.disk_bytes or count >= limits.files
        return full or cancelled()

    before = files_in(desk.work, desk.programs)
    done = child.run(
        sandbox.command(desk.box, [sandbox.PYTHON, script.name], desk.private / "box.args"),
        timeout_s=limits.wall_s,
        max_output_bytes=limits.said_bytes,
        watch=to_be_ended,
        grace_s=0,
    )
    if cancelled():
        raise RerunCancelledError(f"cancelled while {script.name} ran")
    after = files_in(desk.work, desk.programs)
    said = {"stdout": f"{script.stem}.stdout.txt", "stderr": f"{script.stem}.stderr.txt"}
    _write(out_dir / said["stdout"], done.stdout)
    _write(out_dir / said["stderr"], done.stderr)
    limit = f"disk: {limits.disk_bytes} bytes, {limits.files} files" if full else _limit(done, limits)
    tail = done.stderr[-STDERR_TAIL_BYTES:].decode(errors="replace")
    return ScriptRun(
        script=script.name,
        exit_code=None if limit else done.returncode,
        timed_out=done.timed_out or _ended_by(done) == signal.SIGXCPU,
        limit=limit,
        hit=limits_hit(
            timed_out=done.timed_out,
            ended_by=_ended_by(done),
            disk_full=full,
            stderr_tail=tail,
            failed=done.returncode != 0,
            largest_file=max((size for size, _ in after.values()), default=0),
            file_bytes=limits.file_bytes,
        ),
        beside=list(before),
        made=made_between(before, after),
        duration_s=round(done.wall_s, 3),
        stdout=said["stdout"],
        stderr=said["stderr"],
        stderr_tail=tail,
    )


def _limit(done: child.Completed, limits: RerunLimits) -> str | None:
    """The limit, or else the signal, that ended a script, in words."""
    if done.timed_out:
        return f"wall time: {limits.wall_s:g} s"
    number = _ended_by(done)
    if number == signal.SIGXCPU:
        return f"CPU time: {limits.cpu_s} s"
    return number.name if number else None


def _ended_by(done: child.Completed) -> signal.Signals | None:
    number = -done.returncode if done.returncode < 0 else done.returncode - SIGNAL_BASE
    return signal.Signals(number) if number in {int(known) for known in signal.Signals} else None


def _write(file: Path, content: bytes) -> None:
    draft = file.with_name(f".{file.name}.tmp")
    draft.write_bytes(content)
    draft.replace(file)
