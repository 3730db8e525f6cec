"""Processes, memory, time, files: each attempt to take too much ends at its limit."""

from __future__ import annotations

import signal

import pytest

from runner import child
from runner.sandbox import MIB
from tests.runner.boxes import TestBox


def test_a_fork_bomb_stops_at_the_limit(box: TestBox) -> None:
    program = """
import json, os, signal
born = []
try:
    for _ in range(400):
        pid = os.fork()
        if pid == 0:
            signal.pause()
        born.append(pid)
    stopped = False
except BlockingIOError:
    stopped = True
for pid in born:
    os.kill(pid, signal.SIGKILL)
print(json.dumps([stopped, len(born)]))
"""
    stopped, born = box.limited(processes=40).sees(program)
    assert stopped and born < 40


def test_threads_count_as_processes(box: TestBox) -> None:
    program = """
import json, threading
wait = threading.Event()
begun = 0
try:
    for _ in range(200):
        threading.Thread(target=wait.wait, daemon=True).start()
        begun += 1
except RuntimeError:
    pass
print(json.dumps(begun), flush=True)
wait.set()
"""
    assert box.limited(processes=40).sees(program) < 40


def test_two_sandboxes_do_not_share_their_process_limit(box: TestBox) -> None:
    small = box.limited(processes=8)
    crowd = small.argv(["sh", "-c", "sleep 300 & sleep 300 & sleep 300 & echo; wait"])
    with child.start(crowd, stdout=child.PIPE) as first:
        assert first.stdout is not None and first.stdout.readline() == b"\n"
        assert small.run(["sh", "-c", "true & true & true & wait; echo fine"]).stdout == b"fine\n"


def test_a_memory_hog_gets_a_memory_error(box: TestBox) -> None:
    done = box.limited(memory_bytes=512 * MIB).python("data = bytearray(1 << 30)")
    assert done.returncode == 1 and b"MemoryError" in done.stderr


def test_memory_that_is_reserved_and_not_written_is_let_through_by_the_agents_limit(box: TestBox) -> None:
    limited = box.limited(data_bytes=512 * MIB)
    reserve = "import mmap; mmap.mmap(-1, 4 << 30, prot=mmap.PROT_READ)"
    assert limited.python(reserve).returncode == 0
    assert b"MemoryError" in limited.python("data = bytearray(1 << 30)").stderr


def test_an_endless_loop_runs_out_of_processor_time(box: TestBox) -> None:
    done = box.limited(cpu_s=1).python("while True: pass", wall_s=30)
    assert done.returncode == 128 + signal.SIGXCPU and not done.timed_out


def test_who_ignores_the_warning_is_killed(box: TestBox) -> None:
    program = "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass"
    assert box.limited(cpu_s=1).python(program, wall_s=30).returncode == 128 + signal.SIGKILL


def test_a_limit_cannot_be_raised_from_inside(box: TestBox) -> None:
    program = """
import json, resource
raised = []
for name in ('RLIMIT_AS', 'RLIMIT_CPU', 'RLIMIT_NPROC', 'RLIMIT_FSIZE', 'RLIMIT_NOFILE', 'RLIMIT_CORE'):
    number = getattr(resource, name)
    hard = resource.getrlimit(number)[1]
    try:
        resource.setrlimit(number, (hard, hard + 1))
        raised.append(name)
    except (ValueError, PermissionError, OverflowError):
        pass
print(json.dumps(raised))
"""
    assert box.limited(memory_bytes=4 << 30, cpu_s=60).sees(program) == []


def test_a_file_stops_growing_at_the_limit(box: TestBox) -> None:
    program = """
import errno, json
with open('huge', 'wb', buffering=0) as file:
    try:
        for _ in range(100):
            file.write(bytes(1 << 20))
        reason = None
    except OSError as error:
        reason = errno.errorcode[error.errno]
print(json.dumps(reason))
"""
    assert box.limited(file_bytes=8 * MIB).sees(program) == "EFBIG"
    assert (box.work / "huge").stat().st_size <= 8 * MIB


@pytest.mark.parametrize("folder", ["/tmp", "/dev/shm"])
def test_files_in_memory_stop_growing_at_the_limit(box: TestBox, folder: str) -> None:
    program = f"""
import errno, json
written, reason = 0, None
try:
    for number in range(64):
        with open(f'{folder}/{{number}}', 'wb', buffering=0) as file:
            written += file.write(bytes(1 << 20))
except OSError as error:
    reason = errno.errorcode[error.errno]
print(json.dumps([written, reason]))
"""
    written, reason = box.limited(temporary_bytes=8 * MIB).sees(program)
    assert reason == "ENOSPC" and written <= 8 * MIB


def test_open_files_are_bounded(box: TestBox) -> None:
    program = "import json, os, resource; print(json.dumps(resource.getrlimit(resource.RLIMIT_NOFILE)))"
    assert box.limited(open_files=64).sees(program) == [64, 64]
