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
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from itertools import chain, islice
from multiprocessing import connection, get_context, parent_process
from pathlib import Path

from synthetic_pkg import archive, glossary, workbook, yoryo
from synthetic_pkg.archive_figures import PriorBook
from synthetic_pkg.errors import KitFault
from synthetic_pkg.group import Company
from synthetic_pkg.manifest import ManifestFile, describe
from synthetic_pkg.period import ARCHIVE_FOLDER
from synthetic_pkg.world import Book, World

DEFAULT_PROCESSES = min(2, os.cpu_count() or 1)
WORTH_A_POOL = 60  # files; below, starting processes costs more than they save
AHEAD = 8  # files on their way, for each process


@dataclass(frozen=True)
class Shared:
    """What every file needs: the group without its books, the sentinel, where input/ is."""

    world: World
    sentinel: str
    input_dir: Path


Job = Book | tuple[Company, PriorBook]  # a submitted book, or the archived one of a company


def render_all(
    world: World, sentinel: str, input_dir: Path, processes: int = DEFAULT_PROCESSES
) -> Iterator[ManifestFile]:
    """Write every file and give its row as it is done. KitFault when a worker process is lost."""
    (input_dir / ARCHIVE_FOLDER).mkdir(parents=True)
    shared = Shared(_without_books(world), sentinel, input_dir)
    books: Iterator[Job] = chain(world.books, ((c, world.priors[c.code]) for c in world.companies))
    yield from _common_files(world, sentinel, input_dir)
    yield from render_books(shared, books, processes if count(world) >= WORTH_A_POOL else 1)


def render_books(shared: Shared, books: Iterator[Job], processes: int) -> Iterator[ManifestFile]:
    """Write submitted and archived books in the given order."""
    if processes < 2:
        return (_render(shared, book) for book in books)
    return _in_pool(shared, books, processes)


def count(world: World) -> int:
    """How many files render_all writes."""
    return 2 + len(world.books) + len(world.companies)


def _common_files(world: World, sentinel: str, input_dir: Path) -> Iterator[ManifestFile]:
    rules, terms = input_dir / yoryo.FILE_NAME, input_dir / glossary.FILE_NAME
    yoryo.render(world, sentinel, rules)
    yield describe(rules, input_dir, None)
    glossary.render(sentinel, terms)
    yield describe(terms, input_dir, None)


def _without_books(world: World) -> World:
    return replace(
        world, books=[], priors={}, anomalies=[], traps=[], normalisations=[], withdrawn={}, cast=None
    )


def _render(shared: Shared, job: Job) -> ManifestFile:
    period, folder = shared.world.period, shared.input_dir
    if isinstance(job, Book):
        company = job.company
        path = folder / period.file_name(company.code, job.version)
        workbook.render(job, shared.world, shared.sentinel, path)
    else:
        company, prior = job
        path = folder / ARCHIVE_FOLDER / period.archive_name(company.code)
        archive.render(company, prior, shared.world, shared.sentinel, path)
    return describe(path, folder, company.code)


def _in_pool(shared: Shared, jobs: Iterator[Job], processes: int) -> Iterator[ManifestFile]:
    """The same over `processes` workers. Forked where no thread could hold a lock meanwhile, else spawned."""
    context = get_context("fork" if threading.active_count() == 1 else "spawn")
    pool = ProcessPoolExecutor(processes, context, _start_worker, (shared,))
    waiting: deque[Future[ManifestFile]] = deque()
    try:
        waiting.extend(pool.submit(_work, job) for job in islice(jobs, processes * AHEAD))
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
