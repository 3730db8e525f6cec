"""Loads an authored cassette: checks every line, fills in files and variables, derives what may be left out.

Takes a folder with `cassette.jsonl` (format: docs/cassette.md), gives a Script; called by `runner.rehearsal`
at its start.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from runner.tap.conversation import fold

CASSETTE_NAME = "cassette.jsonl"

_VARIABLE = re.compile(r"\$(\$?)\{([A-Za-z_][A-Za-z0-9_]*)\}")


class CassetteError(Exception):
    """A cassette that cannot be played; the message names file, line, field and what to do."""

    def __init__(self, what: str) -> None:
        super().__init__(f"TAP-CASSETTE {what}")


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Pace(_Row):
    """How fast the lines are spoken when the pace is `human`."""

    speed: float = Field(default=1.0, gt=0, description="2 plays twice as fast")
    cps: float = Field(default=35.0, gt=0, description="characters a second, for lines that name none")
    ttft_ms: int = Field(
        default=600, ge=0, description="wait before the first character, jittered by a quarter"
    )
    ttft_cap_ms: int = Field(default=1500, ge=0, description="longest such wait")
    gap_cap_ms: int = Field(default=400, ge=0, description="longest wait between two pieces")
    call_cap_ms: int = Field(default=1500, ge=0, description="longest time the input of a call may take")
    seed: int = Field(default=7, description="seed of the jitter")


class Meta(_Row):
    """The first line."""

    type: Literal["meta"]
    format: Literal["tap/1"]
    provenance: Literal["authored"]
    claude_code: str = Field(default="", description="version of Claude Code the cassette was written for")
    model: Literal["rehearsal"] = "rehearsal"
    vars: dict[str, str] = Field(default_factory=dict, description="defaults of ${NAME}")
    pace: Pace = Pace()


class Call(_Row):
    """A tool call."""

    name: str = Field(min_length=1)
    input: dict[str, Any]


class Match(_Row):
    """When a line is due."""

    user: str | None = Field(default=None, min_length=1, description="what the user said; opens a turn")
    tools_done: list[str] | None = Field(
        default=None, description="tools since; `Bash:error` for a failed one"
    )
    must_hold: list[str] = Field(
        default_factory=list, alias="assert", description="strings in the last tool result"
    )


class Say(_Row):
    """One answer: text, a call, or both."""

    type: Literal["say"]
    lane: Literal["main"] = "main"
    turn: int | None = Field(default=None, ge=1, description="the user's turn, from 1; checked when given")
    match: Match = Match()
    text: str = ""
    call: Call | None = None
    cps: float | None = Field(default=None, gt=0)
    ttft_ms: int | None = Field(default=None, ge=0)


_ROW: TypeAdapter[Meta | Say] = TypeAdapter(Annotated[Meta | Say, Field(discriminator="type")])


@dataclass(frozen=True)
class Line:
    """A `say` line, ready to be spoken: files and variables are in place."""

    number: int
    """Line in the file, from 1."""
    turn: int
    user: str
    """Folded text of the user's turn it belongs to."""
    tools_done: tuple[str, ...]
    must_hold: tuple[str, ...]
    text: str
    call: Call | None
    cps: float
    ttft_ms: int


@dataclass(frozen=True)
class Script:
    """The cassette: its turns, each a list of lines in the order they are spoken."""

    name: str
    meta: Meta
    turns: tuple[tuple[Line, ...], ...]


def load_script(folder: Path, variables: Mapping[str, str]) -> Script:
    """Read `folder/cassette.jsonl`; `variables` win over the defaults in its meta line.

    Raises CassetteError for a missing file, a line that is not valid, or a line that could never be spoken.
    """
    path = folder / CASSETTE_NAME
    rows = list(_rows(path))
    if not rows or not isinstance(rows[0][1], Meta):
        raise CassetteError(
            f'{path}:1: type: the first line must be {{"type": "meta", "format": "tap/1", …}}'
        )
    meta = rows[0][1]
    author = _Author(path, meta, {**meta.vars, **variables})
    for number, row in rows[1:]:
        if isinstance(row, Meta):
            raise CassetteError(f"{path}:{number}: type: a second meta line; only the first line may be one")
        author.add(number, row)
    return Script(str(path), meta, author.finish())


def _rows(path: Path) -> Iterator[tuple[int, Meta | Say]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError as error:
        raise CassetteError(
            f"{path}: not found; a cassette is a folder that holds {CASSETTE_NAME}"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise CassetteError(f"{path}: cannot be read as UTF-8 text: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            json.dumps(data, ensure_ascii=False).encode()  # half a surrogate pair cannot be sent
        except ValueError as error:
            raise CassetteError(f"{path}:{number}: not JSON: {error}") from error
        yield number, _row(path, number, data)


def _row(path: Path, number: int, data: Any) -> Meta | Say:
    if not isinstance(data, dict) or data.get("type") not in ("meta", "say"):
        kind = data.get("type") if isinstance(data, dict) else data
        raise CassetteError(
            f"{path}:{number}: type: {kind!r} is not played; a script holds `meta` and `say` lines"
        )
    try:
        return _ROW.validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"][1:]) or "line"
        raise CassetteError(
            f"{path}:{number}: {field}: {first['msg']} (found {first['input']!r:.80})"
        ) from error


class _Author:
    """Puts `say` rows into turns, deriving what the writer may leave out."""

    def __init__(self, path: Path, meta: Meta, variables: Mapping[str, str]) -> None:
        self._path = path
        self._meta = meta
        self._variables = variables
        self._turns: list[list[Line]] = []
        self._done: list[str] = []

    def add(self, number: int, say: Say) -> None:
        opens = say.match.user is not None and not say.match.tools_done
        if opens:
            self._close()
            self._turns.append([])
            self._done = []
        if not self._turns:
            self._fail(number, "match.user", "the first `say` line must name what the user says")
        turn = self._turns[-1]
        if turn and turn[-1].call is None:
            self._fail(
                number, "match", f"never reached: line {turn[-1].number} ends the turn (it calls no tool)"
            )
        user = fold(self._fill(number, "match.user", say.match.user)) if say.match.user else turn[0].user
        self._check(number, say, user)
        if not say.text and say.call is None:
            self._fail(number, "text", "a `say` line needs `text`, a `call`, or both")
        turn.append(self._line(number, say, user))
        if say.call is not None:
            self._done.append(say.call.name)

    def finish(self) -> tuple[tuple[Line, ...], ...]:
        self._close()
        if not self._turns:
            raise CassetteError(f"{self._path}: no `say` line; there is nothing to play")
        return tuple(tuple(turn) for turn in self._turns)

    def _close(self) -> None:
        if self._turns and self._turns[-1][-1].call is not None:
            last = self._turns[-1][-1]
            self._fail(last.number, "call", "the turn ends with a call; add a line that answers its result")

    def _check(self, number: int, say: Say, user: str) -> None:
        turn = self._turns[-1]
        if turn and user != turn[0].user:
            self._fail(
                number, "match.user", f"this turn's user says {turn[0].user!r} (line {turn[0].number})"
            )
        if say.turn is not None and say.turn != len(self._turns):
            self._fail(number, "turn", f"this is the user's turn {len(self._turns)}, not {say.turn}")
        given = say.match.tools_done
        if given is not None:
            names = [name.removesuffix(":error") for name in given]
            called = [name.removesuffix(":error") for name in self._done]
            if names != called:
                self._fail(number, "match.tools_done", f"the lines before call {called}, not {names}")
            self._done = list(given)
        if say.match.must_hold and not self._done:
            self._fail(
                number, "match.assert", "no tool has run yet in this turn, so there is no result to hold"
            )

    def _line(self, number: int, say: Say, user: str) -> Line:
        call = say.call
        if call is not None:
            filled = {
                key: self._value(number, f"call.input.{key}", value) for key, value in call.input.items()
            }
            call = Call(name=call.name, input=filled)
        pace = self._meta.pace
        return Line(
            number=number,
            turn=len(self._turns),
            user=user,
            tools_done=tuple(self._done),
            must_hold=tuple(self._fill(number, "match.assert", text) for text in say.match.must_hold),
            text=self._fill(number, "text", say.text),
            call=call,
            cps=say.cps if say.cps is not None else pace.cps,
            ttft_ms=say.ttft_ms if say.ttft_ms is not None else pace.ttft_ms,
        )

    def _value(self, number: int, field: str, value: Any) -> Any:
        if isinstance(value, str):
            return self._fill(number, field, value)
        if isinstance(value, list):
            return [self._value(number, f"{field}.{at}", item) for at, item in enumerate(value)]
        if isinstance(value, dict):
            if set(value) == {"file"} and isinstance(value["file"], str):
                return self._file(number, field, value["file"])
            return {key: self._value(number, f"{field}.{key}", item) for key, item in value.items()}
        return value

    def _file(self, number: int, field: str, name: str) -> str:
        path = self._path.parent / name
        if not path.resolve().is_relative_to(self._path.parent.resolve()):
            self._fail(number, field, f"the file {name!r} must stand beside the cassette")
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self._fail(number, field, f"the file {name!r} cannot be read: {error}")

    def _fill(self, number: int, field: str, text: str) -> str:
        def value(found: re.Match[str]) -> str:
            if found[1]:
                return found[0][1:]
            if found[2] not in self._variables:
                known = ", ".join(sorted(self._variables)) or "none"
                self._fail(
                    number,
                    field,
                    f"unknown variable {found[0]} (known: {known}; write $${{…}} for a plain one)",
                )
            return self._variables[found[2]]

        return _VARIABLE.sub(value, text)

    def _fail(self, number: int, field: str, what: str) -> NoReturn:
        raise CassetteError(f"{self._path}:{number}: {field}: {what}")
