"""Books written by several processes: the same bytes in the same order, and nobody stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from synthetic_pkg import rendering
from synthetic_pkg.dataset import Dataset, build_dataset
from synthetic_pkg.errors import KitFault
from synthetic_pkg.spec import DatasetSpec

ROOT = Path(__file__).resolve().parents[2]
MANY = DatasetSpec(companies=30, level="standard")  # enough for rendering.WORTH_A_POOL
SLOW = 60  # seconds that a busy machine may need


def _bytes(dataset: Dataset) -> dict[str, bytes]:
    return {
        path.relative_to(dataset.root).as_posix(): path.read_bytes()
        for path in dataset.root.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def by_one(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every file of the dataset as one process writes it."""
    return _bytes(build_dataset(MANY, 4, tmp_path_factory.mktemp("one"), processes=1))


def test_the_number_of_processes_changes_no_byte_and_no_order(by_one, tmp_path):
    calls: list[tuple[int, int]] = []
    more = build_dataset(MANY, 4, tmp_path, lambda *call: calls.append(call), 3)
    files = len(more.manifest.files)
    assert MANY.companies >= rendering.WORTH_A_POOL
    assert _bytes(more) == by_one
    assert calls == [(n, files) for n in range(1, files + 1)]


def test_spawned_workers_write_the_same_as_forked_ones(by_one, tmp_path):
    """Which of the two is used depends on whether this process runs threads."""
    over = threading.Event()
    thread = threading.Thread(target=over.wait)
    thread.start()
    try:
        with_threads = build_dataset(MANY, 4, tmp_path, processes=2)
    finally:
        over.set()
        thread.join()
    assert _bytes(with_threads) == by_one


def _run(statement: str) -> subprocess.Popen[str]:
    code = (
        "from pathlib import Path\n"
        "from synthetic_pkg.dataset import build_dataset\n"
        "from synthetic_pkg.interrupting import interrupt_once\n"
        "from synthetic_pkg.spec import DatasetSpec\n"
        f"spec = DatasetSpec.model_validate_json({MANY.model_dump_json()!r})\n"
        "tell = lambda done, total: print(done, flush=True)\n"
        "build = lambda cache: build_dataset(spec, 4, cache, tell, processes=2)\n"
        f"{statement}\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, text=True, stdout=subprocess.PIPE, start_new_session=True
    )


def _group_is_gone(group: int) -> bool:
    for _ in range(SLOW * 10):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize(
    "how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=["Ctrl-C", "terminated", "killed"]
)
def test_when_the_build_is_ended_its_workers_end_too(tmp_path, how):
    building = _run(f"interrupt_once(); build(Path({str(tmp_path / 'cache')!r}))")
    assert building.stdout
    while building.stdout.readline() != "10\n":
        assert building.poll() is None
    if how == signal.SIGINT:
        os.killpg(building.pid, how)  # as a terminal does: to all of them
    else:
        building.send_signal(how)
    assert building.wait(SLOW) != 0
    building.stdout.close()
    assert _group_is_gone(building.pid)
    if how != signal.SIGKILL:
        assert list(tmp_path.iterdir()) == []


def test_a_lost_worker_is_one_clear_error(tmp_path, monkeypatch):
    monkeypatch.setattr(rendering, "_work", _die)
    with pytest.raises(KitFault, match="ended from outside"):
        build_dataset(MANY, 4, tmp_path, processes=2)
    assert list(tmp_path.iterdir()) == []


def _die(shared_file: str, job: rendering.Job) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
