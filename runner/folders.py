"""Folders that another uid, or an untrusted program, writes: handing over, measuring, removing.

Called by `workspace` and `rerun`.
"""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path


def give_to(folder: Path, uid: int | None) -> None:
    """Makes the whole of `folder` belong to the sandbox's uid; None: it runs under ours, nothing to do.

    For folders that we wrote and nobody else has entered yet: the names in them are safe to follow.
    """
    if uid is None:
        return
    for place, _, files in os.walk(folder):
        for path in (Path(place), *(Path(place) / name for name in files)):
            os.chown(path, uid, uid, follow_symlinks=False)


def size_of(folder: Path, at_most_files: int) -> tuple[int, int]:
    """Bytes on disk below `folder` and number of entries, while programs still write there; stops counting at
    `at_most_files`. No link is followed; what vanishes or is closed to us counts nothing."""
    size = count = 0
    todo = [str(folder)]
    while todo:
        try:
            with os.scandir(todo.pop()) as entries:
                for entry in entries:
                    count += 1
                    if count >= at_most_files:
                        return size, count
                    try:
                        found = entry.stat(follow_symlinks=False)
                    except FileNotFoundError:
                        continue  # removed since it was listed
                    size += found.st_blocks * 512
                    if stat.S_ISDIR(found.st_mode):
                        todo.append(entry.path)
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            continue
    return size, count


def remove(folder: Path) -> None:
    """Removes a folder in which untrusted programs may have closed folders to us, their owner."""
    for place, names, _ in os.walk(folder):
        for name in names:
            path = Path(place) / name
            if not path.is_symlink():
                path.chmod(0o700)
    shutil.rmtree(folder)
