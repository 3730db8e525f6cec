"""manifest.json: every file of a dataset's input/ with its sha256.

Written by synthetic_pkg.dataset, read by the guard and the verifier.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict


class ManifestFile(BaseModel):
    """path: relative to input/, with forward slashes. company_code: None for 要領."""

    model_config = ConfigDict(extra="forbid")

    path: str
    sha256: str
    bytes: int
    company_code: str | None


class Manifest(BaseModel):
    """What was built. companies: how many the group has, which is not the number of files."""

    model_config = ConfigDict(extra="forbid")

    dataset_id: str
    seed: int
    sentinel: str
    period: str
    companies: int
    files: list[ManifestFile]


def describe(path: Path, relative_to: Path, company_code: str | None) -> ManifestFile:
    """The manifest's row of one file."""
    content = path.read_bytes()
    return ManifestFile(
        path=path.relative_to(relative_to).as_posix(),
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        company_code=company_code,
    )


def write_manifest(manifest: Manifest, files: Iterable[ManifestFile], path: Path) -> None:
    """Write a manifest whose list of files is still empty, and each of `files` as it comes."""
    head, tail = manifest.model_dump_json(indent=1).rsplit("[]", 1)
    with path.open("w", encoding="utf-8") as out:
        out.write(head + "[")
        for number, file in enumerate(files):
            row = file.model_dump_json(indent=1).replace("\n", "\n  ")
            out.write(f"{',' if number else ''}\n  {row}")
        out.write("\n ]" + tail)


def load_manifest(path: Path) -> Manifest:
    return Manifest.model_validate_json(path.read_bytes())
