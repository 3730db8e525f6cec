"""Folders that another uid, or an untrusted program, writes: handing over, measuring, removing.

Called by `workspace` and `rerun`.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from pathlib import Path

from runner import child

REMOVE_TIMEOUT_S = 120.0
BLOCK_BYTES = 512  # the unit of st_blocks, whatever the file system


class FolderError(Exception):
    """A folder cannot be removed; the message names it."""


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
    """Bytes on disk below `folder` and number of entries, while programs still write there.

    Stops counting at `at_most_files`; a path longer than the system takes counts as that many. No link is
    followed; what vanishes or is closed to us counts nothing.
    """
    size = count = 0
    todo = [str(folder)]
    while todo and count < at_most_files:
        try:
            with os.scandir(todo.pop()) as entries:
                for entry in entries:
                    count += 1
                    found = entry.stat(follow_symlinks=False)
                    size += found.st_blocks * BLOCK_BYTES
                    if stat.S_ISDIR(found.st_mode):
                        todo.append(entry.path)
                    if count >= at_most_files:
                        break
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            continue
        except OSError as error:
            if error.errno != errno.ENAMETOOLONG:
                raise
            return size, at_most_files
    return size, count


def remove(folder: Path) -> None:
    """Removes a folder in which untrusted programs wrote: closed to us, or deeper than Python can go.

    Raises:
        FolderError: something is still there.
    """
    try:
        shutil.rmtree(folder)
    except (OSError, RecursionError):
        # chmod and rm know no depth; neither follows a link on its way down.
        for argv in (["chmod", "-R", "u+rwX", "--", str(folder)], ["rm", "-rf", "--", str(folder)]):
            done = child.run(argv, timeout_s=REMOVE_TIMEOUT_S)
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise FolderError(f"cannot remove {folder}: {said[-1] if said else 'no reason given'}") from None
