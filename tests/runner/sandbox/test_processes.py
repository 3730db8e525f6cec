"""No process of the host is seen or signalled from the sandbox, and none of its own outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid

import pytest

from runner import sandbox
from tests.runner.boxes import ROOT, TestBox
from tests.runner.sandbox.watching import CANARY, gone, host_processes


def test_nothing_of_the_hosts_processes_is_seen(box: TestBox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", CANARY)
    program = """
import glob, json
def read(kind):
    texts = {}
    for path in glob.glob(f'/proc/[0-9]*/{kind}'):
        try:
            texts[path] = open(path, 'rb').read().replace(b'\\0', b' ').decode()
        except OSError as error:
            texts[path] = ''
    return texts
print(json.dumps([read('cmdline'), read('environ')]))
"""
    commands, environments = box.sees(program)
    assert len(commands) == 2, "the sandbox's first process and Python"
    for text in (*commands.values(), *environments.values()):
        for host in (
            CANARY,
            str(ROOT),
            str(box.private),
            sys.base_prefix + "/lib",
            os.environ.get("HOME", CANARY) + "/",
        ):
            assert host not in text
    assert environments["/proc/1/environ"].strip() == ""


def test_the_first_process_cannot_be_left_through(box: TestBox) -> None:
    program = """
import json, os
print(json.dumps([os.readlink('/proc/1/root'), sorted(os.listdir('/proc/1/root')) == sorted(os.listdir('/')),
                  [os.readlink(f'/proc/1/fd/{n}') for n in os.listdir('/proc/1/fd')]]))
"""
    root, same, descriptors = box.sees(program)
    assert (root, same) == ("/", True)
    assert not [
        path
        for path in descriptors
        if path.startswith("/") and "(deleted)" not in path and path != "/dev/null"
    ]


@pytest.mark.parametrize("parting", ["", "setsid ", "nohup "])
def test_background_processes_end_with_the_sandbox(box: TestBox, parting: str) -> None:
    marker = str(uuid.uuid4())
    done = box.run(["sh", "-c", f"{parting}sh -c 'sleep 300; : {marker}' > /dev/null 2>&1 & echo started"])
    assert (done.returncode, done.stdout) == (0, b"started\n")
    assert gone(marker)


def test_a_daemon_that_forked_twice_ends_with_the_sandbox(box: TestBox) -> None:
    marker = str(uuid.uuid4())
    program = f"""
import os
ready, tell = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.dup2(tell, 3)
        os.execv('/bin/sh', ['sh', '-c', 'echo >&3; sleep 300; : {marker}'])
    os._exit(0)
assert os.read(ready, 1)
"""
    assert box.python(program).returncode == 0
    assert gone(marker)


def test_the_sandbox_dies_with_the_kit_even_by_kill_9(box: TestBox) -> None:
    marker = str(uuid.uuid4())
    argv = box.argv(["sh", "-c", f"echo started; sleep 300; : {marker}"])
    program = f"import time\nfrom runner import child\nchild.start({argv!r})\ntime.sleep(300)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT) as kit:
        assert kit.stdout is not None and kit.stdout.readline() == b"started\n"
        kit.send_signal(signal.SIGKILL)
    assert gone(marker)


def test_no_signal_reaches_a_process_outside(box: TestBox) -> None:
    """The victim has a number that is free inside, runs under the sandbox's own uid there, and lives on."""
    program = f"""
import json, os, signal
def sent(target, number):
    try:
        os.kill(target, number)
    except (ProcessLookupError, PermissionError) as error:
        return type(error).__name__
    return "sent"
outside = [{os.getpid()}, {os.getppid()}]
print(json.dumps([sent(pid, number) for pid in outside if not os.path.exists(f"/proc/{{pid}}")
                  for number in (0, signal.SIGTERM, signal.SIGKILL)]))
"""
    attempts = box.sees(program)
    assert attempts and set(attempts) <= {"ProcessLookupError", "PermissionError"}


def test_a_signal_to_everybody_stays_inside(box: TestBox) -> None:
    marker = str(uuid.uuid4())
    with subprocess.Popen(
        ["sh", "-c", f"sleep 300; : {marker}"], user=sandbox.preflight().agent_uid
    ) as bystander:
        try:
            box.python("import os, signal; os.kill(-1, signal.SIGKILL)")
            assert bystander.poll() is None and host_processes(marker)
        finally:
            bystander.kill()
