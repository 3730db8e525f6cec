"""Writes every file of input/ and describes it for the manifest, in this process or spread over several.

Called by synthetic_pkg.dataset. Order and bytes do not depend on the number of processes. Books go to the workers
one by one, a few ahead of what is done, so memory does not grow with the group.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import tempfile
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from itertools import chain, islice
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from types import TracebackType

from synthetic_pkg import archive, comments, glossary, workbook, yoryo
from synthetic_pkg.errors import KitFault
from synthetic_pkg.manifest import ManifestFile, describe
from synthetic_pkg.packing import Shelf
from synthetic_pkg.period import ARCHIVE_FOLDER
from synthetic_pkg.world import Book, World

DEFAULT_PROCESSES = min(2, os.cpu_count() or 1)
WORTH_A_POOL = 30  # companies; below, starting processes costs more than they save
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
    world: World, seed: int, sentinel: str, input_dir: Path, writers: Writers
) -> Generator[ManifestFile, None, None]:
    """Write every file and give its row as it is done. KitFault when a worker process is lost."""
    (input_dir / ARCHIVE_FOLDER).mkdir(parents=True)
    shared = Shared(_without_books(world), seed, sentinel, input_dir)
    archived = (Job(b, archived=True) for b in world.book_of_each() if b.company.code not in world.newcomers)
    jobs = chain(map(Job, world.books), archived)
    yield from writers.write(shared, jobs, _common_files(world, sentinel, input_dir))


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


class Writers:
    """This process or several others that write books, one by one in the given order, while it is entered.

    The others are started at once, before the group is drawn: what a process holds when it is forked its children
    hold as well, and a large group would be in memory once for each.
    """

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Writers:
        """Forked where no thread could hold a lock meanwhile, else spawned."""
        if self._processes > 1:
            context = get_context("fork" if threading.active_count() == 1 else "spawn")
            self._pool = ProcessPoolExecutor(self._processes, context, _start_worker)
            self._pool.submit(_awake)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def write(
        self, shared: Shared, jobs: Iterator[Job], common: Iterable[ManifestFile] = ()
    ) -> Iterator[ManifestFile]:
        """Submitted and archived books, after what this process itself writes. KitFault when a process is lost."""
        if not self._pool:
            return chain(common, (_render(shared, job) for job in jobs))
        return self._in_pool(self._pool, shared, jobs, common)

    def _in_pool(
        self, pool: ProcessPoolExecutor, shared: Shared, jobs: Iterator[Job], common: Iterable[ManifestFile]
    ) -> Iterator[ManifestFile]:
        waiting: deque[Future[ManifestFile]] = deque()
        with tempfile.NamedTemporaryFile(prefix=".shared.", dir=shared.input_dir.parent) as file:
            pickle.dump(shared, file)
            file.flush()
            try:
                first = islice(jobs, self._processes * AHEAD)
                waiting.extend(pool.submit(_work, file.name, job) for job in first)
                yield from common
                while waiting:
                    yield waiting.popleft().result()
                    waiting.extend(pool.submit(_work, file.name, job) for job in islice(jobs, 1))
            except BrokenProcessPool as error:
                raise KitFault(
                    "dataset: a process that writes books was ended from outside; free some memory, or use "
                    "--processes 1"
                ) from error


_shared: dict[str, Shared] = {}  # of this worker process, by the file it was read from


def _start_worker() -> None:
    """Ctrl-C is the parent's to answer: it lets what is on its way end, then the workers. They end when it is gone."""
    gc.freeze()  # what is here already stays: no use in looking it through again and again
    gc.disable()  # a workbook is one large cycle: _work clears it away at once, before the next one takes more room
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _awake() -> None:
    """The first work of a pool, which starts its processes."""


def _work(shared_file: str, job: Job) -> ManifestFile:
    if shared_file not in _shared:
        _shared.clear()
        _shared[shared_file] = pickle.loads(Path(shared_file).read_bytes())
    file = _render(_shared[shared_file], job)
    gc.collect()
    return file
