"""Runs inside the sandbox, at each of Claude Code's hooks: writes the journal, answers PreToolUse by the policy.

Takes the hook's JSON on stdin and policy.json beside this file; gives one journal file an event, under a
temporary name and then renamed, and for PreToolUse the decision on stdout. Started with `python3 -I -S`: it
is on the way of every tool call.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time

TYPE_CHECKING = False  # importing typing would cost every tool call 2 ms
if TYPE_CHECKING:
    from typing import Any

JOURNAL = "/run/hooks"
POLICY = sys.argv[0].rpartition("/")[0] + "/policy.json"  # beside this program
# What a rule's pattern is searched in, by tool; other tools: their whole input as JSON.
SUBJECTS = {"Bash": "command", "Read": "file_path", "Write": "file_path", "Edit": "file_path"}
BLOCK = 2  # the exit code by which a hook stops a tool call


def main() -> int:
    """Journal first, then the answer; a hook that cannot do either stops the tool call."""
    payload = json.load(sys.stdin)
    event = payload["hook_event_name"]
    entry = {"event": event, "time_ns": time.time_ns(), "payload": payload}
    if event == "PreToolUse":
        entry["decision"], reason = decide(payload, load_policy())
    write(entry)
    if event == "PreToolUse":
        json.dump(answer(entry["decision"], reason), sys.stdout, ensure_ascii=False)
    return 0


def load_policy() -> dict[str, Any]:
    """What the workspace wrote: {"default": decision, "rules": [{tool, pattern, decision, reason}]}."""
    with open(POLICY, encoding="utf-8") as file:  # noqa: PTH123
        policy: dict[str, Any] = json.load(file)
    return policy


def decide(payload: dict[str, Any], policy: dict[str, Any]) -> tuple[str, str]:
    """Decision and reason of the first rule whose `tool` fits the whole name and whose `pattern` is found."""
    tool, given = payload["tool_name"], payload.get("tool_input") or {}
    subject = given.get(SUBJECTS.get(tool)) if tool in SUBJECTS else None
    if not isinstance(subject, str):
        subject = json.dumps(given, ensure_ascii=False, sort_keys=True)
    for rule in policy["rules"]:
        if re.fullmatch(rule["tool"], tool) and re.search(rule["pattern"], subject):
            return rule["decision"], rule["reason"]
    return policy["default"], "allowed inside the sandbox"


def answer(decision: str, reason: str) -> dict[str, Any]:
    """What Claude Code reads."""
    return {
        "hookSpecificOutput": {
            "hookEventName": "PreToolUse",
            "permissionDecision": decision,
            "permissionDecisionReason": reason,
        }
    }


def write(entry: dict[str, Any]) -> None:
    """One file an event; its name sorts by time."""
    name = f"{entry['time_ns']}-{entry['event']}.json"
    draft = os.path.join(JOURNAL, f".{name}.{os.getpid()}")  # noqa: PTH118
    with open(draft, "w", encoding="utf-8") as file:  # noqa: PTH123
        json.dump(entry, file, ensure_ascii=False)
    os.rename(draft, os.path.join(JOURNAL, name))  # noqa: PTH104, PTH118


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError, KeyError, TypeError, re.error) as error:
        print(f"hook: {type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(BLOCK)
