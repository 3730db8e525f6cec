"""Real endpoint processes for tests: a rehearsal, a tap before it, and what they say; all on loopback.

`Endpoints` starts them through `runner.child` and ends them; a conftest makes a fixture of it. HTTP over
the tap's Unix socket goes through `RunningTap.post`.
"""

from __future__ import annotations

import http.client
import json
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from runner import child

HELLO = Path(__file__).parent / "rehearsal" / "data" / "hello"
HELLO_PROMPT = "こんにちは。挨拶のスクリプトを作って実行してください"
REAL_KEY = "sk-real-canary-7Qm2ZxW9vT4bLp8R"
READY_S = 20.0


@dataclass(frozen=True)
class Answer:
    """One HTTP answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def message(self) -> str:
        """The message of an Anthropic-shaped error."""
        return str(self.json()["error"]["message"])

    def events(self) -> list[dict[str, Any]]:
        """The data of a stream's events."""
        lines = self.body.decode().splitlines()
        return [json.loads(line[6:]) for line in lines if line.startswith("data: ")]


class EventProcess:
    """`python -m module`: takes a config line, speaks events; all it said is in `heard`."""

    def __init__(self, module: str, log: Path) -> None:
        self.heard: list[dict[str, Any]] = []
        self.log = log
        self._spoke = threading.Condition()
        with log.open("wb") as stderr:
            self.child = child.start(
                [sys.executable, "-m", module], stdin=child.PIPE, stdout=child.PIPE, stderr=stderr
            )
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    def _listen(self) -> None:
        assert self.child.stdout is not None
        for line in self.child.stdout:
            with self._spoke:
                self.heard.append(json.loads(line))
                self._spoke.notify_all()

    def configure(self, config: dict[str, Any]) -> None:
        """Send the config line."""
        assert self.child.stdin is not None
        self.child.stdin.write(json.dumps(config).encode() + b"\n")
        self.child.stdin.flush()

    def wait_for(self, name: str) -> dict[str, Any]:
        """The first event called `name`, once it has come."""

        def come() -> list[dict[str, Any]]:
            return [event for event in self.heard if event["event"] == name]

        with self._spoke:
            found = self._spoke.wait_for(come, READY_S)
        assert found, f"no {name!r} in {self.heard}; {self.log.read_text()}"
        return found[0]

    def stop(self) -> int:
        """Close stdin and wait for the end, which comes by itself; then all has been heard. The exit code."""
        assert self.child.stdin is not None
        self.child.stdin.close()
        try:
            code = self.child.wait(READY_S)
        finally:
            self.child.stop()
        self._reader.join(READY_S)
        return code


class RunningTap:
    """A tap and the folder it works in: work/ is scanned, hooks/ is the journal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "tap.sock"
        self.cassette = folder / "cassette.jsonl"
        self.audit = folder / "audit.jsonl"
        self.manifest = folder / "manifest.json"
        self.work = folder / "work"
        self.hooks = folder / "hooks"
        for made in (self.work, self.hooks):
            made.mkdir(parents=True)
        self.manifest.write_text('{"files": []}')
        self.process = EventProcess("runner.tap", folder / "tap.log")

    def config(self, upstream: str, **changes: Any) -> dict[str, Any]:
        """A config line with every bound short enough for a test."""
        guard = {
            "roots": [str(self.work)],
            "manifest": str(self.manifest),
            "hooks": str(self.hooks),
        }
        plain = {
            "upstream": upstream,
            "api_key": REAL_KEY,
            "extra_headers": {},
            "socket": str(self.socket),
            "cassette": str(self.cassette),
            "audit": str(self.audit),
            "connect_timeout_s": 2.0,
            "first_byte_timeout_s": 5.0,
            "idle_timeout_s": 5.0,
            "guard": guard,
        }
        return plain | changes

    def post(self, body: Any, path: str = "/v1/messages", headers: Mapping[str, str] | None = None) -> Answer:
        """One POST through the tap's socket; `body` is sent as JSON, bytes as they are."""
        return self.ask("POST", path, body, headers)

    def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        with self.connection() as connection:
            payload = body if isinstance(body, bytes | None) else json.dumps(body).encode()
            sent = {"Content-Type": "application/json", "x-api-key": "sk-throw-away", **(headers or {})}
            connection.request(method, path, payload, sent)
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())

    @contextmanager
    def connection(self) -> Iterator[http.client.HTTPConnection]:
        """An HTTP connection over the socket."""
        connection = http.client.HTTPConnection("tap", timeout=30)
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.settimeout(30)
        connection.sock.connect(str(self.socket))
        try:
            yield connection
        finally:
            connection.close()

    def wait_for(self, name: str) -> dict[str, Any]:
        """The first event called `name`, once it has come."""
        return self.process.wait_for(name)

    def events(self, name: str) -> list[dict[str, Any]]:
        """All events called `name` so far; complete after `stop`."""
        return [event for event in self.process.heard if event["event"] == name]

    def stop(self) -> None:
        self.process.stop()

    def recorded(self, kind: str) -> list[dict[str, Any]]:
        """The cassette's lines of one type."""
        return [row for row in rows(self.cassette) if row["type"] == kind]


class Endpoints:
    """Starts rehearsals and taps below `folder`; a context manager that ends them all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[EventProcess] = []

    def __enter__(self) -> Endpoints:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in reversed(self._processes):
            process.stop()

    def rehearsal(self, cassette: Path = HELLO, pace: str = "fast", ws: str = "/work", **changes: Any) -> str:
        """A rehearsal that plays `cassette`; gives its base URL."""
        process = self.process("runner.rehearsal")
        process.configure({"cassette": str(cassette), "pace": pace, "vars": {"WS": ws}, **changes})
        return f"http://127.0.0.1:{process.wait_for('ready')['port']}"

    def tap(self, upstream: str, **changes: Any) -> RunningTap:
        """A tap before `upstream`, ready."""
        tap = self.spawned_tap()
        tap.process.configure(tap.config(upstream, **changes))
        tap.wait_for("ready")
        return tap

    def spawned_tap(self) -> RunningTap:
        """A tap that waits for its config line; the caller may fill its folder first."""
        tap = RunningTap(self._folder / f"tap{len(self._processes)}")
        self._processes.append(tap.process)
        return tap

    def process(self, module: str) -> EventProcess:
        """A process that waits for its config line."""
        process = EventProcess(module, self._folder / f"{module}-{len(self._processes)}.log")
        self._processes.append(process)
        return process


def rows(path: Path) -> list[dict[str, Any]]:
    """The lines of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def request(user: str, *exchanges: tuple[str, str, bool], stream: bool = True) -> dict[str, Any]:
    """A Messages API request: the user's text, then (tool, result, is_error) for each tool done since."""
    messages: list[dict[str, Any]] = [{"role": "user", "content": user}]
    for number, (tool, result, is_error) in enumerate(exchanges):
        call = {"type": "tool_use", "id": f"toolu_{number}", "name": tool, "input": {}}
        done = {
            "type": "tool_result",
            "tool_use_id": f"toolu_{number}",
            "content": result,
            "is_error": is_error,
        }
        messages += [{"role": "assistant", "content": [call]}, {"role": "user", "content": [done]}]
    tools = [{"name": name, "input_schema": {"type": "object"}} for name in ("Bash", "Read", "Write", "Edit")]
    return {"model": "m", "max_tokens": 8192, "stream": stream, "tools": tools, "messages": messages}
