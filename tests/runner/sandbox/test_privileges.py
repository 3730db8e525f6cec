"""In the sandbox there is no privilege and none can be gained."""

from __future__ import annotations

import os
import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from runner import child, sandbox
from tests.runner.boxes import TestBox
from tests.runner.sandbox.watching import host_processes, root_only


def test_there_is_no_capability_and_none_can_be_gained(box: TestBox) -> None:
    status = box.run(["cat", "/proc/self/status"]).stdout.decode()
    fields = dict(line.split(":\t", 1) for line in status.splitlines())
    assert {fields[f"Cap{kind}"].strip("0") for kind in ("Inh", "Prm", "Eff", "Amb")} == {""}
    assert fields["NoNewPrivs"] == "1"
    assert fields["Uid"].split() == [str(sandbox.UID_INSIDE)] * 4
    assert fields["Gid"].split() == [str(sandbox.UID_INSIDE)] * 4


def test_on_the_host_it_runs_under_a_uid_that_is_not_root(box: TestBox) -> None:
    marker = str(uuid.uuid4())
    with child.start(box.argv(["sh", "-c", f"echo; sleep 300; : {marker}"]), stdout=child.PIPE) as started:
        assert started.stdout is not None and started.stdout.readline() == b"\n"
        uids = {Path(f"/proc/{pid}").stat().st_uid for pid in host_processes(f"sleep 300; : {marker}")}
    expected = sandbox.preflight().agent_uid or os.geteuid()
    assert expected in uids and expected != 0


@root_only
def test_as_root_no_supplementary_group_stays(box: TestBox) -> None:
    groups = next(
        line
        for line in box.run(["cat", "/proc/self/status"]).stdout.decode().splitlines()
        if "Groups" in line
    )
    assert groups.split() == ["Groups:"] or groups.split()[1:] == [str(sandbox.UID_INSIDE)]


@pytest.mark.parametrize("attempt", ["unshare --user true", "unshare --user --map-root-user --net true"])
def test_no_nested_user_namespace_can_be_made(box: TestBox, attempt: str) -> None:
    if sandbox.DISABLE_USERNS not in sandbox.preflight().offers:
        pytest.skip("this bubblewrap is older than 0.8: it cannot forbid nested namespaces")
    done = box.run(["sh", "-c", attempt])
    assert done.returncode != 0 and b"unshare failed" in done.stderr


def test_nothing_can_be_mounted(box: TestBox) -> None:
    program = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
result = libc.mount(b'none', b'/tmp', b'tmpfs', 0, None)
raise SystemExit(os.strerror(ctypes.get_errno()) if result else 0)
"""
    assert b"not permitted" in box.python(program).stderr


def test_with_the_oldest_bubblewrap_it_still_runs(box: TestBox) -> None:
    old = replace(sandbox.preflight(), offers=frozenset())
    assert child.run(box.argv(["true"], old), timeout_s=10).returncode == 0
