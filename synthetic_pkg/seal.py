"""Tells whether a dataset on disk is still what was built: every file of input/, the manifest and the answers.

Written last by synthetic_pkg.dataset, which asks on each cache hit; a difference there would otherwise be booked
as the agent's failure.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from pydantic import ValidationError

from synthetic_pkg.answer_details import FILE_NAME as DETAILS
from synthetic_pkg.manifest import load_manifest
from synthetic_pkg.mistakes.model import FILE_NAME as MISTAKES

FILE_NAME = "seal.json"
MANIFEST = "manifest.json"
SEALED = (MANIFEST, "answers.json", DETAILS, MISTAKES)


def close(folder: Path) -> None:
    """Write down what the manifest and the answers are; the manifest in turn holds every file of input/."""
    digests = {name: digest(folder / name) for name in SEALED}
    (folder / FILE_NAME).write_text(json.dumps(digests, indent=1), encoding="utf-8")


def difference(folder: Path) -> str:
    """The first file that is missing, changed or extra, with a word on it; empty when all is as built."""
    try:
        digests = json.loads((folder / FILE_NAME).read_bytes())
        for name in SEALED:
            if digest(folder / name) != digests[name]:
                return f"{name} was changed"
        files = {file.path: file for file in load_manifest(folder / MANIFEST).files}
        found = {
            p.relative_to(folder / "input").as_posix()
            for p in (folder / "input").rglob("*")
            if not p.is_dir()
        }
        for path in sorted(found ^ files.keys()):
            return f"input/{path} is {'not in the manifest' if path in found else 'missing'}"
        for path, file in files.items():
            if digest(folder / "input" / path) != file.sha256:
                return f"input/{path} was changed"
    except FileNotFoundError as error:
        return f"{Path(error.filename).name} is missing"
    except (ValueError, KeyError, TypeError, ValidationError):
        return f"{FILE_NAME} cannot be read"
    return ""


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
