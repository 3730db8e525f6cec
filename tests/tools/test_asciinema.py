"""tools/bin/asciinema, which the recorder finds through PATH: it works anywhere and outlives no recorder."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENDS_S = 20.0  # a killed process is gone within this, also on a busy machine
# As asciinema-automation does: pexpect starts asciinema, which records a shell. Then the recorder hangs.
RECORDER = """
import sys, time, pexpect
process = pexpect.spawn("asciinema", ["rec", "-q", "--stdin", "-c", "sh", sys.argv[1]], timeout=20)
process.expect("[#$] ")
process.sendline("echo $((40 + 2)) ready")
process.expect("42 ready")
print(process.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that records a shell through the kit's asciinema."""
    tools = f"{ROOT / 'tools' / 'bin'}:{os.environ['PATH']}"
    process = subprocess.Popen(
        [sys.executable, "-c", RECORDER, str(tmp_path / "session.cast")],
        env={"PATH": tools, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process
        process.kill()


def with_children(pid: int) -> list[int]:
    """The process and whatever it started, all the way down."""
    listed = "".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    return [pid, *(found for child in listed.split() for found in with_children(int(child)))]


def test_a_recorder_killed_at_once_leaves_no_asciinema_behind(
    recorder: subprocess.Popen[str], tmp_path: Path
) -> None:
    assert recorder.stdout is not None
    processes = with_children(int(recorder.stdout.readline()))
    assert len(processes) > 1, "asciinema and the shell it records"
    watched = [os.pidfd_open(pid) for pid in processes]
    recorder.send_signal(signal.SIGKILL)
    end = time.monotonic() + ENDS_S
    left = [file for file in watched if not select.select([file], [], [], max(0, end - time.monotonic()))[0]]
    for file in left:
        signal.pidfd_send_signal(file, signal.SIGKILL)
    for file in watched:
        os.close(file)
    assert not left, f"{len(left)} processes are still there"
    assert "42 ready" in (tmp_path / "session.cast").read_text(encoding="utf-8"), "what was on screen is kept"
