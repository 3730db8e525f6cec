"""The hook inside the sandbox: the journal it writes and the answer that Claude Code reads, by the policy."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from runner import child, sandbox, workspace
from runner.agent_python import find_agent_python
from runner.agent_version import binary
from runner.workspace import AgentSettings, Rule, Workspace

RULES = (
    Rule("Bash", r"^python3 aggregate_pkg\.py$", "ask", "実行してよいか確認します"),
    Rule("Write|Edit", r"^/work/input/", "deny", "input は読むだけです"),
    Rule("Bash", r"aggregate", "deny", "never reached for the line above"),
    Rule("mcp__.*", "", "deny", "no other tools"),
)
COMMON = {"session_id": "s", "transcript_path": "/home/demo/t.jsonl", "cwd": "/work"}


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    books = tmp_path_factory.mktemp("input")
    made = workspace.create(
        tmp_path_factory.mktemp("trial") / "new",
        books,
        AgentSettings(model="x", rules=RULES),
        claude=binary(),
        agent_python=find_agent_python(),
    )
    yield made
    made.close()


def hook_command(space: Workspace, event: str) -> str:
    settings = json.loads((space.home / ".claude" / "settings.json").read_text(encoding="utf-8"))
    return str(settings["hooks"][event][0]["hooks"][0]["command"])


def fire(space: Workspace, event: str, **payload: Any) -> child.Completed:
    """Runs the hook as Claude Code would: the command of settings.json through a shell, JSON on stdin."""
    given = json.dumps({**COMMON, "hook_event_name": event, **payload}, ensure_ascii=False).encode()
    argv = sandbox.command(space.box, ["sh", "-c", hook_command(space, event)], space.private / "hook.args")
    return child.run(argv, stdin=given, timeout_s=30)


def journal(space: Workspace) -> list[dict[str, Any]]:
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(space.hooks.glob("*.json"))]


def decision(space: Workspace, tool: str, given: dict[str, Any]) -> tuple[str, str]:
    done = fire(space, "PreToolUse", tool_name=tool, tool_input=given, tool_use_id="t1")
    assert done.returncode == 0, done.stderr.decode()
    answer = json.loads(done.stdout)["hookSpecificOutput"]
    assert answer["hookEventName"] == "PreToolUse"
    assert journal(space)[-1]["decision"] == answer["permissionDecision"]
    return answer["permissionDecision"], answer["permissionDecisionReason"]


@pytest.mark.parametrize(
    ("tool", "given", "expected"),
    [
        ("Bash", {"command": "python3 aggregate_pkg.py"}, "ask"),
        ("Bash", {"command": "cat aggregate_pkg.py"}, "deny"),
        ("Bash", {"command": "ls -la; echo 完了 > x && python3 -c 'print(1)' | head"}, "allow"),
        ("Write", {"file_path": "/work/input/要領.xlsx", "content": "x"}, "deny"),
        ("Edit", {"file_path": "/work/input/要領.xlsx"}, "deny"),
        ("Write", {"file_path": "/work/detect_anomalies.py", "content": "/work/input/"}, "allow"),
        ("Read", {"file_path": "/work/input/要領.xlsx"}, "allow"),
        ("mcp__x__y", {"a": 1}, "deny"),
        ("WebSearch", {"query": "x"}, "allow"),
        ("Bash", {}, "allow"),
        ("BashOutput", {"command": "aggregate"}, "allow"),
    ],
)
def test_the_first_rule_that_fits_decides(
    space: Workspace, tool: str, given: dict[str, Any], expected: str
) -> None:
    assert decision(space, tool, given)[0] == expected


def test_the_reason_is_that_of_the_rule(space: Workspace) -> None:
    assert decision(space, "Bash", {"command": "python3 aggregate_pkg.py"})[1] == "実行してよいか確認します"


@pytest.mark.parametrize("event", [event for event in workspace.HOOK_EVENTS if event != "PreToolUse"])
def test_every_other_event_is_journalled_and_answered_with_silence(space: Workspace, event: str) -> None:
    done = fire(space, event, last_assistant_message="終わりました")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    entry = journal(space)[-1]
    assert entry["event"] == event and entry["payload"]["last_assistant_message"] == "終わりました"
    assert "decision" not in entry


def test_the_journals_names_sort_by_time_and_nothing_half_written_stays(space: Workspace) -> None:
    for event in ("PreToolUse", "PostToolUse", "Stop"):
        fire(space, event, tool_name="Bash", tool_input={"command": "true"})
    names = sorted(file.name for file in space.hooks.iterdir())
    assert [name.split("-")[1] for name in names[-3:]] == ["PreToolUse.json", "PostToolUse.json", "Stop.json"]
    assert not [name for name in names if name.startswith(".")]
    times = [entry["time_ns"] for entry in journal(space)]
    assert times == sorted(times)


@pytest.mark.parametrize(
    ("given", "policy", "said"),
    [
        (b"no json", None, "JSONDecodeError"),
        (b"{}", None, "KeyError"),
        (b'{"hook_event_name": "PreToolUse", "tool_name": "Bash"}', b"{}", "KeyError"),
        (b'{"hook_event_name": "PreToolUse", "tool_name": "Bash"}', b'{"rules": [{"tool": "("}]}', "error"),
    ],
)
def test_a_hook_that_cannot_decide_stops_the_tool_call(
    space: Workspace, tmp_path: Path, given: bytes, policy: bytes | None, said: str
) -> None:
    # The same hook beside another policy, in /tmp of the sandbox.
    copy: Sequence[str] = [
        "sh",
        "-c",
        'cp /opt/kit/* /tmp; test -z "$1" || echo "$1" > /tmp/policy.json; shift; exec "$@"',
    ]
    hook = [sandbox.PYTHON, "-I", "-S", "/tmp/hook.py"]
    argv = [*copy, "sh", (policy or b"").decode(), *hook]
    done = child.run(sandbox.command(space.box, argv, space.private / "hook.args"), stdin=given, timeout_s=30)
    assert done.returncode == 2 and done.stderr.decode().startswith("hook: ") and said in done.stderr.decode()
    assert done.stdout == b""
