"""Starts every child process of the kit: a clean environment, a session of its own, ended by pid, never
left behind.

Takes an argv; gives a `Child` (runs beside us) or a `Completed` (ran to its end, bounded in time and output).
Everything in the kit that needs a process calls this module; nothing inherits the caller's keys, tokens or
proxies.
"""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, TypeVar

import pexpect

PIPE = subprocess.PIPE
DEVNULL = subprocess.DEVNULL
STDOUT = subprocess.STDOUT

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
TIME_ZONE_FILE = Path("/usr/share/zoneinfo/Asia/Tokyo")
# Once the first process of a run has ended, its pipes are read at most this long: a descendant that left the
# session could hold them open for ever.
DRAIN_S = 0.5

_T = TypeVar("_T")


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
    that started the child, which is why `start` and `start_on_pty` use one thread that never ends.

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


class _Starter:
    """The thread that forks: children live as long as it does, which is as long as the process."""

    def __init__(self) -> None:
        self._executor: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()

    def call(self, start: Callable[[], _T]) -> _T:
        with self._lock:
            if self._executor is None:
                self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="child-starter")
            executor = self._executor
        return executor.submit(start).result()


_starter = _Starter()


def _forget_after_fork() -> None:
    """A forked worker has neither the thread nor the children of its parent."""
    global _starter
    _starter = _Starter()
    _alive.clear()


class Child:
    """One process group, known by its first process. Use it as a context manager to be sure it is ended."""

    def __init__(self, process: subprocess.Popen[bytes], argv: Sequence[str]) -> None:
        self.argv = list(argv)
        self.pid = process.pid
        self.stdin: IO[bytes] | None = process.stdin
        self.stdout: IO[bytes] | None = process.stdout
        self.stderr: IO[bytes] | None = process.stderr
        self._process = process
        self._pidfd = os.pidfd_open(process.pid) if hasattr(os, "pidfd_open") else None
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
    def returncode(self) -> int | None:
        """Exit code, minus the signal's number when one ended it, None while it runs."""
        return self.poll()

    def fileno(self) -> int:
        """A descriptor that becomes readable when the process ends (Linux), for selectors.

        Raises:
            ChildError: this system has no such thing, or the child has been waited for.
        """
        if self._pidfd is None:
            raise ChildError(f"{self.argv[0]} has no process descriptor (it ended, or this is not Linux)")
        return self._pidfd

    def poll(self) -> int | None:
        """The exit code if it has ended, else None; never waits."""
        try:
            return self.wait(0)
        except ChildTimeoutError:
            return None

    def wait(self, timeout_s: float | None = None) -> int:
        """Waits for the first process; what it left behind in its group is killed before it is reaped.

        Raises:
            ChildTimeoutError: `timeout_s` passed; the child still runs.
        """
        if self._process.returncode is None:
            if not self._ended_within(timeout_s):
                raise ChildTimeoutError(
                    f"{Path(self.argv[0]).name} still runs after {timeout_s} s (pid {self.pid})"
                )
            # Not reaped yet: the number cannot have been given to another group.
            self._signal_group(signal.SIGKILL)
            self._process.wait()
            self._forget()
        return self._process.returncode

    def stop(self, grace_s: float = 2.0) -> int:
        """Ends the whole group: SIGTERM, `grace_s` seconds, SIGKILL. Gives the exit code; may come twice."""
        if self.poll() is None:
            self._signal_group(signal.SIGTERM)
            try:
                self.wait(grace_s)
            except ChildTimeoutError:
                self._signal_group(signal.SIGKILL)
        return self.wait()

    def send_signal(self, number: int) -> None:
        """Sends a signal to the first process alone, if it has not ended."""
        if self._process.returncode is None:
            self._process.send_signal(number)

    def _ended_within(self, timeout_s: float | None) -> bool:
        if self._pidfd is None:
            try:
                self._process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                return False
            return True
        with selectors.DefaultSelector() as selector:
            selector.register(self._pidfd, selectors.EVENT_READ)
            return bool(selector.select(timeout_s))

    def _signal_group(self, number: int) -> None:
        # ProcessLookupError: all have ended. PermissionError: macOS says so of a group of zombies.
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError) as error:
            if sys.platform == "linux" and isinstance(error, PermissionError):
                raise ChildError(f"may not end the process group {self.pid} of {self.argv[0]}") from error

    def _forget(self) -> None:
        _unregister(self)
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None


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
        return Child(_starter.call(popen), argv)
    except OSError as error:
        raise ChildError(f"cannot start {argv[0]}: {error.strerror} ({error.filename})") from error


def start_on_pty(
    argv: Sequence[str], *, env: Mapping[str, str], cwd: Path | None = None, rows: int, columns: int
) -> pexpect.spawn[bytes]:
    """Starts a program on a pty of its own (bytes mode), under the same rules as `start`; `stop_all` ends
    it too.

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

    process = _starter.call(spawn)
    assert process.pid is not None
    adopt(process.pid, argv[0])
    return process


# --- the children that are alive ------------------------------------------------------------------


class _Adopted:
    """A process group that another library started and will reap."""

    def __init__(self, pid: int, name: str) -> None:
        self.pid = pid
        self.name = name
        self._pidfd = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None

    def alive(self) -> bool:
        """Whether the first process runs or waits to be reaped: until then its number is its own."""
        try:
            if self._pidfd is None:
                os.kill(self.pid, 0)
            else:
                signal.pidfd_send_signal(self._pidfd, 0)
        except ProcessLookupError:
            return False
        return True

    def stop(self, grace_s: float) -> None:
        for number, patience_s in ((signal.SIGTERM, grace_s), (signal.SIGKILL, 0.0)):
            if not self.alive():
                break
            try:
                os.killpg(self.pid, number)
            except ProcessLookupError:
                break
            if self._pidfd is not None:
                with selectors.DefaultSelector() as selector:
                    selector.register(self._pidfd, selectors.EVENT_READ)
                    selector.select(patience_s)
        self.forget()

    def forget(self) -> None:
        _unregister(self)
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None


_alive: dict[int, Child | _Adopted] = {}
_alive_lock = threading.Lock()
os.register_at_fork(after_in_child=_forget_after_fork)


def _register(child: Child | _Adopted) -> None:
    with _alive_lock:
        _alive[child.pid] = child


def _unregister(child: Child | _Adopted) -> None:
    with _alive_lock:
        if _alive.get(child.pid) is child:
            del _alive[child.pid]


def adopt(pid: int, name: str) -> None:
    """Makes `stop_all` end this process group too. For children that a library starts and reaps itself.

    Raises:
        ChildError: no such process.
    """
    with _alive_lock:
        ended = [child for child in _alive.values() if isinstance(child, _Adopted) and not child.alive()]
    for child in ended:
        child.forget()
    try:
        _register(_Adopted(pid, name))
    except ProcessLookupError as error:
        raise ChildError(f"{name} (pid {pid}) has already ended") from error


def alive() -> list[str]:
    """Names of the children that are alive, oldest first; for messages and tests."""
    with _alive_lock:
        children = list(_alive.values())
    return [
        Path(child.name if isinstance(child, _Adopted) else child.argv[0]).name
        for child in children
        if (child.alive() if isinstance(child, _Adopted) else child.poll() is None)
    ]


def stop_all(grace_s: float = 2.0) -> None:
    """Ends every child that is alive, youngest first. For Ctrl-C and the end of a run."""
    with _alive_lock:
        children = list(_alive.values())
    for child in reversed(children):
        child.stop(grace_s)


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


class _Tail:
    """The last `limit` bytes of a stream."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.dropped = 0
        self._chunks: deque[bytes] = deque()
        self._kept = 0

    def add(self, chunk: bytes) -> None:
        self._chunks.append(chunk)
        self._kept += len(chunk)
        while self._kept > self.limit:
            over = self._kept - self.limit
            first = self._chunks.popleft()
            if len(first) > over:
                self._chunks.appendleft(first[over:])
            gone = min(over, len(first))
            self._kept -= gone
            self.dropped += gone

    def value(self) -> bytes:
        return b"".join(self._chunks)


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
            tails = {child.stdout: _Tail(max_output_bytes), child.stderr: _Tail(max_output_bytes)}
            reader = _Reader(child, tails)
            while not reader.read(watch_every_s if watch else 1.0, deadline=began + timeout_s):
                timed_out = time.monotonic() >= began + timeout_s
                if timed_out or (watch is not None and watch()):
                    break
            returncode = child.stop(grace_s)
            reader.drain()
    out, err = tails.values()
    wall_s = time.monotonic() - began
    return Completed(
        list(argv), returncode, out.value(), err.value(), wall_s, timed_out, out.dropped + err.dropped
    )


class _Reader:
    """Reads the pipes of a child into tails until it ends."""

    def __init__(self, child: Child, tails: Mapping[IO[bytes], _Tail]) -> None:
        self._child = child
        self._tails = tails
        self._open = set(tails)
        for stream in tails:
            os.set_blocking(stream.fileno(), False)

    def read(self, at_most_s: float, deadline: float) -> bool:
        """Reads what comes within `at_most_s` seconds, up to the deadline; True when the child has ended."""
        until = min(time.monotonic() + at_most_s, deadline)
        while self._child.poll() is None:
            left_s = until - time.monotonic()
            if left_s <= 0:
                return False
            self._select(left_s, wake_at_end=True)
        return True

    def drain(self) -> None:
        """Reads what is still in the pipes of a child that has ended."""
        until = time.monotonic() + DRAIN_S
        while self._open and (left_s := until - time.monotonic()) > 0:
            self._select(left_s, wake_at_end=False)

    def _select(self, timeout_s: float, wake_at_end: bool) -> None:
        with selectors.DefaultSelector() as selector:
            for stream in self._open:
                selector.register(stream, selectors.EVENT_READ)
            if wake_at_end and hasattr(os, "pidfd_open"):
                selector.register(self._child, selectors.EVENT_READ)
            elif wake_at_end:
                timeout_s = min(timeout_s, 0.05)
            ready = {key.fd for key, _ in selector.select(timeout_s)}
        for stream in [stream for stream in self._open if stream.fileno() in ready]:
            chunk = os.read(stream.fileno(), 1 << 16)
            if chunk:
                self._tails[stream].add(chunk)
            else:
                self._open.discard(stream)


def run_in_foreground(argv: Sequence[str], *, env: Mapping[str, str]) -> int:
    """Runs a program on our own terminal, in our own process group (players, pagers); gives its exit code.

    Raises:
        ChildError: the program is not there.
    """
    return subprocess.run(dies_with_us(argv, env.get("PATH")), env=dict(env), check=False).returncode
