"""Turns one line of a script into a legal Messages API answer: timed server-sent events, or one JSON.

Pure: the jitter comes from the cassette's seed and the line's number, so a line always sounds the same.
Called by `runner.rehearsal.server`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from runner.rehearsal.graphemes import graphemes
from runner.rehearsal.script import Line, Pace

BYTES_PER_TOKEN = 4
"""Only an estimate: nothing was tokenised, and the answer says `authored`."""
GRAPHEMES_PER_PIECE = (1, 3)
CALL_PIECE_CHARACTERS = 96
TTFT_JITTER = 0.25


@dataclass(frozen=True)
class Timed:
    """One event of the stream and when it is due, in seconds after the request."""

    at_s: float
    event: dict[str, Any]


def estimated_tokens(text: str) -> int:
    """A token count for the `usage` fields, which a client wants to see filled."""
    return max(1, len(text.encode()) // BYTES_PER_TOKEN)


def speak(line: Line, pace: Pace, model: str, input_tokens: int) -> Iterator[Timed]:
    """The events of `line`, paced like a person would watch them. The caller may ignore the times."""
    dice = random.Random(f"{pace.seed}:{line.number}")
    now = _first_wait_s(line, pace, dice)
    yield Timed(now, {"type": "message_start", "message": _message(line, model, [], None, input_tokens, 1)})
    for index, block in enumerate(_blocks(line)):
        yield Timed(now, {"type": "content_block_start", "index": index, "content_block": _opening(block)})
        for wait, delta in _deltas(block, line.cps * pace.speed, pace, dice):
            now += wait
            yield Timed(now, {"type": "content_block_delta", "index": index, "delta": delta})
        yield Timed(now, {"type": "content_block_stop", "index": index})
    ending = {"stop_reason": _stop_reason(line), "stop_sequence": None}
    usage = {"input_tokens": input_tokens, "output_tokens": _output_tokens(line)}
    yield Timed(now, {"type": "message_delta", "delta": ending, "usage": usage})
    yield Timed(now, {"type": "message_stop"})


def whole(line: Line, model: str, input_tokens: int) -> dict[str, Any]:
    """The answer to a request that does not stream."""
    return _message(line, model, _blocks(line), _stop_reason(line), input_tokens, _output_tokens(line))


def encode(event: dict[str, Any]) -> bytes:
    """One event as it stands on the wire."""
    return f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode()


def _message(
    line: Line,
    model: str,
    content: list[dict[str, Any]],
    stop: str | None,
    input_tokens: int,
    output_tokens: int,
) -> dict[str, Any]:
    return {
        # The client joins messages of the same id into one: every line needs its own.
        "id": f"msg_rehearsal_{line.number:05d}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {"input_tokens": input_tokens, "output_tokens": output_tokens},
    }


def _blocks(line: Line) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    if line.text:
        blocks.append({"type": "text", "text": line.text})
    if line.call is not None:
        identity = f"toolu_rehearsal_{line.number:05d}"
        blocks.append({"type": "tool_use", "id": identity, "name": line.call.name, "input": line.call.input})
    return blocks


def _opening(block: dict[str, Any]) -> dict[str, Any]:
    return {**block, "text": ""} if block["type"] == "text" else {**block, "input": {}}


def _deltas(
    block: dict[str, Any], cps: float, pace: Pace, dice: random.Random
) -> Iterator[tuple[float, dict[str, Any]]]:
    """The deltas of a block, each with the seconds since the one before."""
    if block["type"] == "text":
        for piece in _pieces(block["text"], dice):
            yield min(len(piece) / cps, pace.gap_cap_ms / 1000), {"type": "text_delta", "text": piece}
        return
    text = json.dumps(block["input"], ensure_ascii=False)
    wait = min(CALL_PIECE_CHARACTERS / cps, pace.gap_cap_ms / 1000)
    count = -(-len(text) // CALL_PIECE_CHARACTERS)
    wait = min(wait, pace.call_cap_ms / 1000 / pace.speed / count)
    for at in range(0, len(text), CALL_PIECE_CHARACTERS):
        yield wait, {"type": "input_json_delta", "partial_json": text[at : at + CALL_PIECE_CHARACTERS]}


def _pieces(text: str, dice: random.Random) -> Iterator[str]:
    piece, left = "", dice.randint(*GRAPHEMES_PER_PIECE)
    for cluster in graphemes(text):
        piece, left = piece + cluster, left - 1
        if left == 0:
            yield piece
            piece, left = "", dice.randint(*GRAPHEMES_PER_PIECE)
    if piece:
        yield piece


def _first_wait_s(line: Line, pace: Pace, dice: random.Random) -> float:
    jittered = line.ttft_ms * dice.uniform(1 - TTFT_JITTER, 1 + TTFT_JITTER) / pace.speed
    return min(jittered, pace.ttft_cap_ms) / 1000


def _stop_reason(line: Line) -> str:
    return "end_turn" if line.call is None else "tool_use"


def _output_tokens(line: Line) -> int:
    call = "" if line.call is None else json.dumps(line.call.input, ensure_ascii=False)
    return estimated_tokens(line.text + call)
