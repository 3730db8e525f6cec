"""Which Claude Code is installed, and whether it is the pinned one; asked before every trial.

The native binary of the platform package is used: it needs no Node at run time and no install script.
"""

from __future__ import annotations

import json
import platform
from pathlib import Path

from runner.scenario import KIT_ROOT

PACKAGE = "@anthropic-ai/claude-code"
PINNED: str = json.loads((KIT_ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"][PACKAGE]
_MACHINES = {"x86_64": "x64", "aarch64": "arm64", "arm64": "arm64"}


class AgentMissing(Exception):
    """Claude Code is not there or of another version; one line: what, where, what to do."""


def binary(root: Path = KIT_ROOT) -> Path:
    """The native Claude Code of this machine below `root`/node_modules (it may not exist)."""
    machine = _MACHINES.get(platform.machine(), platform.machine())
    libc = "" if platform.libc_ver()[0] == "glibc" else "-musl"
    return root / "node_modules" / f"{PACKAGE}-linux-{machine}{libc}" / "claude"


def installed_version(root: Path = KIT_ROOT) -> str:
    """The installed version, which must be the pinned one; AgentMissing otherwise."""
    program = binary(root)
    if not program.is_file():
        raise AgentMissing(
            f"Claude Code {PINNED} is not installed below {root / 'node_modules'}; run `make setup`"
        )
    try:
        version = str(json.loads((program.parent / "package.json").read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError) as error:
        raise AgentMissing(f"Claude Code below {program.parent} is damaged; run `make setup`") from error
    if version != PINNED:
        raise AgentMissing(f"Claude Code {version} is installed, {PINNED} is pinned; run `make setup`")
    return version
