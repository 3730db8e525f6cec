"""Where a Messages API request stands in its conversation: lane, user's turn, last user text, tools done.

Takes the parsed body, gives a Position; pure. The tap labels recordings with it, the rehearsal matches.
Headers, system text, tool descriptions, cache_control, metadata and `<system-reminder>` blocks never count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Lane = Literal["main", "auxiliary"]

TINY_ANSWER_TOKENS = 32
"""A request that allows no more than this asks a probe's question, not for work."""

_REMINDER = re.compile(r"<system-reminder>.*?</system-reminder>", re.DOTALL)


class ConversationError(Exception):
    """A request body that is not a Messages API request; says which part."""


@dataclass(frozen=True)
class ToolResult:
    """One finished tool call as the client reports it."""

    name: str
    is_error: bool
    text: str

    @property
    def label(self) -> str:
        """`Bash`, or `Bash:error` when it failed."""
        return f"{self.name}:error" if self.is_error else self.name


@dataclass(frozen=True)
class Position:
    """What a cassette line is matched on."""

    lane: Lane
    turn: int
    """How often the user has spoken, from 1."""
    user: str
    """The last user text, folded."""
    tools_done: tuple[ToolResult, ...]
    """Tool results since that text, in order."""

    @property
    def labels(self) -> list[str]:
        return [result.label for result in self.tools_done]


def fold(text: str) -> str:
    """`text` as it is compared: NFKC, runs of white space as one space, none at the ends."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def read_position(body: Any) -> Position:
    """The position of a request. Raises ConversationError when `body` has no usable `messages`."""
    if not isinstance(body, dict) or not isinstance(body.get("messages"), list):
        raise ConversationError("the request has no list `messages`")
    turn, user = 0, ""
    names: dict[str, str] = {}
    done: list[ToolResult] = []
    for number, message in enumerate(body["messages"]):
        if not isinstance(message, dict):
            raise ConversationError(f"messages[{number}] is not an object")
        if message.get("role") == "assistant":
            names.update(_called(message))
        elif message.get("role") == "user":
            done.extend(_results(message, names))
            spoken = _spoken(message)
            if spoken:
                turn, user, done = turn + 1, spoken, []
    return Position(_lane(body), turn, user, tuple(done))


def _lane(body: dict[str, Any]) -> Lane:
    limit = body.get("max_tokens")
    tiny = isinstance(limit, int) and limit <= TINY_ANSWER_TOKENS
    return "auxiliary" if tiny or not body.get("tools") else "main"


def _blocks(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    content = message.get("content")
    if isinstance(content, str):
        yield {"type": "text", "text": content}
    elif isinstance(content, list):
        yield from (block for block in content if isinstance(block, dict))


def _called(message: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for block in _blocks(message):
        if block.get("type") == "tool_use":
            yield str(block.get("id")), str(block.get("name"))


def _results(message: dict[str, Any], names: dict[str, str]) -> Iterator[ToolResult]:
    for block in _blocks(message):
        if block.get("type") == "tool_result":
            name = names.get(str(block.get("tool_use_id")), "?")
            yield ToolResult(name, block.get("is_error") is True, _text(block))


def _text(message: dict[str, Any]) -> str:
    return "\n".join(str(block.get("text", "")) for block in _blocks(message) if block.get("type") == "text")


def _spoken(message: dict[str, Any]) -> str:
    texts = [str(block.get("text", "")) for block in _blocks(message) if block.get("type") == "text"]
    return fold("\n".join(_REMINDER.sub("", text) for text in texts))
