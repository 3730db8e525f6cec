"""Starts every child process of the kit: clean environment, own session, ended by pid, never left behind.

Takes an argv; gives a `Child` (runs beside us) or a `Completed` (ran to its end, bounded in time and output).
Called by whatever needs a process: nothing inherits the caller's keys, tokens or proxies.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

import pexpect

from runner import starter_thread
from runner.child_output import PipeReader, Tail
from runner.process_group import ProcessGroup

PIPE = subprocess.PIPE
DEVNULL = subprocess.DEVNULL
STDOUT = subprocess.STDOUT

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
TIME_ZONE_FILE = Path("/usr/share/zoneinfo/Asia/Tokyo")


class ChildError(Exception):
    """A child process could not be started or did not end in time; the message names the program."""


class ChildTimeoutError(ChildError):
    """The child was still running when the time given was over. It has not been stopped."""


def clean_env(**extra: str) -> dict[str, str]:
    """The environment of a child: built here, never copied from ours, plus what the caller names.

    There is no HOME in it: a program that wants one is given one of the trial's folders.
    """
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{SYSTEM_PATH}",
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        # Without the time zone data "Asia/Tokyo" would silently mean UTC; the POSIX form needs no data.
        "TZ": "Asia/Tokyo" if TIME_ZONE_FILE.exists() else "JST-9",
    }
    return environment | extra


# --- starting -------------------------------------------------------------------------------------


def dies_with_us(argv: Sequence[str], path: str | None = None) -> list[str]:
    """`argv`, wrapped so that the kernel kills it when the process that starts it ends, even by kill -9.

    For programs that another library starts for us (asciinema-automation). The signal follows the *thread*
    that started the child, which is why `start` and `start_on_pty` use one thread that never ends. For about
    a millisecond after its start the child is not covered yet.

    Raises:
        ChildError: the program is not there.
    """
    program = shutil.which(argv[0], path=path or clean_env()["PATH"])
    if program is None:
        raise ChildError(f"program not found: {argv[0]}")
    if sys.platform != "linux":
        return [program, *argv[1:]]
    setpriv = shutil.which("setpriv", path=SYSTEM_PATH)
    if setpriv is None:
        raise ChildError("program not found: setpriv (install the package util-linux)")
    return [setpriv, "--pdeathsig", "KILL", "--", program, *argv[1:]]


class Child:
    """One process group, known by its first process. As a context manager it is ended on the way out."""

    def __init__(self, process: subprocess.Popen[bytes], argv: Sequence[str]) -> None:
        self.argv = list(argv)
        self.pid = process.pid
        self.stdin: IO[bytes] | None = process.stdin
        self.stdout: IO[bytes] | None = process.stdout
        self.stderr: IO[bytes] | None = process.stderr
        self._process = process
        self._group = ProcessGroup(process.pid, Path(argv[0]).name)
        self._lock = threading.Lock()
        _register(self)

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        for stream in (self.stdin, self.stdout, self.stderr):
            if stream is not None:
                stream.close()

    @property
    def name(self) -> str:
        return self._group.name

    @property
    def end_descriptor(self) -> int | None:
        """Becomes readable when the first process ends, for selectors; None off Linux."""
        return self._group.descriptor

    def poll(self) -> int | None:
        """The exit code (minus the number of the signal that ended it), None while it runs; never waits."""
        try:
            return self.wait(0)
        except ChildTimeoutError:
            return None

    def wait(self, timeout_s: float | None = None) -> int:
        """Waits for the first process; what it left behind in its group is killed before it is reaped.

        Raises:
            ChildTimeoutError: `timeout_s` passed; the child still runs.
        """
        if self._process.returncode is None and not self._ended_within(timeout_s):
            raise ChildTimeoutError(f"{self.name} (pid {self.pid}) still runs after {timeout_s} s")
        with self._lock:
            if self._process.returncode is None:
                self._group.signal(signal.SIGKILL)
                self._process.wait()
            _unregister(self)
        return self._process.returncode

    def stop(self, grace_s: float = 2.0) -> int:
        """Ends the whole group: SIGTERM, `grace_s` seconds, SIGKILL. Gives the exit code; may come twice."""
        if self.poll() is None:
            self._group.signal(signal.SIGTERM)
            try:
                return self.wait(grace_s)
            except ChildTimeoutError:
                self._group.signal(signal.SIGKILL)
        return self.wait()

    def _ended_within(self, timeout_s: float | None) -> bool:
        if self._group.descriptor is not None:
            return self._group.ended_within(timeout_s)
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return False
        return True


def start(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: int | IO[bytes] = DEVNULL,
    stdout: int | IO[bytes] | None = None,
    stderr: int | IO[bytes] | None = None,
) -> Child:
    """Starts a program beside us, in a session of its own; the kernel kills it when we end.

    Args:
        env: the whole environment; None means `clean_env()`.

    Raises:
        ChildError: the program or the working directory is not there.
    """
    environment = clean_env() if env is None else dict(env)
    command = dies_with_us(argv, environment.get("PATH"))

    def popen() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            env=environment,
            cwd=cwd,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )

    try:
        return Child(starter_thread.call(popen), argv)
    except OSError as error:
        raise ChildError(f"cannot start {argv[0]}: {error.strerror} ({error.filename})") from error


def start_on_pty(
    argv: Sequence[str], *, env: Mapping[str, str], cwd: Path | None = None, rows: int, columns: int
) -> pexpect.spawn[bytes]:
    """Starts a program on a pty of its own (bytes mode), under the same rules as `start`.

    Raises:
        ChildError: the program or the working directory is not there.
    """
    command = dies_with_us(argv, env.get("PATH"))
    if cwd is not None and not cwd.is_dir():
        raise ChildError(f"cannot start {argv[0]}: no such folder {cwd}")

    def spawn() -> pexpect.spawn[bytes]:
        return pexpect.spawn(
            command[0],
            command[1:],
            env={**env},
            cwd=None if cwd is None else str(cwd),
            dimensions=(rows, columns),
            timeout=None,
        )

    process = starter_thread.call(spawn)
    assert process.pid is not None
    adopt(process.pid, argv[0])
    return process


# --- the children that are alive -------------------------------------------------------------------

_alive: dict[int, Child | ProcessGroup] = {}
_alive_lock = threading.Lock()
# A forked worker has none of its parent's children.
os.register_at_fork(after_in_child=_alive.clear)


def _register(child: Child | ProcessGroup) -> None:
    with _alive_lock:
        _alive[child.pid] = child


def _unregister(child: Child | ProcessGroup) -> None:
    with _alive_lock:
        if _alive.get(child.pid) is child:
            del _alive[child.pid]


def adopt(pid: int, name: str) -> None:
    """Makes `stop_all` end this process group too. For children that a library starts and reaps itself.

    Raises:
        ChildError: no such process.
    """
    try:
        _register(ProcessGroup(pid, name))
    except ProcessLookupError as error:
        raise ChildError(f"{name} (pid {pid}) has already ended") from error


def _living() -> list[Child | ProcessGroup]:
    """The children that are alive, oldest first; those that others have reaped are forgotten."""
    with _alive_lock:
        known = list(_alive.values())
    living: list[Child | ProcessGroup] = []
    for child in known:
        if isinstance(child, Child):
            living += [child] if child.poll() is None else []
        elif child.unreaped() and not child.ended_within(0):
            living.append(child)
        else:
            _unregister(child)
    return living


def alive() -> list[str]:
    """Names of the children that are alive, oldest first; for messages and tests."""
    return [child.name for child in _living()]


def stop_all(grace_s: float = 2.0) -> None:
    """Ends every child that is alive, youngest first. For Ctrl-C and the end of a run."""
    for child in reversed(_living()):
        child.stop(grace_s)
    _living()


# --- running to the end ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Completed:
    """A program that has ended. Outputs are the *last* `max_output_bytes`; `dropped_bytes` went before."""

    argv: list[str]
    returncode: int
    stdout: bytes
    stderr: bytes
    wall_s: float
    timed_out: bool
    dropped_bytes: int


def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: bytes = b"",
    timeout_s: float,
    max_output_bytes: int = 1 << 20,
    grace_s: float = 2.0,
    watch: Callable[[], bool] | None = None,
    watch_every_s: float = 0.2,
) -> Completed:
    """Runs a program to its end, or to `timeout_s` seconds of wall time, after which its group is ended.

    Args:
        max_output_bytes: how much of stdout and of stderr is kept, each: the end of it.
        watch: asked every `watch_every_s` seconds; True ends the program as a time-out does (`timed_out`
        stays False).

    Raises:
        ChildError: the program or the working directory is not there.
    """
    began = time.monotonic()
    timed_out = False
    with tempfile.TemporaryFile() as given:
        given.write(stdin)
        given.seek(0)
        with start(argv, env=env, cwd=cwd, stdin=given, stdout=PIPE, stderr=PIPE) as child:
            assert child.stdout is not None and child.stderr is not None
            tails = {child.stdout: Tail(max_output_bytes), child.stderr: Tail(max_output_bytes)}
            reader = PipeReader(tails)
            deadline = began + timeout_s
            look = began + watch_every_s
            while child.poll() is None and not timed_out:
                reader.read(min(deadline, look) if watch else deadline, child.end_descriptor)
                timed_out = time.monotonic() >= deadline
                if watch is not None and time.monotonic() >= look:
                    if watch():
                        break
                    look = time.monotonic() + watch_every_s
            returncode = child.stop(grace_s)
            reader.drain()
    out, err = tails.values()
    return Completed(
        argv=list(argv),
        returncode=returncode,
        stdout=out.value(),
        stderr=err.value(),
        wall_s=time.monotonic() - began,
        timed_out=timed_out,
        dropped_bytes=out.dropped + err.dropped,
    )


def run_in_foreground(argv: Sequence[str], *, env: Mapping[str, str]) -> int:
    """Runs a program on our own terminal, in our own process group (players, pagers); gives its exit code.

    Raises:
        ChildError: the program is not there.
    """
    return subprocess.run(dies_with_us(argv, env.get("PATH")), env=dict(env), check=False).returncode
