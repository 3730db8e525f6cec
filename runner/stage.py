"""The stage of one trial: its private folder, the sandboxed workspace and the kit's helper processes around it.

`Stage.open` spawns the helpers so that they load while the dataset is made; `set` makes the workspace and connects
them; leaving the context ends all of them and removes the private folder. Called by the trial alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from runner import child, sandbox, workspace
from runner.agent_python import find_agent_python
from runner.agent_version import binary
from runner.drive_claude import FLAGS
from runner.endpoint import REHEARSAL_MODEL, LiveEndpoint
from runner.folders import remove
from runner.record import RunRecord
from runner.recorder import Job
from runner.scenario import KIT_ROOT, Scenario
from runner.services import Service
from runner.workspace import AgentSettings, Rule, Workspace
from synthetic_pkg.dataset import Dataset

SERVICE_READY_S = 20.0
ASK_REASON = "実行してよいか、人が確認します"


@dataclass
class Stage:
    """What a trial plays on. `workspace` exists after `set`."""

    scenario: Scenario
    take: Path
    private: Path
    mode: Literal["interactive", "headless"]
    pace: Literal["human", "fast"]
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
            reduced_motion=self.pace == "fast",
        )
        python = find_agent_python()
        if self.rehearsal is not None:
            self.rehearsal.configure(
                {"cassette": str(self.scenario.cassette_dir), "pace": self.pace, "vars": {"WS": sandbox.WORK}}
            )
        self._workspace = workspace.create(
            self.private / "sandbox", seen.input_dir, settings, claude=binary(), agent_python=python
        )
        self.tap.configure(self._tap_config(seen))
        self.tap.wait_for("ready", SERVICE_READY_S)

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
            "socket": str(space.socket),
            "cassette": str(self.take / "cassette.jsonl"),
            "audit": str(self.take / "audit.jsonl"),
            "connect_timeout_s": bounds.connect_timeout_s,
            "first_byte_timeout_s": bounds.first_byte_timeout_s,
            "idle_timeout_s": bounds.idle_timeout_s,
            "guard": {
                "roots": [str(space.work), str(space.home)],
                "manifest": str(seen.root / "manifest.json"),
                "input_dir": str(space.work / "input"),
                "hooks": str(space.hooks),
                "agent_uid": space.agent_uid,
            },
        }

    def recording_job(self) -> Job:
        return Job(
            scenes=self.scenario.scenes,
            pace=self.pace,
            seed=self.seed,
            enter=self.workspace.shell(),
            entry_script=self.workspace.socket.parent / "enter",
            hooks=self.workspace.hooks,
            shell_prompt=workspace.SHELL_PROMPT.strip(),
        )

    def close_endpoints(self) -> list[dict[str, Any]]:
        """End tap and rehearsal; all the tap ever said."""
        self.tap.stop()
        if self.rehearsal is not None:
            self.rehearsal.stop()
        return list(self.tap.events)

    def _close(self) -> None:
        for service in (self.recorder, self.tap, self.rehearsal):
            if service is not None:
                service.stop()
        if self._workspace is not None:
            self._workspace.close()
        remove(self.private)


@contextmanager
def open_stage(
    scenario: Scenario,
    take: Path,
    cache: Path,
    *,
    mode: Literal["interactive", "headless"],
    pace: Literal["human", "fast"],
    seed: int,
    live: LiveEndpoint | None,
) -> Iterator[Stage]:
    """Spawn the helpers and hold the private folder for the length of a trial."""
    private = cache / "run" / take.name
    private.mkdir(parents=True)
    stage = Stage(
        scenario,
        take,
        private,
        mode,
        pace,
        seed,
        live,
        tap=Service("runner.tap", private / "tap.log"),
        rehearsal=Service("runner.rehearsal", private / "rehearsal.log") if live is None else None,
        recorder=_recorder(take, private) if mode == "interactive" else None,
    )
    try:
        yield stage
    finally:
        stage._close()


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
            case "provenance":
                run.provenance = event["value"]
            case "exchange":
                tokens = int(event.get("output_tokens") or 0)
                run.tokens["output"] = run.tokens.get("output", 0) + tokens
                run.tokens["exchanges"] = run.tokens.get("exchanges", 0) + 1
                run.answered_by = event.get("model") or run.answered_by
            case "endpoint_error":
                run.endpoint_errors.append({k: event[k] for k in ("kind", "status", "message", "fatal")})
