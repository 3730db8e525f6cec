"""Builds the bubblewrap command around an untrusted program: no network, no host files, no answers, bounded.

Takes a `Box` (what is bound where, environment, limits) and an argv; gives the argv that runs it inside.
Called by `workspace` (the agent) and `rerun` (the scripts it wrote). Why so: docs/decisions/sandbox.md.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from runner import child
from runner.refusal import explain_refusal, kernel_settings

WORK = "/work"
HOME = "/home/demo"
USER = "demo"
UID_INSIDE = 1000
CLAUDE = "/opt/claude/bin/claude"
AGENT_PYTHON = "/opt/agent"
BASE_PYTHON = "/opt/python"
KIT = "/opt/kit"
TAP = "/run/tap"
HOOKS = "/run/hooks"
PYTHON = f"{AGENT_PYTHON}/bin/python3"

PATH_INSIDE = f"{AGENT_PYTHON}/bin:/opt/claude/bin:/usr/bin:/bin"
# As root the sandbox runs under the first uid from here on that nobody on this machine has. It stays below
# 65536, so that it exists in a container's user namespace too.
FIRST_AGENT_UID = 47_115
# Parts of /usr that belong to the machine and not to the system: a checkout may live there.
HIDDEN_IN_USR = ("/usr/local", "/usr/src")
LIBRARY_CACHE = Path("/etc/ld.so.cache")
ALTERNATIVES = Path("/etc/alternatives")
STAGE = "/stage"
CHECKOUT = Path(__file__).resolve().parents[1]
MIB = 1 << 20
GIB = 1 << 30
PROBE_TIMEOUT_S = 10.0
# Missing before 0.8 and 0.7 (Ubuntu 22.04 has 0.6): nested user namespaces stay possible, files in memory are
# bounded by the machine's memory alone.
DISABLE_USERNS, SIZE = "--disable-userns", "--size"
OPTIONAL = (DISABLE_USERNS, SIZE)
CPU_GRACE_S = 2


class SandboxError(Exception):
    """The sandbox cannot be built here; the message says what is missing and what to do, in one line."""


@dataclass(frozen=True)
class Bind:
    """A host file or folder at a path inside; read-only unless said otherwise."""

    source: Path
    target: str
    writable: bool = False


@dataclass(frozen=True)
class Limits:
    """What one sandbox may use; None leaves it unbounded. Set inside, so that only its own processes count.

    Memory is bounded *per process*: `memory_bytes` is address space (RLIMIT_AS), `data_bytes` what it may
    write to (RLIMIT_DATA), for programs that reserve far more addresses than they use. `processes` counts
    threads too. `temporary_bytes` is the size of /tmp and, apart from it, of /dev/shm, both in memory.
    """

    cpu_s: int | None = None
    memory_bytes: int | None = None
    data_bytes: int | None = None
    processes: int = 512
    file_bytes: int = 1 * GIB
    open_files: int = 4096
    temporary_bytes: int = 512 * MIB

    def argv(self) -> list[str]:
        """The prlimit command that stands before the program, inside."""
        chosen = {
            # SIGXCPU first, so that the end tells its cause; SIGKILL for who ignores it.
            "cpu": None if self.cpu_s is None else f"{self.cpu_s}:{self.cpu_s + CPU_GRACE_S}",
            "as": self.memory_bytes,
            "data": self.data_bytes,
            "nproc": self.processes,
            "fsize": self.file_bytes,
            "nofile": self.open_files,
            "core": 0,
        }
        return ["/usr/bin/prlimit", *(f"--{name}={n}" for name, n in chosen.items() if n is not None), "--"]


@dataclass(frozen=True)
class Box:
    """One sandbox: what is in it and what it may use.

    `own_session` detaches the program from the terminal (setsid). Wanted whenever it reads no terminal; a
    pty made for this sandbox alone is safe without it (pushing keystrokes, TIOCSTI, reaches nobody else),
    and job control and Ctrl-C need it off.
    """

    binds: Sequence[Bind]
    environment: Mapping[str, str]
    limits: Limits = field(default_factory=Limits)
    working_directory: str = WORK
    own_session: bool = True


@dataclass(frozen=True)
class Host:
    """What this machine offers, found by running it once."""

    bwrap: str
    offers: frozenset[str]
    """The options of OPTIONAL that this bubblewrap knows."""
    agent_uid: int | None
    """The uid the sandbox runs under when we are root; None: it is our own."""


# --- the machine ----------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def preflight() -> Host:
    """Runs an empty sandbox once (about 15 ms) and remembers the answer for this process.

    Raises:
        SandboxError: not Linux, a program is missing, or namespaces are not allowed; says what to do.
    """
    if sys.platform != "linux":
        raise SandboxError(
            "the sandbox needs Linux (bubblewrap): on a Mac or Windows "
            "run this in a Linux VM, a container or WSL 2"
        )
    bwrap = shutil.which("bwrap", path=child.SYSTEM_PATH)
    if bwrap is None:
        raise SandboxError("bubblewrap is not installed: run `sudo apt-get install bubblewrap`")
    for program in ("/usr/bin/prlimit", "/usr/bin/setpriv"):
        if not Path(program).exists():
            raise SandboxError(f"{program} is missing: run `sudo apt-get install util-linux`")
    if is_shown(CHECKOUT):
        raise SandboxError(
            f"{CHECKOUT} lies below /usr, which the sandbox shows: move the checkout elsewhere"
        )
    offered = child.run([bwrap, "--help"], timeout_s=PROBE_TIMEOUT_S).stdout
    offers = frozenset(option for option in OPTIONAL if option.encode() in offered)
    host = Host(bwrap, offers, free_uid() if os.geteuid() == 0 else None)
    box = Box(binds=(), environment={"PATH": "/usr/bin"}, working_directory="/")
    options = [word for group in _inside(box, host, _staged(box, host)) for word in group]
    probe = child.run(
        _outer(host, {}, [host.bwrap, *options, "--", "/usr/bin/true"]), timeout_s=PROBE_TIMEOUT_S
    )
    if probe.returncode != 0:
        raise SandboxError(explain_refusal(probe.stderr.decode(errors="replace"), kernel_settings()))
    return host


def is_shown(folder: Path) -> bool:
    """Whether programs inside could read this folder of the host as a part of the system."""
    hidden = any(folder.is_relative_to(place) for place in HIDDEN_IN_USR)
    return folder.is_relative_to("/usr") and not hidden


def free_uid() -> int:
    """The first uid from FIRST_AGENT_UID on without an entry in the user database."""
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    return next(uid for uid in range(FIRST_AGENT_UID, 65_000) if uid not in taken)


# --- /etc ------------------------------------------------------------------------------------------


def etc(folder: Path) -> list[Bind]:
    """Makes `folder`, an /etc with one user and no name of this machine; gives what to bind."""
    folder.mkdir()
    texts = {
        "passwd": f"{USER}:x:{UID_INSIDE}:{UID_INSIDE}:{USER}:{HOME}:/bin/bash\n",
        "group": f"{USER}:x:{UID_INSIDE}:\n",
        "hosts": f"127.0.0.1 localhost {USER}\n",
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
        "hostname": f"{USER}\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    # The system's own: where its libraries are, and which of its programs `awk` is.
    if LIBRARY_CACHE.exists():
        shutil.copyfile(LIBRARY_CACHE, folder / LIBRARY_CACHE.name)
    binds = [Bind(folder, "/etc")]
    if ALTERNATIVES.is_dir():
        (folder / ALTERNATIVES.name).mkdir()
        binds.append(Bind(ALTERNATIVES, str(ALTERNATIVES)))
    # Open to the other uid, whatever the umask.
    for path in (folder, *folder.iterdir()):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return binds


def shell_environment() -> dict[str, str]:
    """What every program inside sees: the one user, plain UTF-8, Japan's time."""
    return {
        "PATH": PATH_INSIDE,
        "HOME": HOME,
        "USER": USER,
        "LOGNAME": USER,
        "SHELL": "/bin/bash",
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "TZ": child.clean_env()["TZ"],
        # No __pycache__ among the agent's files, no 64 threads for a few sums.
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


# --- the command ----------------------------------------------------------------------------------


def command(box: Box, argv: Sequence[str], args_file: Path, host: Host | None = None) -> list[str]:
    """The command that runs `argv` inside `box`; writes bubblewrap's options to `args_file` (any new file
    of ours).

    The options stand in a file because the program inside can read the command line of its pid 1: host paths
    would show there. For the same reason bubblewrap starts with an empty environment.

    As root the order is: bubblewrap as root shows a small world, in which the sources stand under /stage,
    whatever folder closed to others they live below → setpriv changes to a uid that owns nothing →
    bubblewrap as that uid, in a user namespace.

    Raises:
        SandboxError: this machine cannot build the sandbox, or a source is missing or closed to the other
        uid.
    """
    host = host or preflight()
    staged = _staged(box, host)
    _check_sources(box, host)
    options = [word for group in _inside(box, host, staged) for word in group]
    draft = args_file.with_name(f".{args_file.name}.tmp")
    draft.write_bytes(b"".join(word.encode() + b"\0" for word in options))
    draft.chmod(0o644)
    draft.replace(args_file)
    sources = dict(zip((bind.source for bind in box.binds), staged, strict=True)) if host.agent_uid else {}
    args = f"{STAGE}/args" if host.agent_uid else str(args_file)
    if host.agent_uid:
        sources[args_file] = args
    script = f'exec 9<"$0" && exec /usr/bin/env -i {host.bwrap} --args 9 -- "$@"'
    inner = ["/bin/sh", "-c", script, args, *box.limits.argv(), *argv]
    return _outer(host, sources, inner)


def _staged(box: Box, host: Host) -> list[str]:
    """Where the inner bubblewrap finds each source."""
    if host.agent_uid is None:
        return [str(bind.source) for bind in box.binds]
    return [f"{STAGE}/{number}" for number in range(len(box.binds))]


def _check_sources(box: Box, host: Host) -> None:
    for bind in box.binds:
        try:
            found = bind.source.stat()
        except OSError as error:
            raise SandboxError(f"cannot bind {bind.source} to {bind.target}: {error.strerror}") from error
        if host.agent_uid is None or found.st_uid == host.agent_uid:
            continue
        needed = stat.S_IROTH | (
            stat.S_IXOTH if bind.source.is_dir() or os.access(bind.source, os.X_OK) else 0
        )
        if found.st_mode & needed != needed:
            raise SandboxError(f"{bind.source} is closed to other users: run `chmod -R a+rX '{bind.source}'`")


def _outer(host: Host, sources: Mapping[Path, str], inner: Sequence[str]) -> list[str]:
    """As root: the first world and the change of uid. Otherwise the inner command as it is."""
    if host.agent_uid is None:
        return list(inner)
    uid = str(host.agent_uid)
    world = [word for group in _system() for word in group]
    # /proc is the machine's, complete: the kernel lets the inner sandbox mount its own only then.
    world += ["--dev-bind", "/proc", "/proc", "--dev-bind", "/dev", "/dev"]
    # The inner bubblewrap builds its root on /tmp.
    world += ["--perms", "0755", "--dir", "/tmp", "--perms", "0755", "--dir", STAGE]
    for source, target in sources.items():
        world += ["--bind", str(source), target]
    drop = ["/usr/bin/setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
    drop += ["--inh-caps=-all", "--bounding-set=-all", "--"]
    # The kernel's "die with your parent" stops where the uid changes: root's bubblewrap gave its capabilities up
    # and may not signal the other uid. The end of a process namespace needs nobody's permission.
    return [host.bwrap, *world, "--unshare-pid", "--die-with-parent", "--", *drop, *inner]


def _system() -> Iterator[list[str]]:
    """The system's programs and libraries, read-only."""
    yield ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        place = Path("/") / name
        if place.is_symlink():
            yield ["--symlink", str(place.readlink()), str(place)]
        elif place.is_dir():
            yield ["--ro-bind", str(place), str(place)]


def _inside(box: Box, host: Host, staged: Sequence[str]) -> Iterator[list[str]]:
    """bubblewrap's options for the sandbox itself, in the order it must see them."""
    yield ["--unshare-user", "--unshare-all", "--die-with-parent", "--hostname", USER]
    yield ["--uid", str(UID_INSIDE), "--gid", str(UID_INSIDE), "--cap-drop", "ALL"]
    if DISABLE_USERNS in host.offers:
        yield [DISABLE_USERNS]
    if box.own_session:
        yield ["--new-session"]
    yield ["--clearenv"]
    for name, value in box.environment.items():
        yield ["--setenv", name, value]
    yield _in_memory("/", "0755", MIB, host)
    yield from _system()
    for hidden in HIDDEN_IN_USR:
        if Path(hidden).is_dir():
            yield [*_in_memory(hidden, "0755", MIB, host), "--remount-ro", hidden]
    yield ["--proc", "/proc", "--dev", "/dev"]
    yield _in_memory("/dev/shm", "1777", box.limits.temporary_bytes, host)
    yield ["--remount-ro", "/dev"]
    # /tmp stands before the binds: one of them may lie below it.
    yield _in_memory("/tmp", "1777", box.limits.temporary_bytes, host)
    yield ["--symlink", "../tmp", "/var/tmp"]
    for directory in ("/etc", "/opt", "/run", "/home"):
        yield ["--perms", "0755", "--dir", directory]
    for bind, source in zip(box.binds, staged, strict=True):
        yield ["--bind" if bind.writable else "--ro-bind", source, bind.target]
    # What is not bound must not grow either: these live in memory.
    yield ["--remount-ro", "/", "--chdir", box.working_directory]


def _in_memory(place: str, mode: str, size_bytes: int, host: Host) -> list[str]:
    """An empty file system of at most this size."""
    bound = [SIZE, str(size_bytes)] if SIZE in host.offers else []
    return ["--perms", mode, *bound, "--tmpfs", place]
