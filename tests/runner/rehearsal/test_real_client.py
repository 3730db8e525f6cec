"""The real Claude Code, from a clean environment, through the relay and the tap to the rehearsal: it works for real."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from runner import child
from runner.agent_version import binary
from runner.inside import relay
from runner.workspace import AgentSettings, claude_environment
from tests.runner.endpoints import HELLO, HELLO_PROMPT, REAL_KEY, Endpoints, RunningTap

TWO_TURNS = HELLO.parent / "two_turns"
CLIENT_KEY = "sk-throw-away-0123456789abcdef"
FLAGS = (
    "--tools",
    "Bash,Read,Write,Edit",
    "--system-prompt",
    "あなたは連結決算の助手です。",
    "--strict-mcp-config",
)
PERMISSIONS = ("--permission-mode", "acceptEdits", "--allowedTools", "Bash(python3:*)")


class Client:
    """Claude Code in a folder and a home of its own, which knows nothing but a loopback address."""

    def __init__(self, folder: Path, tap: RunningTap) -> None:
        self.work = folder / "ws"
        self.work.mkdir()
        # Outside a sandbox nothing would end the relay's own process: its loop runs in a thread of the test's.
        listener = socket.create_server(("127.0.0.1", 0))
        self._address = f"127.0.0.1:{listener.getsockname()[1]}"
        threading.Thread(target=relay.serve, args=(listener, str(tap.socket)), daemon=True).start()
        self._home = folder / "home"
        self._home.mkdir()
        seed = {
            "hasCompletedOnboarding": True,
            "theme": "dark",
            "customApiKeyResponses": {"approved": [CLIENT_KEY[-20:]]},
            "projects": {str(self.work): {"hasTrustDialogAccepted": True}},
        }
        (self._home / ".claude.json").write_text(json.dumps(seed))

    def command(self, *flags: str) -> tuple[list[str], dict[str, str]]:
        """How it is started, and its whole environment."""
        environment = claude_environment(AgentSettings(model="rehearsal")) | {
            "ANTHROPIC_BASE_URL": f"http://{self._address}",
            "ANTHROPIC_API_KEY": CLIENT_KEY,
            "HOME": str(self._home),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
        }
        return [str(binary()), *FLAGS, *flags, *PERMISSIONS], environment

    def run(self, prompt: str, *flags: str) -> dict[str, Any]:
        """One headless prompt; the result as Claude Code reports it."""
        argv, environment = self.command("-p", "--output-format", "json", *flags)
        done = child.run(argv, env=environment, cwd=self.work, stdin=prompt.encode(), timeout_s=60)
        assert not done.timed_out
        result: dict[str, Any] = json.loads(done.stdout)
        return result


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def played(endpoints: Endpoints, folder: Path, cassette: Path) -> tuple[Client, RunningTap]:
    tap = endpoints.tap(endpoints.rehearsal(cassette, ws=str(folder / "ws")))
    return Client(folder, tap), tap


def test_it_writes_a_file_runs_it_and_finishes(endpoints: Endpoints, folder: Path) -> None:
    client, tap = played(endpoints, folder, HELLO)
    result = client.run(HELLO_PROMPT)
    tap.stop()
    assert (result["is_error"], result["terminal_reason"]) == (False, "completed")
    assert result["permission_denials"] == []
    assert "「こんにちは、連結決算」" in result["result"]
    assert (client.work / "hello.py").read_text() == (HELLO / "hello.py").read_text()
    assert [event["status"] for event in tap.events("exchange")] == [200, 200, 200]
    assert {event["model"] for event in tap.events("exchange")} == {"rehearsal"}
    assert [event["value"] for event in tap.events("provenance")] == ["authored"]
    assert [row["match"]["tools_done"] for row in tap.recorded("request")] == [
        [],
        ["Write"],
        ["Write", "Bash"],
    ]
    assert CLIENT_KEY not in tap.cassette.read_text() and REAL_KEY not in tap.cassette.read_text()


def test_it_does_the_same_when_a_person_types(endpoints: Endpoints, folder: Path) -> None:
    client, tap = played(endpoints, folder, HELLO)
    argv, environment = client.command()
    screen = child.start_on_pty(argv, env=environment, cwd=client.work, rows=30, columns=100)
    screen.expect("❯".encode(), timeout=30)
    screen.send(HELLO_PROMPT.encode())
    screen.expect("実行してください".encode(), timeout=30)
    screen.send(b"\r")
    screen.expect("表示されています".encode(), timeout=30)
    screen.terminate(force=True)
    tap.stop()
    assert (client.work / "hello.py").read_text() == (HELLO / "hello.py").read_text()
    assert [row["match"]["tools_done"] for row in tap.recorded("request")] == [
        [],
        ["Write"],
        ["Write", "Bash"],
    ]


def test_a_second_prompt_goes_on_after_a_tool_that_failed(endpoints: Endpoints, folder: Path) -> None:
    client, tap = played(endpoints, folder, TWO_TURNS)
    first = client.run("存在しないスクリプトを実行してください")
    second = client.run("では作成して、\n中身を見せてください", "--continue")
    tap.stop()
    assert first["result"] == "そのファイルはありません。作成しますか。"
    assert second["result"] == "作成しました。"
    assert (client.work / "nashi.py").read_text() == "print(1 + 1)\n"
    turns = [(row["match"]["turn"], row["match"]["tools_done"]) for row in tap.recorded("request")]
    assert turns == [(1, []), (1, ["Bash:error"]), (2, []), (2, ["Write"]), (2, ["Write", "Read"])]


def test_a_story_that_does_not_fit_ends_at_once_with_the_reason(endpoints: Endpoints, folder: Path) -> None:
    client, tap = played(endpoints, folder, HELLO)
    result = client.run("台本にない依頼")
    tap.stop()
    assert result["is_error"] and "TAP-MISS" in result["result"]
    assert len(tap.recorded("request")) == 1
    assert "台本にない依頼" in tap.events("kit_error")[0]["message"]


def test_a_dead_endpoint_ends_the_client_without_a_second_try(endpoints: Endpoints, folder: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        tap = endpoints.tap(f"http://127.0.0.1:{unused.getsockname()[1]}")
        result = Client(folder, tap).run("はい")
    tap.stop()
    assert result["is_error"]
    assert [event["kind"] for event in tap.events("endpoint_error")] == ["refused"]
