"""Plays a scenario's prompts to the real Claude Code, the way a person would or headless.

`Conversation` types into the TUI behind a `Screen` (recordings); `headless_turn` reads what `claude -p` said (trials).
Both give one `Turn` a prompt. The end of a turn is known by Claude Code's own Stop or StopFailure hook;
every wait has a deadline, and passing it shows the screen. Measured on 2.1.329 (docs/decisions/).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from runner.course import Pace
from runner.dialogs import Dialog, read_dialog
from runner.journal import HookEvent, Journal
from runner.keystrokes import before_enter_s, strokes
from runner.scenario import Prompt
from runner.screen import DeadlineExceeded, Screen, ScreenError

CLAUDE_READY_S = 30.0  # start to prompt: 0.6 s measured, 6 s with many in parallel on 2 cores
SETTLE_S = 0.15  # the last screen write came 20 to 34 ms after the Stop hook
ECHO_S = 10.0
READ_DIALOG_S = 2.0  # human pace: the audience reads the question
READ_ANSWER_S = 2.5  # human pace: and the answer

BUSY = "esc to interrupt"  # stands below the prompt as long as a turn or its hooks run
PROMPT_READY = r"^\s*❯\s*(?:$|Try )"

FLAGS = (
    "--tools",
    "Bash,Read,Write,Edit",
    "--strict-mcp-config",
    "--permission-mode",
    "acceptEdits",
)


class ConversationError(Exception):
    """The conversation cannot go on; `kind` says whose fault that is before the tap has its say."""

    def __init__(self, kind: Literal["timeout", "protocol", "kit"], message: str, screen: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.screen = screen


@dataclass(frozen=True)
class Turn:
    """One prompt and its end: seconds from Enter to the Stop hook, dialogs answered."""

    marker: str
    seconds: float
    end: Literal["Stop", "StopFailure", "timeout"]
    dialogs: int
    message: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Conversation:
    """The interactive way. `mark(label)` is called at each moment that becomes a marker of the recording.

    `pace` may be changed between two prompts.
    """

    def __init__(
        self, screen: Screen, journal: Journal, pace: Pace, seed: int, mark: Callable[[str], None]
    ) -> None:
        self._screen = screen
        self._journal = journal
        self.pace = pace
        self._seed = seed
        self._mark = mark

    def start(self, command: str, marker: str) -> None:
        """Type the start command at the shell prompt and wait for Claude Code's own prompt."""
        self._screen.listen()
        self._enter(command)
        self._screen.wait(self._prompt_or_dialog, "Claude Code's prompt", CLAUDE_READY_S)
        self._screen.settle(SETTLE_S, ECHO_S)
        self._mark(marker)
        self._rest(1.5)

    def _prompt_or_dialog(self) -> bool | None:
        dialog = read_dialog(self._screen.rows())
        if dialog is not None:
            self._answer(dialog)
            return None
        return re.search(PROMPT_READY, self._screen.text(), re.MULTILINE) is not None or None

    def say(self, prompt: Prompt) -> Turn:
        """Type one prompt and wait for the end of its turn."""
        self._journal.new_events()
        self._enter(prompt.text, prompt.marker)
        began = time.monotonic()
        try:
            event, dialogs = self._turn(prompt.deadline_s)
        except DeadlineExceeded as late:
            raise ConversationError("timeout", str(late), late.screen) from late
        seconds = time.monotonic() - began
        self._screen.wait(lambda: BUSY not in self._screen.text() or None, "the end of the spinner", ECHO_S)
        self._screen.settle(SETTLE_S, ECHO_S)
        self._mark(f"{prompt.marker}：完了")
        self._rest(READ_ANSWER_S)
        if event.name == "StopFailure":
            error = str(event.payload.get("error", "unknown"))
            raise ConversationError(
                "protocol", f"the turn ended with StopFailure: {error}", self._screen.text()
            )
        message = str(event.payload.get("last_assistant_message", ""))
        return Turn(prompt.marker, seconds, "Stop", dialogs, message)

    def _turn(self, deadline_s: float) -> tuple[HookEvent, int]:
        dialogs = 0
        requests = 0

        def ended() -> HookEvent | None:
            nonlocal dialogs, requests
            for event in self._journal.new_events():
                if event.name in ("Stop", "StopFailure"):
                    return event
                if event.name == "PermissionRequest":
                    requests += 1
            if requests > dialogs and (dialog := read_dialog(self._screen.rows())) is not None:
                self._answer(dialog, "確認に答える")
                dialogs += 1
            return None

        return self._screen.wait(ended, "the end of the turn (Stop hook)", deadline_s), dialogs

    def _answer(self, dialog: Dialog, marker: str | None = None) -> None:
        if dialog.press is None:
            raise ConversationError(
                "kit", f"a dialog that the kit does not know is open: {dialog.options}", self._screen.text()
            )
        try:
            if marker is not None:
                self._screen.settle(SETTLE_S, ECHO_S)  # what stands above the dialog may be drawn after it
                self._mark(marker)
            self._rest(READ_DIALOG_S)
            self._screen.settle(SETTLE_S, ECHO_S)
            self._screen.send(dialog.press)
            self._screen.wait(
                lambda: read_dialog(self._screen.rows()) != dialog or None,
                f"the dialog to close: {dialog.question}",
                ECHO_S,
            )
        except DeadlineExceeded as late:  # the kit's hand on the keys, not the model's time
            raise ConversationError("kit", str(late), late.screen) from late

    def leave(self) -> None:
        """Leave Claude Code with /exit; the shell prompt comes back."""
        self._rest(1.0)
        self._screen.type(strokes("/exit", self.pace, self._seed))
        self._screen.settle(SETTLE_S, ECHO_S)
        self._screen.hush()
        self._screen.send("\r")

    def _enter(self, text: str, marker: str | None = None) -> None:
        self._screen.type(strokes(text, self.pace, self._seed))
        if marker is not None:
            self._screen.settle(SETTLE_S, ECHO_S)
            self._mark(marker)  # here, so that the picture shows what is asked
        self._rest(before_enter_s(text, self.pace, self._seed))
        self._screen.send("\r")

    def _rest(self, seconds: float) -> None:
        if self.pace == "human":
            self._screen.rest(seconds)


def headless_arguments(session_id: str, first: bool) -> list[str]:
    """Arguments of `claude` for one headless turn; the prompt comes on stdin."""
    session = ["--session-id", session_id] if first else ["--resume", session_id]
    return ["-p", "--output-format", "stream-json", "--verbose", *session]


def read_result(lines: Iterable[str]) -> dict[str, Any]:
    """The `result` event of a stream-json output; ConversationError when there is none.

    Exit code 0 is not success: the caller looks at `is_error`. Without the `init` event Claude Code never started:
    that is the kit's fault, not the model's.
    """
    result: dict[str, Any] | None = None
    started = False
    for event in _events(lines):
        started = started or event.get("subtype") == "init"
        if event.get("type") == "result":
            result = event
    if not started:
        raise ConversationError("kit", "Claude Code did not start")
    if result is None:
        raise ConversationError("protocol", "Claude Code ended without a result event")
    return result


def _events(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if not line.startswith("{"):
            continue
        try:
            yield json.loads(line)
        except ValueError as error:  # a crash cuts the last line
            raise ConversationError("protocol", f"Claude Code's output is cut: {line[:80]}") from error


def headless_turn(prompt: Prompt, lines: Iterable[str], seconds: float) -> Turn:
    """One headless turn from its output; ConversationError when the turn failed."""
    result = read_result(lines)
    if result.get("is_error"):
        raise ConversationError("protocol", f"the turn ended with an error: {result.get('result', '')}")
    return Turn(prompt.marker, seconds, "Stop", 0, str(result.get("result", "")))


__all__ = ["FLAGS", "Conversation", "ConversationError", "ScreenError", "Turn", "headless_arguments"]
