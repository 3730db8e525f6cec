"""Runs the agent's scripts again, alone: a fresh folder, pristine input, no network, no tap, bounded.

Takes the scripts, an input folder and limits; gives an output folder with what they wrote (regular files
only), the end of what they said, and `rerun.json`. Called by the trial, on the same and on held-out data.
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
from runner.folders import give_to, remove, size_of
from runner.gather import Bounds, Gathered, gather
from runner.sandbox import GIB, MIB, Bind, Box, Limits, SandboxError
from runner.verdict import RerunEvidence, ScriptRun

OUTPUT = "output"
INPUT = "input"
RECORD = "rerun.json"
# 128 + the number is how a shell, and bubblewrap, report an end by signal.
SIGNAL_BASE = 128
START_TIMEOUT_S = 30.0
STDERR_TAIL_BYTES = 2000


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
    cancelled: Callable[[], bool] = lambda: False,
) -> RerunResult:
    """Runs each script in turn in one fresh folder; a later one runs even when an earlier one failed.

    Args:
        scripts: files on the host, outside the sandbox's reach; a missing one has no entry in the evidence.
        input_dir: copied, and read-only inside.
        out_dir: made here; gets output/, <script>.stdout.txt, <script>.stderr.txt and rerun.json.
        scratch: an existing folder for the time of the rerun.
        modules: further Python files that the scripts may import; put beside them, not run.
        cancelled: asked several times a second; True ends the script that runs and starts no other.

    Raises:
        RerunCancelledError: as `cancelled` said; nothing is written.
        SandboxError: the sandbox itself does not work; never because of what a script does.
    """
    limits = limits or RerunLimits()
    host = sandbox.preflight()
    with _fresh(scratch) as private:
        box = _box(private, [*scripts, *modules], input_dir, limits, agent_python, host.agent_uid)
        _prove_start(box, private)
        out_dir.mkdir(parents=True, exist_ok=True)
        present = [script for script in scripts if script.is_file()]
        runs = [_run(script, box, private, out_dir, limits, cancelled) for script in present]
        work = private / "work"
        bounds = Bounds(limits.files, limits.file_bytes, limits.disk_bytes)
        outputs = work / OUTPUT
        if outputs.is_dir() and not outputs.is_symlink():
            gathered = gather(outputs, out_dir / OUTPUT, bounds)
        else:
            gathered = Gathered(refused={OUTPUT: "a script put something else in the folder's place"})
            (out_dir / OUTPUT).mkdir(exist_ok=True)
    result = RerunResult(out_dir / OUTPUT, RerunEvidence(scripts=runs), gathered, limits)
    _write(out_dir / RECORD, json.dumps(result.as_json(), ensure_ascii=False, indent=1).encode() + b"\n")
    return result


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
    input_dir: Path,
    limits: RerunLimits,
    agent_python: AgentPython,
    agent_uid: int | None,
) -> Box:
    work = private / "work"
    for folder in (work, work / OUTPUT, work / INPUT, private / "scripts"):
        folder.mkdir()
    pristine = private / INPUT
    shutil.copytree(input_dir, pristine, copy_function=shutil.copyfile)
    binds = [Bind(work, sandbox.WORK, writable=True), Bind(pristine, f"{sandbox.WORK}/{INPUT}")]
    for script in scripts:
        if script.is_file():
            copy = private / "scripts" / script.name
            shutil.copyfile(script, copy)
            (work / script.name).touch()  # what the read-only script is bound over
            binds.append(Bind(copy, f"{sandbox.WORK}/{script.name}"))
    for folder in (work, pristine, private / "scripts"):
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


def _prove_start(box: Box, private: Path) -> None:
    """Python starts in this very box; whatever fails after that is the script's doing."""
    argv = [sandbox.PYTHON, "-I", "-S", "-c", ""]
    proof = child.run(sandbox.command(box, argv, private / "box.args"), timeout_s=START_TIMEOUT_S)
    if proof.returncode != 0:
        said = proof.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        raise SandboxError(f"Python does not start in the sandbox of the rerun: {said[-1]}")


def _run(
    script: Path,
    box: Box,
    private: Path,
    out_dir: Path,
    limits: RerunLimits,
    cancelled: Callable[[], bool],
) -> ScriptRun:
    work = private / "work"
    full = False

    def to_be_ended() -> bool:
        nonlocal full
        size, count = size_of(work, at_most_files=limits.files)
        full = size > limits.disk_bytes or count >= limits.files
        return full or cancelled()

    done = child.run(
        sandbox.command(box, [sandbox.PYTHON, script.name], private / "box.args"),
        timeout_s=limits.wall_s,
        max_output_bytes=limits.said_bytes,
        watch=to_be_ended,
        grace_s=0,
    )
    if cancelled():
        raise RerunCancelledError(f"cancelled while {script.name} ran")
    said = {"stdout": f"{script.stem}.stdout.txt", "stderr": f"{script.stem}.stderr.txt"}
    _write(out_dir / said["stdout"], done.stdout)
    _write(out_dir / said["stderr"], done.stderr)
    limit = f"disk: {limits.disk_bytes} bytes, {limits.files} files" if full else _limit(done, limits)
    return ScriptRun(
        script=script.name,
        exit_code=None if limit else done.returncode,
        timed_out=done.timed_out or _ended_by(done) == signal.SIGXCPU,
        limit=limit,
        duration_s=round(done.wall_s, 3),
        stderr_tail=done.stderr[-STDERR_TAIL_BYTES:].decode(errors="replace"),
        **said,
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
