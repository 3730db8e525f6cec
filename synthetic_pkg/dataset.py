"""Builds a dataset on disk from (spec, seed), or finds it in the cache: input/, manifest.json, answers.json.

The whole folder is made under a temporary name and renamed, so a killed build leaves nothing half-written. A folder
in the cache counts only while every file in it is the one that was built (synthetic_pkg.seal).
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import faker
import xlsxwriter

from synthetic_pkg import answer_details, mistakes, rendering, seal
from synthetic_pkg.answers import Answers
from synthetic_pkg.errors import DatasetError, KitFault
from synthetic_pkg.manifest import Manifest, ManifestFile, load_manifest, write_manifest
from synthetic_pkg.rendering import DEFAULT_PROCESSES
from synthetic_pkg.settle import settle
from synthetic_pkg.spec import DatasetSpec
from synthetic_pkg.translation import exact_totals, totals

PACKAGE = Path(__file__).parent
KEY_LENGTH = 10
TRIES = 3
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


def build_dataset(
    spec: DatasetSpec,
    seed: int,
    cache: Path,
    progress: Progress | None = None,
    processes: int = DEFAULT_PROCESSES,
) -> Dataset:
    """The dataset of (spec, seed) under `cache`, built unless it is there already, undamaged.

    progress(done, total) is called after each workbook, which `processes` processes write.
    DatasetError when the mix does not fit or the disk is full.
    """
    root = cache / dataset_id(spec, seed)
    if root.is_dir() and not seal.difference(root):
        return _open(root, from_cache=True)
    _build(spec, seed, root, progress, processes)
    return _open(root, from_cache=False)


def build_folder(
    spec: DatasetSpec,
    seed: int,
    out: Path,
    progress: Progress | None = None,
    processes: int = DEFAULT_PROCESSES,
) -> Dataset:
    """The same dataset in a folder of its own. DatasetError also when `out` exists and is not an empty folder."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DatasetError(f"dataset: {out} exists and is not an empty folder; choose another --out")
    _build(spec, seed, out, progress, processes)
    return _open(out, from_cache=False)


def _build(spec: DatasetSpec, seed: int, root: Path, progress: Progress | None, processes: int) -> None:
    made = [folder for folder in (root.parent, *root.parent.parents) if not folder.exists()]
    done = False
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{root.name}.", dir=root.parent))
        try:
            _write(spec, seed, unfinished, progress, processes)
            _move(unfinished, root)
            done = True
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        raise DatasetError(
            f"dataset: cannot write {root}: {error.strerror or error}; free some space or use another folder"
        ) from error
    finally:
        for folder in () if done else made:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def dataset_id(spec: DatasetSpec, seed: int) -> str:
    """The name of a dataset; it ends with a hash of all that its files depend on."""
    return f"{spec.period}-{spec.level}-{spec.companies}-s{seed}-{_key(spec, seed)}"


def _key(spec: DatasetSpec, seed: int) -> str:
    """Hash of the spec, the seed, the generator's own sources and data, and the libraries that shape its files."""
    libraries = f"faker {faker.VERSION}, XlsxWriter {xlsxwriter.__version__}"
    digest = hashlib.sha256(f"{spec.model_dump_json()}/{seed}/{libraries}".encode())
    try:
        for path in sorted([*PACKAGE.rglob("*.py"), *(PACKAGE / "data").iterdir()]):
            digest.update(path.relative_to(PACKAGE).as_posix().encode())
            digest.update(path.read_bytes())
    except OSError as error:
        raise KitFault(
            f"dataset: cannot read {error.filename}: {error.strerror}; restore this checkout"
        ) from error
    return digest.hexdigest()[:KEY_LENGTH]


def _write(spec: DatasetSpec, seed: int, folder: Path, progress: Progress | None, processes: int) -> None:
    name = dataset_id(spec, seed)
    sentinel = f"SYNTH-{name}"
    with rendering.Writers(processes if spec.companies >= rendering.WORTH_A_POOL else 1) as writers:
        world, exact = settle(spec, seed)
        files = rendering.render_all(world, seed, sentinel, folder / "input", writers)
        manifest = Manifest(
            dataset_id=name,
            seed=seed,
            sentinel=sentinel,
            period=spec.period,
            companies=len(world.companies),
            files=[],
        )
        with closing(files):  # before the folder is cleared
            counted = _counted(files, rendering.count(world), progress)
            write_manifest(manifest, counted, folder / seal.MANIFEST)
    asked = exact_totals(exact)
    answers = Answers(
        dataset_id=name,
        seed=seed,
        totals=totals(asked),
        anomalies=world.anomalies,
        traps=world.traps,
        normalisations=world.normalisations,
    )
    answer_details.write(world, exact, folder / answer_details.FILE_NAME)
    mistakes.write(world, asked, folder / mistakes.FILE_NAME)
    (folder / "answers.json").write_text(answers.model_dump_json(indent=1), encoding="utf-8")
    seal.close(folder)


def _counted(files: Iterator[ManifestFile], count: int, progress: Progress | None) -> Iterator[ManifestFile]:
    for done, file in enumerate(files, start=1):
        yield file
        if progress:
            progress(done, count)


def _move(finished: Path, root: Path) -> None:
    """Put the finished folder in place of nothing, of an empty folder, or of a damaged one.

    If another process was faster, its identical folder stays.
    """
    finished.chmod(0o755)
    for _ in range(TRIES):
        try:
            os.rename(finished, root)  # noqa: PTH104 - rename onto a filled folder must fail, not nest
            return
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
        if not seal.difference(root):
            return
        with tempfile.TemporaryDirectory(prefix=f".{root.name}.", dir=root.parent) as aside:
            root.rename(Path(aside) / "damaged")
    raise DatasetError(f"dataset: {root} is changed by someone else all the time; use another folder")


def _open(root: Path, *, from_cache: bool) -> Dataset:
    manifest = load_manifest(root / seal.MANIFEST)
    return Dataset(
        dataset_id=manifest.dataset_id,
        seed=manifest.seed,
        root=root,
        input_dir=root / "input",
        manifest=manifest,
        answers_path=root / "answers.json",
        from_cache=from_cache,
    )
