"""Opens files that an agent left behind, as data that may be hostile; for all that reads such a folder.

Links, pipes and devices are refused at every step of the path, sizes are bounded before a byte is read, and
text that will be shown on a terminal loses its control characters.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from pathlib import Path
from typing import BinaryIO


class OutputError(Exception):
    """A file the agent should have left cannot be used; the message is Japanese and says what and where."""


def open_regular(folder: Path, relative: str, max_bytes: int) -> BinaryIO:
    """Open `folder/relative` for reading without following a link below `folder`.

    Raises OutputError when it is missing, not a regular file, or larger than `max_bytes`.
    """
    parent, _, name = relative.rpartition("/")
    try:
        directory = open_folder(folder, parent)
        try:
            handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=directory)
        finally:
            os.close(directory)
    except FileNotFoundError as error:
        raise OutputError(f"{relative} がありません") from error
    except OSError as error:
        raise OutputError(f"{relative} は通常のファイルではありません（{error.strerror}）") from error
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        os.close(handle)
        raise OutputError(f"{relative} は通常のファイルではありません")
    if found.st_size > max_bytes:
        os.close(handle)
        raise OutputError(f"{relative} が大きすぎます（{found.st_size:,} バイト、上限 {max_bytes:,}）")
    return os.fdopen(handle, "rb")


def open_folder(folder: Path, relative: str) -> int:
    """A descriptor of `folder/relative` ("" is `folder` itself), reached without following a link below `folder`.

    The caller closes it. Raises OutputError when `folder` is not there, OSError for what lies below it.
    """
    try:
        directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise OutputError(f"フォルダがありません: {show(folder.name)}") from error
    for part in relative.split("/") if relative else ():
        try:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=directory)
        finally:
            os.close(directory)
        directory = inner
    return directory


def show(text: str, limit: int = 60) -> str:
    """`text` for a message: one line, no control or format characters, at most `limit` characters."""
    clean = "".join(" " if unicodedata.category(char).startswith(("C", "Z")) else char for char in text)
    clean = " ".join(clean.split())
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def fold(text: str) -> str:
    """`text` as a label is compared: NFKC, without surrounding space."""
    return unicodedata.normalize("NFKC", text).strip()
