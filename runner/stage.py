"""The stage of one trial: its private folder, the sandboxed workspace and the kit's helper processes around it.

`open_stage` spawns the helpers so that they load while the dataset is made; `set` makes the workspace and connects
them; leaving the context ends all of them and removes the private folder. Called by the trial alone.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from runner import child, sandbox, workspace
from runner.agent_python import find_agent_python
from runner.agent_version import binary
from runner.course import Pace, steps_of
from runner.drive_claude import FLAGS
from runner.endpoint import REHEARSAL_MODEL, LiveEndpoint
from runner.folders import remove
from runner.record import RunRecord
from runner.recording_job import Job
from runner.scenario import KIT_ROOT, Scenario
from runner.services import Service
from runner.workspace import AgentSettings, Rule, Workspace
from synthetic_pkg.dataset import Dataset

OWNER = "owner"
SERVICE_READY_S = 25.0  # longer than the guard's first look may take, so that its own word comes first
ASK_REASON = "生成したスクリプトは、実行前に確認します"


@dataclass
class Stage:
    """What a trial plays on. `workspace` exists after `set`; `paces` are those of the course's steps."""

    scenario: Scenario
    take: Path
    private: Path
    mode: Literal["interactive", "headless"]
    paces: tuple[Pace, ...]
    seed: int
    live: LiveEndpoint | None
    tap: Service
    rehearsal: Service | None
    recorder: Service | None
    _workspace: Workspace | None = field(default=None, repr=False)

    @property
    def workspace(self) -> Workspace:
        if self._workspace is None:
            raise RuntimeError("the stage is not set yet")
        return self._workspace

    def set(self, seen: Dataset) -> None:
        """Make the workspace from the dataset's input, connect rehearsal, tap and workspace; ServiceError if not."""
        settings = AgentSettings(
            model=REHEARSAL_MODEL if self.live is None else self.live.model,
            flags=(*FLAGS, "--system-prompt", self.scenario.system_prompt),
            rules=[Rule(rule.tool, rule.pattern, "ask", ASK_REASON) for rule in self.scenario.ask]
            if self.mode == "interactive"
            else [],
            reduced_motion="human" not in self.paces,
        )
        python = find_agent_python()
        if self.rehearsal is not None:
            self.rehearsal.configure(
                {
                    "cassette": str(self.scenario.cassette_dir),
                    "pace": "human" if "human" in self.paces else "fast",
                    "fast_turns": self._fast_turns(),
                    "vars": {"WS": sandbox.WORK},
                }
            )
        self._workspace = workspace.create(
            self.private / "sandbox", seen.input_dir, settings, claude=binary(), agent_python=python
        )
        self.tap.configure(self._tap_config(seen))
        self.tap.wait_for("ready", SERVICE_READY_S)

    def _fast_turns(self) -> list[int]:
        steps = zip(steps_of(self.scenario.scenes), self.paces, strict=True)
        return [step.turn for step, pace in steps if step.turn is not None and pace == "fast"]

    def _tap_config(self, seen: Dataset) -> dict[str, Any]:
        if self.rehearsal is not None:
            port = self.rehearsal.wait_for("ready", SERVICE_READY_S)["port"]
            upstream, key, headers = f"http://127.0.0.1:{port}", secrets.token_urlsafe(24), {}
        else:
            assert self.live is not None
            upstream, key, headers = self.live.base_url, self.live.api_key, dict(self.live.extra_headers)
        space, bounds = self.workspace, self.scenario.endpoint
        return {
            "upstream": upstream,
            "api_key": key,
            "extra_headers": headers,
            "public": [REHEARSAL_MODEL, *([self.live.model] if self.live else [])],
            "socket": str(space.socket),
            "cassette": str(self.take / "cassette.jsonl"),
            "audit": str(self.take / "audit.jsonl"),
            "connect_timeout_s": bounds.connect_timeout_s,
            "first_byte_timeout_s": bounds.first_byte_timeout_s,
            "idle_timeout_s": bounds.idle_timeout_s,
            "guard": {
                "roots": [str(space.work), str(space.home)],
                "manifest": str(seen.root / "manifest.json"),
                "hooks": str(space.hooks),
                "agent_uid": space.agent_uid,
            },
        }

    def recording_job(self) -> Job:
        return Job(
            scenes=self.scenario.scenes,
            paces=list(self.paces),
            seed=self.seed,
            enter=self.workspace.shell(),
            entry_script=self.workspace.socket.parent / "enter",
            hooks=self.workspace.hooks,
            shell_prompt=workspace.SHELL_PROMPT.strip(),
        )

    def close_workspace(self) -> None:
        if self._workspace is not None:
            self._workspace.close()

    def heard(self) -> list[dict[str, Any]]:
        """What the endpoints' processes said so far; the end of one of the kit's own is a `kit_error`."""
        return [*(self.rehearsal.events if self.rehearsal else []), *self.tap.events]

    def close_endpoints(self) -> list[dict[str, Any]]:
        """End tap and rehearsal; all they ever said."""
        services = [service for service in (self.tap, self.rehearsal) if service is not None]
        for service in services:
            service.close_input()  # both end at the same time
        for service in services:
            service.stop()
        return self.heard()


@contextmanager
def open_stage(
    scenario: Scenario,
    take: Path,
    cache: Path,
    *,
    mode: Literal["interactive", "headless"],
    paces: tuple[Pace, ...],
    seed: int,
    live: LiveEndpoint | None,
) -> Iterator[Stage]:
    """Spawn the helpers and hold the private folder for the length of a trial."""
    private = cache / "run" / take.name
    _sweep(private.parent)
    with ExitStack() as cleanup:
        private.mkdir(parents=True)
        cleanup.callback(remove, private)
        _claim(private)

        def begin(service: Service) -> Service:
            cleanup.callback(service.stop)
            return service

        stage = Stage(
            scenario,
            take,
            private,
            mode,
            paces,
            seed,
            live,
            tap=begin(Service("runner.tap", private / "tap.log")),
            rehearsal=begin(Service("runner.rehearsal", private / "rehearsal.log")) if live is None else None,
            recorder=begin(_recorder(take, private)) if mode == "interactive" else None,
        )
        cleanup.callback(stage.close_workspace)
        yield stage


def _claim(private: Path) -> None:
    """Leave word of whose folder this is: pid and start of the process (a number alone is given again)."""
    (private / OWNER).write_text(f"{os.getpid()} {_started(os.getpid())}", encoding="utf-8")


def _started(pid: int) -> str:
    """When a process began, in the kernel's ticks; "" when there is none (proc_pid_stat(5), field 22)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except OSError:
        return ""


def _sweep(runs: Path) -> None:
    """Remove the private folders of runs that were killed; their takes stay where they are."""
    for owner in runs.glob(f"*/{OWNER}"):
        pid, _, began = owner.read_text(encoding="utf-8").partition(" ")
        if not pid.isdigit() or _started(int(pid)) != began:
            remove(owner.parent)


def _recorder(take: Path, private: Path) -> Service:
    """The recorder works in the take folder; asciinema is found as a program and has no home to read."""
    environment = {
        "PATH": f"{KIT_ROOT / 'tools' / 'bin'}:{child.clean_env()['PATH']}",
        "ASCIINEMA_CONFIG_HOME": str(private / "asciinema"),
    }
    return Service("runner.recorder", private / "recorder.log", cwd=take, env=environment)


def note_exchanges(run: RunRecord, events: list[dict[str, Any]]) -> None:
    """Provenance, tokens, the answering model and the endpoint's faults, from what the tap said."""
    for event in events:
        match event["event"]:
            case "provenance" if run.provenance in (None, "live"):
                run.provenance = event["value"]  # what was not live once never becomes live
            case "exchange":
                tokens = int(event.get("output_tokens") or 0)
                run.tokens["output"] = run.tokens.get("output", 0) + tokens
                run.tokens["exchanges"] = run.tokens.get("exchanges", 0) + 1
                run.answered_by = event.get("model") or run.answered_by
            case "endpoint_error":
                run.endpoint_errors.append({k: event[k] for k in ("kind", "status", "message", "fatal")})
