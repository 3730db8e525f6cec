"""Brings files out of a folder that untrusted programs wrote: regular files only, bounded, no link followed.

Takes a folder whose programs have ended and a target; gives what was copied and what was left, with the
reason. Called by `workspace` (the agent's files) and `rerun` (the outputs).
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

CHUNK = 1 << 20
MAX_DEPTH = 16
HERE = PurePosixPath()
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


@dataclass(frozen=True)
class Bounds:
    """What may be brought out at most."""

    files: int = 1000
    bytes_each: int = 256 << 20
    bytes_in_all: int = 512 << 20


@dataclass
class Gathered:
    """`files`: paths relative to the folder, sorted. `refused`: path to reason, for what stayed behind."""

    files: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    bytes_in_all: int = 0


def gather(
    source: Path, target: Path, bounds: Bounds | None = None, leave: frozenset[str] = frozenset()
) -> Gathered:
    """Copies the regular files below `source` to `target` (made if missing); names in `leave` at the top
    are skipped.

    Every folder is entered by descriptor and every file opened without following links, so nothing outside
    `source` can be read, whatever stands in it.

    Raises:
        OSError: `source` is no folder, or `target` cannot be written.
    """
    bounds = bounds or Bounds()
    result = Gathered()
    target.mkdir(parents=True, exist_ok=True)
    with _opened(source) as top:
        for path, folder in _regular_files(top, HERE, result, leave):
            _copy(path, folder, target, bounds, result)
    result.files.sort()
    return result


def regular_files(source: Path, below: PurePosixPath) -> list[Path]:
    """The regular files in a folder below `source`, sorted, reached without following any link; [] if there is
    no such folder. The programs that write there have ended."""
    try:
        with _opened(source, below) as folder:
            found = [path for path, _ in _regular_files(folder, below, Gathered(), frozenset())]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [source / path for path in sorted(found)]


@contextmanager
def _opened(source: Path, below: PurePosixPath = HERE) -> Iterator[int]:
    """`source`/`below` as a descriptor, entered folder by folder; a link on the way is NotADirectoryError."""
    opened = os.open(source, FOLDER)
    try:
        for name in below.parts:
            inner = os.open(name, FOLDER, dir_fd=opened)
            os.close(opened)
            opened = inner
        yield opened
    finally:
        os.close(opened)


def _regular_files(
    folder: int, path: PurePosixPath, result: Gathered, leave: frozenset[str], depth: int = 0
) -> Iterator[tuple[PurePosixPath, int]]:
    """Each regular file with the open folder it stands in; everything else is noted as refused."""
    for name in sorted(os.listdir(folder)):
        inner = path / name
        if depth == 0 and name in leave:
            continue
        if not _printable(name):
            result.refused[ascii(str(inner))] = "its name is not valid UTF-8"
            continue
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        if stat.S_ISREG(mode):
            yield inner, folder
        elif not stat.S_ISDIR(mode):
            result.refused[str(inner)] = f"not a regular file ({_kind(mode)})"
        elif depth >= MAX_DEPTH:
            result.refused[str(inner)] = f"more than {MAX_DEPTH} folders deep"
        else:
            try:
                opened = os.open(name, FOLDER, dir_fd=folder)
            except PermissionError:
                result.refused[str(inner)] = "the folder may not be read"
                continue
            try:
                yield from _regular_files(opened, inner, result, leave, depth + 1)
            finally:
                os.close(opened)


def _copy(path: PurePosixPath, folder: int, target: Path, bounds: Bounds, result: Gathered) -> None:
    refusal = None
    try:
        source = os.open(path.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except PermissionError:
        result.refused[str(path)] = "the file may not be read"
        return
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        result.refused[str(path)] = "not a regular file (symbolic link)"
        return
    with open(source, "rb") as data:  # noqa: PTH123 (a descriptor)
        found = os.fstat(source)
        if not stat.S_ISREG(found.st_mode):
            refusal = f"not a regular file ({_kind(found.st_mode)})"
        elif found.st_size > bounds.bytes_each:
            refusal = f"{found.st_size} bytes, more than {bounds.bytes_each}"
        elif result.bytes_in_all + found.st_size > bounds.bytes_in_all:
            refusal = f"more than {bounds.bytes_in_all} bytes in all"
        elif len(result.files) >= bounds.files:
            refusal = f"more than {bounds.files} files"
        if refusal is not None:
            result.refused[str(path)] = refusal
            return
        final = target / path
        final.parent.mkdir(parents=True, exist_ok=True)
        draft = final.with_name(f".{final.name[:100]}.tmp")
        with draft.open("wb") as copy:
            while chunk := data.read(CHUNK):
                copy.write(chunk)
        os.utime(draft, ns=(found.st_atime_ns, found.st_mtime_ns))
        draft.replace(final)
    result.files.append(str(path))
    result.bytes_in_all += found.st_size


def _printable(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _kind(mode: int) -> str:
    kinds = {stat.S_IFLNK: "symbolic link", stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket"}
    kinds |= {stat.S_IFBLK: "block device", stat.S_IFCHR: "character device"}
    return kinds.get(stat.S_IFMT(mode), "unknown kind")
