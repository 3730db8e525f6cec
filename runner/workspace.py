"""The folders of one trial: the agent's work folder, its home with Claude Code's settings, and the box around them.

Takes the input files and `AgentSettings`; gives a `Workspace` with the commands that enter the sandbox. Called by
the trial, which drives those commands and afterwards gathers the agent's files.
"""

from __future__ import annotations

import json
import shlex
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from runner import sandbox
from runner.agent_python import AgentPython
from runner.folders import give_to
from runner.gather import Bounds, Gathered, gather, regular_files
from runner.sandbox import GIB, Bind, Box, Limits

RELAY_ADDRESS = "127.0.0.1:11434"
TAP_SOCKET = "tap.sock"
# A Unix socket's path holds 107 bytes; the kit's own folders may lie deep.
SOCKET_PARENT = Path("/tmp")
THROW_AWAY_KEY = "sk-local-demo"
SHELL_PROMPT = "連結決算 $ "
HOOK_EVENTS = ("SessionStart", "PreToolUse", "PostToolUse", "PermissionRequest", "Stop", "StopFailure")
TOOL_EVENTS = ("PreToolUse", "PostToolUse", "PermissionRequest")
HOOK_TIMEOUT_S = 10
BASH_TIMEOUT_MS = 300_000
# Claude Code's runtime reserves more addresses than any machine has memory: bounded is what it may write to.
AGENT_LIMITS = Limits(data_bytes=8 * GIB)

Decision = Literal["allow", "ask", "deny"]


class WorkspaceError(Exception):
    """The trial's folders cannot be made; the message says which and why."""


@dataclass(frozen=True)
class Rule:
    """What to answer to a tool call: `tool` is a pattern for the whole name, `pattern` is searched in the
    command (Bash), the path (Read, Write, Edit) or the input as JSON."""

    tool: str
    pattern: str
    decision: Decision
    reason: str = "the demo's policy"


@dataclass(frozen=True)
class AgentSettings:
    """How Claude Code is set up in the sandbox."""

    model: str
    flags: Sequence[str] = ()
    """What the shell's `claude` and `Workspace.claude` pass in front of all else."""
    rules: Sequence[Rule] = ()
    """First match wins; what no rule names is allowed: the sandbox is the wall."""
    context_tokens: int = 65_536
    """Must not exceed what the endpoint serves: it drops the oldest messages silently."""
    output_tokens: int = 8192
    effort: Literal["low", "medium", "high"] = "low"
    reduced_motion: bool = False
    """True freezes the spinner and holds streamed text back: for tests, not for recordings."""
    shell_prompt: str = SHELL_PROMPT
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added last; wins."""


def claude_environment(settings: AgentSettings) -> dict[str, str]:
    """Claude Code's variables: the measured set (lean first request, nothing outbound, bounded retries)."""
    return {
        "ANTHROPIC_BASE_URL": f"http://{RELAY_ADDRESS}",
        "ANTHROPIC_MODEL": settings.model,
        "ANTHROPIC_DEFAULT_HAIKU_MODEL": settings.model,
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL": "1",
        "DISABLE_AUTOUPDATER": "1",
        "CLAUDE_CODE_ATTRIBUTION_HEADER": "0",
        "CLAUDE_CODE_TOTAL_TOKENS_REMINDER": "off",
        "CLAUDE_CODE_MAX_CONTEXT_TOKENS": str(settings.context_tokens),
        "CLAUDE_CODE_MAX_OUTPUT_TOKENS": str(settings.output_tokens),
        "CLAUDE_CODE_EFFORT_LEVEL": settings.effort,
        "MAX_THINKING_TOKENS": "0",
        "CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS": "1",
        "CLAUDE_CODE_DISABLE_AUTO_MEMORY": "1",
        "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS": "1",
        "CLAUDE_CODE_DISABLE_GIT_INSTRUCTIONS": "1",
        "CLAUDE_CODE_DISABLE_AGENT_VIEW": "1",
        "CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK": "1",
        "CLAUDE_CODE_MAX_RETRIES": "2",
        "API_TIMEOUT_MS": "300000",
        "BASH_DEFAULT_TIMEOUT_MS": str(BASH_TIMEOUT_MS),
        "CLAUDE_CODE_HIDE_CWD": "1",
        "CLAUDE_CODE_DISABLE_TERMINAL_TITLE": "1",
        "CLAUDE_CODE_EXTRA_BODY": '{"temperature":0}',
    }


def claude_settings(settings: AgentSettings) -> dict[str, Any]:
    """settings.json: a calm screen, the throw-away key, our hook at every event."""
    command = f"{sandbox.PYTHON} -I -S {sandbox.KIT}/hook.py"
    hook = {"type": "command", "command": command, "timeout": HOOK_TIMEOUT_S}
    return {
        "tui": "default",
        "spinnerTipsEnabled": False,
        "spinnerVerbs": {"mode": "replace", "verbs": ["Working"]},
        "showTurnDuration": False,
        "terminalProgressBarEnabled": False,
        "promptSuggestionEnabled": False,
        "awaySummaryEnabled": False,
        "prefersReducedMotion": settings.reduced_motion,
        "attribution": {"commit": "", "pr": ""},
        # A helper keeps the key out of the environment that `env` shows on camera.
        "apiKeyHelper": f"/bin/echo {THROW_AWAY_KEY}",
        "hooks": {
            event: [({"matcher": "*"} if event in TOOL_EVENTS else {}) | {"hooks": [hook]}]
            for event in HOOK_EVENTS
        },
    }


def claude_seed() -> dict[str, Any]:
    """.claude.json: what a person's first starts would have answered."""
    return {
        "hasCompletedOnboarding": True,
        "theme": "dark",
        "hasSeenAutoDefaultNotice": True,
        "projects": {sandbox.WORK: {"hasTrustDialogAccepted": True, "hasCompletedProjectOnboarding": True}},
    }


def shell_rc(settings: AgentSettings) -> str:
    """The recorded shell: a short prompt, no history, `claude` with the demo's flags."""
    flags = shlex.join(settings.flags)
    return (
        f"PS1={shlex.quote(settings.shell_prompt)}\n"
        "unset HISTFILE\n"
        # Neither the marks around pasted text nor a bell belong in a recording.
        "bind 'set enable-bracketed-paste off'\n"
        "bind 'set bell-style none'\n"
        f'claude() {{ command {sandbox.CLAUDE} {flags} "$@"; }}\n'
    )


@dataclass(frozen=True)
class Workspace:
    """The folders of one trial on the host. `work` is the agent's /work; `hooks` holds the journal; the tap
    listens on `socket`. `agent_uid` owns what the agent writes when we are root, None otherwise."""

    private: Path
    work: Path
    home: Path
    hooks: Path
    socket: Path
    box: Box
    settings: AgentSettings
    agent_uid: int | None

    def shell(self) -> list[str]:
        """The recorded shell, inside. Run it on a pty of its own, never on a person's terminal."""
        return self.command(["/bin/bash", "--noprofile", "--rcfile", f"{sandbox.HOME}/.demorc", "-i"])

    def claude(self, arguments: Sequence[str]) -> list[str]:
        """Claude Code with the demo's flags and `arguments`, inside, without a shell."""
        return self.command([sandbox.CLAUDE, *self.settings.flags, *arguments])

    def command(self, argv: Sequence[str]) -> list[str]:
        """Any program, inside, with the relay beside it. Call it when the tap is ready.

        Raises:
            SandboxError: the sandbox cannot be built.
        """
        if self.socket.is_socket():
            # The folder keeps strangers away; the agent may run under another uid than the tap.
            self.socket.chmod(0o666)
        relay = [sandbox.PYTHON, "-I", "-S", f"{sandbox.KIT}/relay.py", RELAY_ADDRESS]
        inner = [*relay, f"{sandbox.TAP}/{TAP_SOCKET}", "--", *argv]
        return sandbox.command(self.box, inner, self.private / "box.args")

    def transcripts(self) -> list[Path]:
        """Claude Code's own logs of its conversations, oldest first (.jsonl; read them as untrusted). After the
        sandbox has ended: until then a link could be put in a file's place."""
        found = regular_files(self.home, PurePosixPath(".claude/projects"))
        logs = [file for file in found if file.suffix == ".jsonl"]
        return sorted(logs, key=lambda file: (file.lstat().st_mtime_ns, file))

    def gather_work(self, target: Path, bounds: Bounds | None = None) -> Gathered:
        """Copies the agent's files, all but input/, to `target`. After the sandbox has ended."""
        return gather(self.work, target, bounds, leave=frozenset({"input"}))

    def close(self) -> None:
        """Removes the socket's folder below /tmp. The other folders stay, for whoever looks for the cause."""
        shutil.rmtree(self.socket.parent)


def create(
    private: Path, input_dir: Path, settings: AgentSettings, *, claude: Path, agent_python: AgentPython
) -> Workspace:
    """Makes the folders of one trial below `private` (new, or empty) and the box around them.

    Args:
        input_dir: copied to /work/input: a hard link would let the agent change the original.
        claude: Claude Code's native program.

    Raises:
        WorkspaceError: a folder cannot be made or copied.
        SandboxError: this machine cannot build the sandbox.
    """
    host = sandbox.preflight()
    try:
        return _create(private, input_dir, settings, claude, agent_python, host.agent_uid)
    except (OSError, shutil.Error) as error:
        raise WorkspaceError(f"cannot make the trial's folders below {private}: {error}") from error


def _create(
    private: Path,
    input_dir: Path,
    settings: AgentSettings,
    claude: Path,
    agent_python: AgentPython,
    agent_uid: int | None,
) -> Workspace:
    work, home, hooks, kit = (private / name for name in ("work", "home", "hooks", "kit"))
    for folder in (work, home, hooks, kit):
        folder.mkdir(parents=True)
    shutil.copytree(input_dir, work / "input", copy_function=shutil.copyfile)
    _furnish_home(home, settings)
    _furnish_kit(kit, settings)
    tap = Path(tempfile.mkdtemp(prefix="demo-", dir=SOCKET_PARENT))
    for folder in (work, home, hooks, tap):
        give_to(folder, agent_uid)
    box = Box(
        binds=[
            *sandbox.etc(private / "etc"),
            *agent_python.binds(),
            Bind(claude, sandbox.CLAUDE),
            Bind(kit, sandbox.KIT),
            Bind(tap, sandbox.TAP),
            Bind(hooks, sandbox.HOOKS, writable=True),
            Bind(home, sandbox.HOME, writable=True),
            Bind(work, sandbox.WORK, writable=True),
        ],
        environment={
            **sandbox.shell_environment(),
            **claude_environment(settings),
            **agent_python.environment(),
            **settings.environment,
        },
        limits=AGENT_LIMITS,
        own_session=False,  # it gets a pty made for it alone
    )
    return Workspace(private, work, home, hooks, tap / TAP_SOCKET, box, settings, agent_uid)


def _furnish_home(home: Path, settings: AgentSettings) -> None:
    (home / ".claude").mkdir()
    _write_json(home / ".claude.json", claude_seed())
    _write_json(home / ".claude" / "settings.json", claude_settings(settings))
    (home / ".demorc").write_text(shell_rc(settings), encoding="utf-8")


def _furnish_kit(kit: Path, settings: AgentSettings) -> None:
    policy = {"default": "allow", "rules": [asdict(rule) for rule in settings.rules]}
    _write_json(kit / "policy.json", policy)
    for name in ("relay.py", "hook.py"):
        program = kit / name
        shutil.copyfile(Path(__file__).parent / "inside" / name, program)
    for file in (kit, *kit.iterdir()):
        file.chmod(0o755 if file.is_dir() else 0o644)


def _write_json(file: Path, content: Mapping[str, Any]) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
