"""What stood in a trial's `input/` when the agent had finished, kept as a file because a take keeps no input.

`list_input` is called once after the drive; `runner.verify_outputs` holds the listing against the manifest,
then or later.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from pydantic import BaseModel, ConfigDict

MAX_HASHED_BYTES = 64_000_000  # a larger file is not one of ours: its size alone says so
MAX_LISTED = 5_000


class InputFile(BaseModel):
    """One directory entry; `sha256` is empty for anything that is not a regular file of sane size."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    bytes: int
    sha256: str


class InputListing(BaseModel):
    """All entries below `input/` that are not directories, sorted by path (posix, relative to `input/`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    files: list[InputFile]
    complete: bool = True


def list_input(folder: Path) -> InputListing:
    """List `folder` without following links; a folder that is gone is empty. Raises OSError."""
    files: list[InputFile] = []
    pending = [folder] if folder.is_dir() and not folder.is_symlink() else []
    while pending and len(files) <= MAX_LISTED:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if len(files) > MAX_LISTED:
                    break
                if entry.is_dir(follow_symlinks=False):
                    pending.append(Path(entry.path))
                else:
                    files.append(_describe(Path(entry.path), folder))
    return InputListing(
        files=sorted(files, key=lambda file: file.path)[:MAX_LISTED], complete=len(files) <= MAX_LISTED
    )


def _describe(path: Path, folder: Path) -> InputFile:
    name = path.relative_to(folder).as_posix().encode("utf-8", "backslashreplace").decode()
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_HASHED_BYTES:
        return InputFile(path=name, bytes=found.st_size, sha256="")
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return InputFile(path=name, bytes=found.st_size, sha256=digest)
