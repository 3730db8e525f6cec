"""The folders of one trial: what the agent finds, what it can write, how it reaches the tap, what is brought out."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from runner import child, sandbox, workspace
from runner.agent_python import find_agent_python
from runner.agent_version import binary
from runner.screen import Screen
from runner.workspace import AgentSettings, Rule, Workspace, WorkspaceError

SETTINGS = AgentSettings(
    model="rehearsal",
    flags=("--tools", "Bash,Read,Write,Edit", "--system-prompt", "あなたは '連結決算' の助手です"),
    rules=(Rule("Bash", r"^rm\b", "ask", "消す前に確認します"),),
)
MIB = 1 << 20


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dataset") / "input"
    (folder / "国内").mkdir(parents=True)
    (folder / "連結決算要領.xlsx").write_bytes(b"rules")
    (folder / "国内" / "PKG_001.xlsx").write_bytes(b"book")
    return folder


@pytest.fixture
def space(tmp_path: Path, books: Path) -> Iterator[Workspace]:
    made = create(tmp_path / "試行 1", books)
    yield made
    if made.socket.parent.exists():
        made.close()


def create(private: Path, books: Path, settings: AgentSettings = SETTINGS) -> Workspace:
    return workspace.create(private, books, settings, claude=binary(), agent_python=find_agent_python())


def run(space: Workspace, *argv: str, stdin: bytes = b"") -> child.Completed:
    return child.run(space.command(argv), stdin=stdin, timeout_s=60)


def sh(space: Workspace, script: str) -> str:
    done = run(space, "sh", "-c", script)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


# --- what the agent finds ---------------------------------------------------------------------------


def test_the_agent_stands_in_its_work_folder_with_a_copy_of_the_input(space: Workspace, books: Path) -> None:
    assert sh(space, "pwd; cat input/連結決算要領.xlsx input/国内/PKG_001.xlsx").split() == [
        "/work",
        "rulesbook",
    ]
    sh(space, "echo changed > input/連結決算要領.xlsx")
    assert (books / "連結決算要領.xlsx").read_bytes() == b"rules"
    assert (space.work / "input" / "連結決算要領.xlsx").stat().st_nlink == 1


def test_the_agents_files_can_be_read_outside_and_belong_to_its_uid(space: Workspace) -> None:
    sh(space, "umask 077; mkdir output; echo 1 > output/集計結果.xlsx")
    file = space.work / "output" / "集計結果.xlsx"
    assert file.read_text(encoding="utf-8") == "1\n"
    assert file.stat().st_uid == (space.agent_uid or os.geteuid())


def test_python_and_claude_code_stand_first_in_the_path(space: Workspace) -> None:
    found = sh(space, "which python3 python claude; python -c 'import openpyxl, pandas, python_calamine'")
    assert found.split() == ["/opt/agent/bin/python3", "/opt/agent/bin/python", "/opt/claude/bin/claude"]


def test_python_leaves_no_cache_among_the_agents_files(space: Workspace) -> None:
    sh(space, "echo 'x = 1' > part.py; python3 -c 'import part'")
    assert sorted(file.name for file in space.work.iterdir()) == ["input", "part.py"]


def test_claude_code_runs_in_there(space: Workspace) -> None:
    done = child.run(replace(space, settings=AgentSettings(model="x")).claude(["--version"]), timeout_s=60)
    assert b"Claude Code" in done.stdout, done.stderr.decode()


def test_the_environment_holds_no_key_and_nothing_of_ours(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "canary")
    seen = dict(line.split("=", 1) for line in sh(space, "env").splitlines())
    assert "KEY" not in " ".join(seen) and "canary" not in str(seen)
    assert seen["ANTHROPIC_BASE_URL"] == "http://127.0.0.1:11434"
    assert seen["ANTHROPIC_MODEL"] == seen["ANTHROPIC_DEFAULT_HAIKU_MODEL"] == "rehearsal"
    assert (seen["HOME"], seen["USER"], seen["BASH_DEFAULT_TIMEOUT_MS"]) == ("/home/demo", "demo", "300000")


def test_a_caller_can_add_to_the_environment_and_win(tmp_path: Path, books: Path) -> None:
    settings = replace(SETTINGS, environment={"CLAUDE_CODE_MAX_RETRIES": "0"})
    space = create(tmp_path / "new", books, settings)
    assert sh(space, "echo $CLAUDE_CODE_MAX_RETRIES") == "0\n"
    space.close()


def test_the_home_is_seeded_so_that_nothing_is_asked(space: Workspace) -> None:
    seed = json.loads(sh(space, "cat ~/.claude.json"))
    assert seed["hasCompletedOnboarding"] and seed["projects"]["/work"]["hasTrustDialogAccepted"]
    settings = json.loads(sh(space, "cat ~/.claude/settings.json"))
    assert set(settings["hooks"]) == set(workspace.HOOK_EVENTS)
    assert settings["prefersReducedMotion"] is False and settings["tui"] == "default"


def test_the_key_that_claude_code_gets_is_thrown_away(space: Workspace) -> None:
    helper = json.loads(sh(space, "cat ~/.claude/settings.json"))["apiKeyHelper"]
    assert sh(space, helper).strip() == workspace.THROW_AWAY_KEY


def test_the_programs_of_the_kit_and_the_policy_cannot_be_changed_inside(space: Workspace) -> None:
    done = run(space, "sh", "-c", "for f in relay.py hook.py policy.json new; do echo x > /opt/kit/$f; done")
    assert done.stderr.count(b"Read-only file system") == 4
    assert (
        json.loads((space.private / "kit" / "policy.json").read_text(encoding="utf-8"))["rules"][0]["tool"]
        == "Bash"
    )


# --- the recorded shell -----------------------------------------------------------------------------


def test_the_shell_has_a_short_prompt_job_control_and_the_demos_claude(space: Workspace) -> None:
    process = child.start_on_pty(space.shell(), env=child.clean_env(), rows=30, columns=100)
    screen = Screen(process, lambda: None)
    screen.wait_for_text(r"\A連結決算 \$\s*\Z", "nothing but the prompt", 30)
    screen.send("echo running; sleep 300\r")
    screen.wait_for_text(r"^running$", "the command's own words", 30)  # its echo alone comes before it runs
    screen.send("\x03")
    screen.wait_for_text(r"\^C\n連結決算 \$\s*\Z", "the prompt after Ctrl-C", 30)
    screen.send("declare -f claude; echo HISTORY=$HISTFILE.\r")
    screen.wait_for_text(r"HISTORY=\.", "no history file", 30)
    assert "/opt/claude/bin/claude --tools Bash,Read,Write,Edit" in screen.text()
    screen.send("exit 3\r")
    process.expect_exact(b"exit")
    process.wait()
    assert process.exitstatus == 3
    assert not (space.home / ".bash_history").exists()


# --- the way to the tap -----------------------------------------------------------------------------


class EchoTap:
    """Stands where the tap would: answers each connection with the digest of all that came before its half-close."""

    def __init__(self, path: Path) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(64)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # closed: the test is over
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        digest = hashlib.sha256()
        with connection:
            while chunk := connection.recv(1 << 16):
                digest.update(chunk)
            connection.sendall(digest.hexdigest().encode())

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def test_many_connections_reach_the_tap_at_once_and_half_close_rightly(space: Workspace) -> None:
    tap = EchoTap(space.socket)
    program = """
import hashlib, json, socket, sys
from concurrent.futures import ThreadPoolExecutor
def exchange(number):
    data = bytes([number]) * (1 << 20)
    with socket.create_connection(('127.0.0.1', 11434)) as tap:
        tap.sendall(data)
        tap.shutdown(socket.SHUT_WR)
        answer = b''
        while chunk := tap.recv(1 << 16):
            answer += chunk
    return answer.decode() == hashlib.sha256(data).hexdigest()
with ThreadPoolExecutor(20) as pool:
    print(json.dumps(list(pool.map(exchange, range(20)))))
"""
    done = run(space, sandbox.PYTHON, "-c", program)
    tap.close()
    assert json.loads(done.stdout or b"null") == [True] * 20, done.stderr.decode()


def test_without_a_tap_the_connection_is_closed_and_the_relay_lives_on(space: Workspace) -> None:
    program = """
import socket
for _ in range(3):
    with socket.create_connection(('127.0.0.1', 11434)) as tap:
        print(tap.recv(1))
"""
    assert run(space, sandbox.PYTHON, "-c", program).stdout == b"b''\n" * 3


def test_the_relay_does_not_keep_the_sandbox_alive(space: Workspace) -> None:
    done = run(space, "sh", "-c", "exit 5")
    assert done.returncode == 5 and done.wall_s < 5


def test_a_program_that_is_missing_inside_is_named(space: Workspace) -> None:
    done = run(space, "no-such-program")
    assert done.returncode == 1 and b"cannot start no-such-program" in done.stderr


def test_the_sockets_path_is_short_enough_and_its_folder_closed(space: Workspace) -> None:
    assert len(os.fsencode(space.socket)) < 108
    assert stat.S_IMODE(space.socket.parent.stat().st_mode) == 0o700
    space.close()
    assert not space.socket.parent.exists()


# --- what is brought out ----------------------------------------------------------------------------


def test_the_agents_files_are_brought_out_without_the_input(space: Workspace, tmp_path: Path) -> None:
    sh(
        space,
        "mkdir -p output/a; echo 1 > aggregate_pkg.py; echo 2 > output/a/異常一覧.csv; ln -s /etc/passwd link",
    )
    found = space.gather_work(tmp_path / "out")
    assert found.files == ["aggregate_pkg.py", "output/a/異常一覧.csv"]
    assert found.refused == {"link": "not a regular file (symbolic link)"}
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["aggregate_pkg.py", "output"]


def test_transcripts_come_oldest_first(space: Workspace) -> None:
    logs = "~/.claude/projects/-work"
    sh(
        space,
        f"mkdir -p {logs}; touch -d '2 hours ago' {logs}/b.jsonl; touch {logs}/a.jsonl {logs}/other.txt",
    )
    assert [file.name for file in space.transcripts()] == ["b.jsonl", "a.jsonl"]


@pytest.mark.parametrize(
    "place", [".claude", ".claude/projects", ".claude/projects/-work", ".claude/projects/x.jsonl"]
)
def test_no_link_is_followed_to_a_transcript(space: Workspace, tmp_path: Path, place: str) -> None:
    for folder in ("projects/-work", "-work"):
        (tmp_path / "host" / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / "host" / folder / "secret.jsonl").write_text("{}", encoding="utf-8")
    (tmp_path / "host" / "secret.jsonl").write_text("{}", encoding="utf-8")
    target = tmp_path / "host" / ("secret.jsonl" if place.endswith("jsonl") else "")
    sh(space, f"cd; rm -rf {place}; mkdir -p $(dirname {place}); ln -s '{target}' {place}")
    assert space.transcripts() == []


# --- wrong use --------------------------------------------------------------------------------------


def test_an_input_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="missing"):
        create(tmp_path / "new", tmp_path / "missing")


def test_a_folder_is_not_used_twice(tmp_path: Path, books: Path) -> None:
    create(tmp_path / "new", books).close()
    with pytest.raises(WorkspaceError, match="File exists"):
        create(tmp_path / "new", books)


def test_a_claude_code_that_is_not_there_is_named(space: Workspace, books: Path, tmp_path: Path) -> None:
    missing = tmp_path / "claude"
    made = workspace.create(
        tmp_path / "new", books, SETTINGS, claude=missing, agent_python=find_agent_python()
    )
    with pytest.raises(sandbox.SandboxError, match="claude"):
        made.shell()
    made.close()
