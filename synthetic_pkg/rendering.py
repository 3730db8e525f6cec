"""Writes every file of input/ and describes it for the manifest, in this process or spread over several.

Called by synthetic_pkg.dataset. Order and bytes do not depend on the number of processes. Books go to the workers
one by one, a few ahead of what is done, so memory does not grow with the group.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from itertools import chain, islice
from multiprocessing import connection, get_context, parent_process
from pathlib import Path

from synthetic_pkg import archive, comments, glossary, workbook, yoryo
from synthetic_pkg.errors import KitFault
from synthetic_pkg.manifest import ManifestFile, describe
from synthetic_pkg.packing import Shelf
from synthetic_pkg.period import ARCHIVE_FOLDER
from synthetic_pkg.world import Book, World

DEFAULT_PROCESSES = min(2, os.cpu_count() or 1)
WORTH_A_POOL = 60  # files; below, starting processes costs more than they save
AHEAD = 8  # files on their way, for each process


@dataclass(frozen=True)
class Shared:
    """What every file needs: the group without its books, its seed, the sentinel, where input/ is."""

    world: World
    seed: int
    sentinel: str
    input_dir: Path


@dataclass(frozen=True)
class Job:
    """A file to be written: the submitted book, or the archived one of its company."""

    book: Book
    archived: bool = False


def render_all(
    world: World, seed: int, sentinel: str, input_dir: Path, processes: int = DEFAULT_PROCESSES
) -> Generator[ManifestFile, None, None]:
    """Write every file and give its row as it is done. KitFault when a worker process is lost."""
    (input_dir / ARCHIVE_FOLDER).mkdir(parents=True)
    shared = Shared(_without_books(world), seed, sentinel, input_dir)
    archived = (Job(b, archived=True) for b in world.book_of_each() if b.company.code not in world.newcomers)
    jobs = chain(map(Job, world.books), archived)
    common = _common_files(world, sentinel, input_dir)
    yield from render_books(shared, jobs, processes if count(world) >= WORTH_A_POOL else 1, common)


def render_books(
    shared: Shared, jobs: Iterator[Job], processes: int, common: Iterable[ManifestFile] = ()
) -> Iterator[ManifestFile]:
    """Write submitted and archived books in the given order, after what this process itself writes."""
    if processes < 2:
        return chain(common, (_render(shared, job) for job in jobs))
    return _in_pool(shared, jobs, processes, common)


def count(world: World) -> int:
    """How many files render_all writes."""
    return 2 + len(world.books) + len(world.companies) - len(world.newcomers)


def _common_files(world: World, sentinel: str, input_dir: Path) -> Iterator[ManifestFile]:
    rules, terms = input_dir / yoryo.FILE_NAME, input_dir / glossary.FILE_NAME
    yoryo.render(world, sentinel, rules)
    yield describe(rules, input_dir, None)
    glossary.render(sentinel, terms)
    yield describe(terms, input_dir, None)


def _without_books(world: World) -> World:
    return replace(
        world, books=[], anomalies=[], traps=[], normalisations=[], withdrawn={}, cast=None, shelf=Shelf()
    )


def _render(shared: Shared, job: Job) -> ManifestFile:
    world, folder, book = shared.world, shared.input_dir, job.book
    company, period = book.company, world.period
    if job.archived:
        path = folder / ARCHIVE_FOLDER / period.archive_name(company.code)
        archive.render(company, book.prior, world, shared.sentinel, path)
    else:
        path = folder / period.file_name(company.code, book.version)
        comments.fill(book, world, shared.seed)
        workbook.render(book, world, shared.sentinel, path)
    return describe(path, folder, company.code)


def _in_pool(
    shared: Shared, jobs: Iterator[Job], processes: int, common: Iterable[ManifestFile]
) -> Iterator[ManifestFile]:
    """The same over `processes` workers. Forked where no thread could hold a lock meanwhile, else spawned."""
    context = get_context("fork" if threading.active_count() == 1 else "spawn")
    pool = ProcessPoolExecutor(processes, context, _start_worker, (shared,))
    waiting: deque[Future[ManifestFile]] = deque()
    try:
        waiting.extend(pool.submit(_work, job) for job in islice(jobs, processes * AHEAD))
        yield from common
        while waiting:
            yield waiting.popleft().result()
            waiting.extend(pool.submit(_work, job) for job in islice(jobs, 1))
    except BrokenProcessPool as error:
        raise KitFault(
            "dataset: a process that writes books was ended from outside; free some memory, or use --processes 1"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_shared: Shared  # of this worker process


def _start_worker(shared: Shared) -> None:
    """Ctrl-C is the parent's to answer: it lets what is on its way end, then the workers. They end when it is gone."""
    global _shared
    _shared = shared
    gc.freeze()  # what is here already stays: no use in looking it through again and again
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _work(job: Job) -> ManifestFile:
    return _render(_shared, job)
