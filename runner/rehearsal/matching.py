"""Finds the line of a script that answers a request, or says plainly why none does.

Pure and without memory: the position comes from the request alone, so a retried request gets the same line
again. Called by `runner.rehearsal.server`.
"""

from __future__ import annotations

import unicodedata

from runner.rehearsal.script import Line, Script
from runner.tap.conversation import Position

SHOWN_CHARACTERS = 240
"""How much of a tool result or a prompt a message repeats."""


class Miss(Exception):
    """No line fits; the message starts with TAP-MISS and names what was expected and what came."""

    def __init__(self, what: str) -> None:
        super().__init__(f"TAP-MISS {what}")


def find_line(script: Script, position: Position) -> Line:
    """The line due at `position`. Raises Miss."""
    if position.turn == 0:
        raise Miss("the request holds no user text, so no turn of the script has begun")
    if position.turn > len(script.turns):
        last = script.turns[-1][-1].number
        raise Miss(
            f"the script ends at line {last}, after the user's turn {len(script.turns)};"
            f" turn {position.turn} came: {_short(position.user)}"
        )
    turn = script.turns[position.turn - 1]
    if position.user != turn[0].user:
        raise Miss(
            f"line {turn[0].number}, user's turn {position.turn}: expected the user to say"
            f" {_short(turn[0].user)}, but came {_short(position.user)}"
        )
    _check_tools(turn, position)
    line = turn[len(position.tools_done)]
    _check_facts(line, position)
    return line


def _check_tools(turn: tuple[Line, ...], position: Position) -> None:
    came = position.labels
    line = turn[min(len(came), len(turn) - 1)]
    if len(came) < len(turn) and came == list(line.tools_done):
        return
    where = f"line {line.number}, user's turn {position.turn}"
    if len(came) >= len(turn):
        raise Miss(f"{where}: the turn ends there after tools {list(line.tools_done)}, but came {came}")
    shown = f"; the last result says {_short(position.tools_done[-1].text)}" if came else ""
    raise Miss(f"{where}: expected tools {list(line.tools_done)}, but came {came}{shown}")


def _check_facts(line: Line, position: Position) -> None:
    if not line.must_hold:
        return
    result = unicodedata.normalize("NFKC", position.tools_done[-1].text)
    for fact in line.must_hold:
        if unicodedata.normalize("NFKC", fact) not in result:
            raise Miss(
                f"line {line.number}, user's turn {position.turn}: expected {fact!r} in the result of"
                f" {position.labels[-1]}, but it says {_short(position.tools_done[-1].text)}"
            )


def _short(text: str) -> str:
    if len(text) <= SHOWN_CHARACTERS:
        return repr(text)
    half = SHOWN_CHARACTERS // 2
    return repr(f"{text[:half]} … {text[-half:]}")
