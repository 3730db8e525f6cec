"""Builds a dataset on disk from (spec, seed), or finds it in the cache: input/, manifest.json, answers.json.

The whole folder is made under a temporary name and renamed, so a killed build leaves nothing half-written.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydantic import ValidationError
from xlsxwriter.exceptions import XlsxFileError

from synthetic_pkg import answer_details, archive, comments, glossary, workbook, yoryo
from synthetic_pkg.answers import Answers
from synthetic_pkg.errors import DatasetError
from synthetic_pkg.manifest import Manifest, describe, load_manifest
from synthetic_pkg.period import ARCHIVE_FOLDER
from synthetic_pkg.settle import settle
from synthetic_pkg.spec import DatasetSpec
from synthetic_pkg.translation import exact_totals, totals
from synthetic_pkg.world import World

PACKAGE = Path(__file__).parent
KEY_LENGTH = 10
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Dataset:
    """A dataset on disk. answers_path lies beside input_dir, never inside it."""

    dataset_id: str
    seed: int
    root: Path
    input_dir: Path
    manifest: Manifest
    answers_path: Path
    from_cache: bool


def build_dataset(spec: DatasetSpec, seed: int, cache: Path, progress: Progress | None = None) -> Dataset:
    """The dataset of (spec, seed) under `cache`, built unless it is there already.

    progress(done, total) is called after each workbook.
    DatasetError when the mix does not fit or the disk is full.
    """
    key = _key(spec, seed)
    dataset_id = f"{spec.period}-{spec.level}-{spec.companies}-s{seed}-{key}"
    root = cache / dataset_id
    if (root / "manifest.json").is_file():
        return _open(root, from_cache=True)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{dataset_id}.", dir=cache))
        try:
            _write(spec, seed, dataset_id, unfinished, progress)
            _move(unfinished, root)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except (OSError, XlsxFileError) as error:
        raise DatasetError(
            f"dataset: cannot write {root}: {error}; free some space or use another cache folder"
        ) from error
    return _open(root, from_cache=False)


def _key(spec: DatasetSpec, seed: int) -> str:
    """Hash of what the files depend on: the spec, the seed and the generator's own sources and data."""
    digest = hashlib.sha256(f"{spec.model_dump_json()}/{seed}".encode())
    for path in sorted([*PACKAGE.rglob("*.py"), *(PACKAGE / "data").iterdir()]):
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:KEY_LENGTH]


def _write(spec: DatasetSpec, seed: int, dataset_id: str, folder: Path, progress: Progress | None) -> None:
    world, exact = settle(spec, seed)
    comments.fill(world, seed)
    sentinel = f"SYNTH-{dataset_id}"
    input_dir = folder / "input"
    (input_dir / ARCHIVE_FOLDER).mkdir(parents=True)
    files = []
    count = _count(world)
    for path, company, render in _renderings(world, sentinel, input_dir):
        render(path)
        files.append(describe(path, input_dir, company))
        if progress:
            progress(len(files), count)
    answers = Answers(
        dataset_id=dataset_id,
        seed=seed,
        totals=totals(exact_totals(exact)),
        anomalies=world.anomalies,
        traps=world.traps,
        normalisations=world.normalisations,
    )
    manifest = Manifest(
        dataset_id=dataset_id,
        seed=seed,
        sentinel=sentinel,
        period=spec.period,
        companies=len(world.companies),
        files=files,
    )
    answer_details.write(world, exact, folder / answer_details.FILE_NAME)
    (folder / "answers.json").write_text(answers.model_dump_json(indent=1), encoding="utf-8")
    (folder / "manifest.json").write_text(manifest.model_dump_json(indent=1), encoding="utf-8")


def _renderings(
    world: World, sentinel: str, input_dir: Path
) -> Iterator[tuple[Path, str | None, Callable[[Path], None]]]:
    """Every file of input/: where it goes, whose it is, and what writes it."""
    period = world.period
    yield input_dir / yoryo.FILE_NAME, None, partial(yoryo.render, world, sentinel)
    yield input_dir / glossary.FILE_NAME, None, partial(glossary.render, sentinel)
    for book in world.books:
        name = period.file_name(book.company.code, book.version)
        yield input_dir / name, book.company.code, partial(workbook.render, book, world, sentinel)
    for company in world.companies:
        path = input_dir / ARCHIVE_FOLDER / period.archive_name(company.code)
        prior = world.priors[company.code]
        yield path, company.code, partial(archive.render, company, prior, world, sentinel)


def _count(world: World) -> int:
    return 2 + len(world.books) + len(world.companies)


def _move(finished: Path, root: Path) -> None:
    """Put the finished folder in place; if another process was faster, its identical folder stays."""
    finished.chmod(0o755)
    try:
        os.rename(finished, root)  # noqa: PTH104 - rename onto an existing folder must fail, not nest
    except OSError:
        if not (root / "manifest.json").is_file():
            raise


def _open(root: Path, *, from_cache: bool) -> Dataset:
    try:
        manifest = load_manifest(root / "manifest.json")
    except ValidationError as error:
        raise DatasetError(
            f"dataset: {root}/manifest.json is damaged; delete the folder and run again"
        ) from error
    return Dataset(
        dataset_id=manifest.dataset_id,
        seed=manifest.seed,
        root=root,
        input_dir=root / "input",
        manifest=manifest,
        answers_path=root / "answers.json",
        from_cache=from_cache,
    )
