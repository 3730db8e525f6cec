"""How the sandbox is put together, and what it says when it cannot be."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runner import child, sandbox
from runner.agent_python import find_agent_python
from runner.refusal import APPARMOR_PROFILE, explain_refusal
from runner.sandbox import Bind, SandboxError
from tests.runner.boxes import ROOT, TestBox, make_box
from tests.runner.sandbox.watching import root_only


def test_the_exit_code_comes_out(box: TestBox) -> None:
    assert box.run(["sh", "-c", "exit 7"]).returncode == 7


def test_a_missing_source_is_named_with_its_place_inside(box: TestBox, tmp_path: Path) -> None:
    broken = replace(box.box, binds=[*box.box.binds, Bind(tmp_path / "ない", "/opt/x")])
    with pytest.raises(SandboxError, match=r"ない to /opt/x: No such file"):
        sandbox.command(broken, ["true"], tmp_path / "args")


@root_only
def test_as_root_a_folder_closed_to_others_is_named_with_the_remedy(box: TestBox, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    broken = replace(box.box, binds=[*box.box.binds, Bind(closed, "/opt/x")])
    with pytest.raises(SandboxError, match=r"chmod -R a\+rX"):
        sandbox.command(broken, ["true"], tmp_path / "args")


@root_only
def test_as_root_sources_below_a_closed_folder_are_reached(tmp_path: Path) -> None:
    private = tmp_path / "closed"
    private.mkdir(mode=0o700)
    mask = os.umask(0o077)
    try:
        made = make_box(private)
        assert made.run(["sh", "-c", "id -un > name; cat /etc/hosts name"]).returncode == 0
    finally:
        os.umask(mask)


def test_the_options_stand_in_a_file_and_not_in_the_command(box: TestBox) -> None:
    argv = box.argv(["true"])
    inside = argv[argv.index("/bin/sh") :] if "/bin/sh" in argv else argv
    assert str(box.work) not in inside


def settings_and_messages() -> list[tuple[dict[str, str], list[str]]]:
    return [
        (
            {"kernel.apparmor_restrict_unprivileged_userns": "1"},
            [
                "/etc/apparmor.d/bwrap",
                "userns,",
                "apparmor_parser -r",
                "kernel.apparmor_restrict_unprivileged_userns=0",
            ],
        ),
        ({"kernel.unprivileged_userns_clone": "0"}, ["sysctl kernel.unprivileged_userns_clone=1"]),
        ({"user.max_user_namespaces": "0"}, ["sysctl user.max_user_namespaces"]),
        ({"user.max_user_namespaces": "100"}, ["container", "seccomp=unconfined"]),
    ]


@pytest.mark.parametrize(("settings", "expected"), settings_and_messages())
def test_a_refusal_is_explained_in_one_line(settings: dict[str, str], expected: list[str]) -> None:
    message = explain_refusal("bwrap: setting up uid map:\n Permission denied\n", settings)
    assert "\n" not in message and "bubblewrap said: bwrap: setting up uid map: Permission denied" in message
    assert [part for part in expected if part not in message] == []


def test_the_apparmor_profile_is_what_printf_makes_of_it() -> None:
    written = child.run(["printf", APPARMOR_PROFILE], timeout_s=5).stdout.decode()
    assert written.splitlines()[2:] == ["profile bwrap /usr/bin/bwrap flags=(unconfined) {", "  userns,", "}"]


@pytest.fixture
def fresh_preflight() -> Iterator[None]:
    sandbox.preflight.cache_clear()
    yield
    sandbox.preflight.cache_clear()


def test_without_bubblewrap_it_says_what_to_install(
    fresh_preflight: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(child, "SYSTEM_PATH", str(tmp_path))
    with pytest.raises(SandboxError, match="apt-get install bubblewrap"):
        sandbox.preflight()


def test_off_linux_it_says_where_to_run(fresh_preflight: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxError, match="WSL 2"):
        sandbox.preflight()


def test_where_namespaces_are_forbidden_preflight_says_so() -> None:
    program = (
        "from runner import sandbox\ntry: sandbox.preflight()\nexcept sandbox.SandboxError as e: print(e)"
    )
    forbidding = [
        "bwrap",
        "--unshare-user",
        "--uid",
        "1234",
        "--disable-userns",
        "--dev-bind",
        "/",
        "/",
        "--",
    ]
    done = child.run([*forbidding, "env", f"PYTHONPATH={ROOT}", sys.executable, "-c", program], timeout_s=20)
    lines = done.stdout.decode().splitlines()
    assert len(lines) == 1 and "bubblewrap said: bwrap:" in lines[0], done.stderr.decode()


@pytest.mark.parametrize(
    ("folder", "shown"),
    [
        ("/usr/share/demo", True),
        ("/usr/local/demo", False),
        ("/usr/src/app", False),
        ("/home/demo", False),
    ],
)
def test_a_checkout_that_the_sandbox_would_show_is_known(folder: str, shown: bool) -> None:
    assert sandbox.is_shown(Path(folder)) == shown


def test_the_uid_of_the_sandbox_belongs_to_nobody() -> None:
    uid = sandbox.free_uid()
    assert child.run(["getent", "passwd", str(uid)], timeout_s=5).returncode != 0
    assert 0 < uid < 65_536


def test_an_agent_python_that_is_not_built_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="make setup"):
        find_agent_python(tmp_path)


def test_an_agent_python_without_its_interpreter_says_what_to_run(tmp_path: Path) -> None:
    record: dict[str, Any] = {"base_prefix": str(tmp_path / "gone"), "version": "3.11"}
    (tmp_path / "base.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(SandboxError, match=r"gone, which is gone: run `rm -r"):
        find_agent_python(tmp_path)
