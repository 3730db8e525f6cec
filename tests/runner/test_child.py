"""What the kit promises of every process it starts: clean environment, bounded life, nothing left behind."""

from __future__ import annotations

import multiprocessing
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from runner import child

PATIENCE_S = 10.0
LEAVES_ONE_BEHIND = "sleep 300 & echo $!"


@pytest.fixture(autouse=True)
def nothing_outlives_the_test() -> Iterator[None]:
    yield
    child.stop_all(grace_s=0)
    assert child.alive() == []


def ends(pid: int) -> bool:
    """Whether the process, which need not be ours, ends within PATIENCE_S."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], PATIENCE_S)[0])
    finally:
        os.close(descriptor)


def test_a_child_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_API_KEY", "CLAUDE_CODE_X", "GITHUB_TOKEN", "HTTPS_PROXY", "LD_PRELOAD_X"):
        monkeypatch.setenv(name, "canary")
    seen = dict(line.split("=", 1) for line in child.run(["env"], timeout_s=5).stdout.decode().splitlines())
    assert set(seen) == {"PATH", "LANG", "TERM", "TZ"}
    assert "canary" not in str(seen)


def test_the_caller_can_name_more_variables() -> None:
    done = child.run(["sh", "-c", "echo $HOME"], env=child.clean_env(HOME="/somewhere"), timeout_s=5)
    assert done.stdout == b"/somewhere\n"


def test_the_time_is_that_of_japan() -> None:
    assert child.run(["date", "+%z"], timeout_s=5).stdout == b"+0900\n"


def test_run_gives_exit_code_and_both_outputs() -> None:
    done = child.run(["sh", "-c", "cat; echo wrong >&2; exit 3"], stdin="日本".encode(), timeout_s=5)
    assert (done.returncode, done.stdout.decode(), done.stderr) == (3, "日本", b"wrong\n")
    assert not done.timed_out and done.dropped_bytes == 0


def test_run_ends_a_program_that_takes_too_long() -> None:
    done = child.run(["sleep", "300"], timeout_s=0.2)
    assert done.timed_out and done.returncode == -signal.SIGTERM
    assert 0.2 <= done.wall_s < PATIENCE_S


def test_a_program_that_ignores_sigterm_is_killed_after_the_grace() -> None:
    done = child.run(["sh", "-c", "trap '' TERM; while :; do sleep 1; done"], timeout_s=0.3, grace_s=0.1)
    assert done.timed_out and done.returncode == -signal.SIGKILL


def test_run_keeps_the_end_of_a_flood_and_says_what_it_dropped() -> None:
    flood = "import sys; sys.stdout.write('x' * 3_000_000 + 'end')"
    done = child.run([sys.executable, "-c", flood], timeout_s=20, max_output_bytes=1000)
    assert len(done.stdout) == 1000 and done.stdout.endswith(b"xend")
    assert done.dropped_bytes == 3_000_003 - 1000


def test_both_pipes_can_be_full_at_once() -> None:
    both = "import os\nfor n in range(200): os.write(1, b'o' * 10000); os.write(2, b'e' * 10000)"
    done = child.run([sys.executable, "-c", both], timeout_s=20, max_output_bytes=1 << 22)
    assert (len(done.stdout), len(done.stderr)) == (2_000_000, 2_000_000)


def test_the_watcher_can_end_a_program() -> None:
    done = child.run(["sleep", "300"], timeout_s=60, watch=lambda: True, watch_every_s=0.01)
    assert done.returncode == -signal.SIGTERM and not done.timed_out


def test_what_a_program_leaves_in_its_group_ends_with_it() -> None:
    done = child.run(["sh", "-c", LEAVES_ONE_BEHIND], timeout_s=5)
    assert done.returncode == 0
    assert ends(int(done.stdout))


def test_a_descendant_that_holds_the_pipe_does_not_hold_us() -> None:
    done = child.run(["sh", "-c", "setsid sleep 300 & echo $!"], timeout_s=60)
    assert done.wall_s < 5 and done.returncode == 0
    os.kill(int(done.stdout), signal.SIGKILL)


def test_a_started_child_can_be_waited_for_and_stopped_twice() -> None:
    started = child.start(["sleep", "300"])
    assert started.poll() is None
    with pytest.raises(child.ChildTimeoutError, match="sleep"):
        started.wait(0.01)
    assert started.stop() == -signal.SIGTERM
    assert started.stop() == started.wait() == started.poll() == -signal.SIGTERM


def test_leaving_the_context_ends_the_child() -> None:
    with child.start(["sleep", "300"]) as started:
        assert child.alive() == ["sleep"]
    assert started.poll() == -signal.SIGTERM


def test_stop_all_ends_pipes_and_ptys_alike() -> None:
    started = child.start(["sleep", "300"])
    on_pty = child.start_on_pty(["sleep", "301"], env=child.clean_env(), rows=30, columns=100)
    assert child.alive() == ["sleep", "sleep"]
    child.stop_all(grace_s=1)
    assert child.alive() == []
    assert started.poll() == -signal.SIGTERM
    assert ends(on_pty.pid)


def test_a_pty_that_ended_by_itself_is_forgotten() -> None:
    on_pty = child.start_on_pty(["true"], env=child.clean_env(), rows=30, columns=100)
    on_pty.wait()
    assert child.alive() == []


def test_stop_all_reaches_a_child_that_another_thread_waits_for() -> None:
    done: list[child.Completed] = []
    thread = threading.Thread(target=lambda: done.append(child.run(["sleep", "300"], timeout_s=60)))
    thread.start()
    until = time.monotonic() + PATIENCE_S
    while not child.alive() and time.monotonic() < until:
        pass
    child.stop_all(grace_s=1)
    thread.join(PATIENCE_S)
    assert done[0].returncode == -signal.SIGTERM and not done[0].timed_out


def test_a_child_outlives_the_thread_that_started_it() -> None:
    started: list[child.Child] = []
    thread = threading.Thread(target=lambda: started.append(child.start(["sleep", "300"])))
    thread.start()
    thread.join()
    with pytest.raises(child.ChildTimeoutError):
        started[0].wait(0.3)
    started[0].stop()


def test_a_child_dies_with_us_even_by_kill_9() -> None:
    program = (
        "import sys, time\nfrom runner import child\n"
        "started = child.start(['sh', '-c', 'echo $$; exec sleep 300'])\ntime.sleep(300)\n"
    )
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=root) as parent:
        assert parent.stdout is not None
        grandchild = int(parent.stdout.readline())
        parent.kill()
    assert ends(grandchild)


def test_a_forked_worker_starts_children_of_its_own() -> None:
    started = child.start(["sleep", "300"])
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(max_workers=1, mp_context=fork) as pool:
        assert pool.submit(child.alive).result(PATIENCE_S) == []
        assert pool.submit(child.run, ["true"], timeout_s=5).result(PATIENCE_S).returncode == 0
    assert started.stop() == -signal.SIGTERM


def test_a_missing_program_is_named() -> None:
    with pytest.raises(child.ChildError, match="no-such-program"):
        child.run(["no-such-program"], timeout_s=5)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(child.ChildError, match="gone"):
        child.start(["true"], cwd=tmp_path / "gone")
    with pytest.raises(child.ChildError, match="gone"):
        child.start_on_pty(["true"], env=child.clean_env(), cwd=tmp_path / "gone", rows=2, columns=20)


def test_the_foreground_gives_the_exit_code() -> None:
    assert child.run_in_foreground(["sh", "-c", "exit 7"], env=child.clean_env()) == 7
