"""Hides the words of a policy in a recording, by what stands on the screen: `redact(cast, policy) -> Cast`.

The recording is played twice at once, as it was and as it is told. As long as both show the same, but for masked
cells, its output is passed on as it is; where it would show or hold a word, the masked screen is told instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from runner.cast import INPUT, OUTPUT, RESIZE, Cast, Event, Header
from runner.studio.card_screen import cells
from runner.studio.matching import Matcher, Span
from runner.studio.policy import Policy
from runner.studio.replay import feed
from runner.terminal import Terminal
from runner.terminal_dump import RESET, dump
from runner.terminal_state import Grid, State, StateCell

_MEMORY = 256  # characters of output before an event that are read with it
KEPT_ENV = ("TERM", "LANG")
_CLIPBOARD = "52;"  # OSC 52 holds its text in base64
_STRING = re.compile(r"\x1b[\]PX^_]([^\x1b\x07\x9c]*)(?:\x07|\x1b\\|\x9c)?")  # OSC, DCS, SOS, PM, APC
_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]|[\x00-\x1f\x7f]")
_NO_VALUE = re.compile(
    rf"([:=][\"' ]*)(?:{_SEQUENCE.pattern})"
)  # a name, and its value is not written behind it
_STOP = "\x80"


def redact(cast: Cast, policy: Policy) -> Cast:
    """The recording without the words of the policy: on the screen, in titles, links, markers and the header.

    Every other cell is as it was, and so are the times. Keys pressed (input events) are left out: what was typed
    stands on the screen. Of the environment only TERM and LANG stay. What patterns and names match anywhere is
    hidden from its first characters on, also where it is not complete yet.
    """
    matcher = _learned(cast, policy)
    teller = _Teller(cast, matcher)
    events = [told for event in _whole_sequences(cast.events) for told in teller.tell(event)]
    if not events or events[-1].time_s < cast.duration_s:
        events.append(Event(cast.duration_s, OUTPUT, ""))
    return replace(cast, header=_header(cast.header, matcher), events=tuple(events), truncated=None)


class _Teller:
    """Passes events on, or tells the masked screen instead."""

    def __init__(self, cast: Cast, matcher: Matcher) -> None:
        self._matcher = matcher
        self._was, self._told = Terminal(*cast.size), Terminal(*cast.size)
        self._raw = _Raw(matcher)
        self._rows: list[str] = []
        self._shown: list[str] = []  # the rows as they must be told

    def tell(self, event: Event) -> list[Event]:
        if event.kind == INPUT:
            return []
        if event.kind not in (OUTPUT, RESIZE):
            return [replace(event, data=self._matcher.masked(event.data))]
        feed(self._was, event)
        feed(self._told, event)
        holds = event.kind == OUTPUT and self._raw.holds(event.data)
        if self._same() and not holds:
            return [event]
        masked = Event(event.time_s, OUTPUT, RESET + dump(_masked(self._was.state(), self._matcher)))
        feed(self._told, masked)
        return [masked] if event.kind == OUTPUT else [event, masked]

    def _same(self) -> bool:
        """Whether what is told shows the screen as it was, with its words masked."""
        rows = self._was.rows()
        if rows != self._rows:
            spans = self._matcher.spans(rows, self._was.size[0])
            self._rows, self._shown = rows, _masked_rows(rows, spans, self._matcher.policy.mask)
        return self._told.rows() == self._shown


class _Raw:
    """Reads the output itself: words that come and go within one event, and strings that show nowhere."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._memory = ""

    def holds(self, data: str) -> bool:
        """Whether the output holds a word, alone or with what came before, or something for the clipboard."""
        strings = [unquote(found[1]) for found in _STRING.finditer(data)]
        apart = _SEQUENCE.sub("\0", _STRING.sub("", data))
        joined = _normal(self._memory + _text(data))
        known, self._memory = len(self._memory), joined[-_MEMORY:]
        return (
            any(string.startswith(_CLIPBOARD) or self._matcher.in_text(_normal(string)) for string in strings)
            or bool(self._matcher.in_text(_normal(apart)))
            or any(end > known for _, end in self._matcher.in_text(joined))
        )


def _learned(cast: Cast, policy: Policy) -> Matcher:
    """A matcher that knows what patterns and names match in this recording, and where."""
    plain = Matcher(policy)
    terminal = Terminal(*cast.size)
    begun: dict[str, set[str]] = {}
    secrets: set[str] = set()
    matched: set[str] = set()  # on screens, by patterns
    shown: list[str] = []
    stream = ""
    for event in cast.events:
        feed(terminal, event)
        if event.kind == OUTPUT:
            stream = stream[-_MEMORY:] + _text(event.data)
            secrets |= {word for word, kind in plain.words(_normal(stream)) if kind == "pattern"}
        rows = terminal.rows()
        if rows == shown:
            continue
        shown = rows
        for found in plain.found(rows, terminal.size[0]):
            if found.kind == "pattern":
                matched.add(found.text)
            if found.kind != "key":
                begun.setdefault(found.before, set()).add(found.text)
    on_screens = {before: _longest(words) for before, words in begun.items()}
    standing = {word for words in on_screens.values() for word in words}
    secrets |= standing & matched
    known = _longest(secrets)
    return Matcher(policy, on_screens, known, [word for word in known if word not in standing])


def _text(output: str) -> str:
    """What output says, without sequences and control characters."""
    return _SEQUENCE.sub("", _NO_VALUE.sub(rf"\1{_STOP}", _STRING.sub("", output)))


def _longest(words: Iterable[str]) -> tuple[str, ...]:
    """The words that are no part of another."""
    kept: list[str] = []
    for word in sorted(words, key=lambda word: (-len(word), word)):
        if not any(word in longer for longer in kept):
            kept.append(word)
    return tuple(kept)


def _whole_sequences(events: Iterable[Event]) -> Iterator[Event]:
    """The events, with the beginning of every unfinished sequence moved to the event that ends it."""
    parser = Terminal(2, 1)
    begun = ""
    for event in events:
        if event.kind != OUTPUT:
            yield event
            continue
        parser.feed(event.data.encode())
        data = begun + event.data
        begun = parser.unfinished().decode()
        yield replace(event, data=data[: len(data) - len(begun)])


def _masked_rows(rows: Sequence[str], spans: Iterable[Span], mask: str) -> list[str]:
    """The rows with every character of the spans masked, cell by cell."""
    masked = list(rows)
    for row, start, end in sorted(spans, reverse=True):
        text = masked[row]
        masked[row] = text[:start] + mask * cells(text[start:end]) + text[end:]
    return masked


def _masked(state: State, matcher: Matcher) -> State:
    """The state without the words: on both screens, in links, title and folder."""
    main = state.main and replace(state.main, grid=_masked_grid(state.main.grid, matcher))
    return replace(
        state,
        grid=_masked_grid(state.grid, matcher),
        main=main,
        cursor=replace(state.cursor, link=_masked_link(state.cursor.link, matcher)),
        title=matcher.masked(state.title),
        folder=_masked_link(state.folder, matcher),
        unfinished=b"",
    )


def _masked_grid(grid: Grid, matcher: Matcher) -> Grid:
    rows = [list(row) for row in grid.rows]
    texts: list[str] = []
    places: list[list[int]] = []  # the cell of every character
    for row in rows:
        parts = [(x, cell.char or " ") for x, cell in enumerate(row) if cell.width]
        texts.append("".join(part for _, part in parts).rstrip())
        places.append([x for x, part in parts for _ in part])
    for row_number, start, end in matcher.spans(texts, len(rows[0])):
        row = rows[row_number]
        last = places[row_number][end - 1]
        for x in range(places[row_number][start], last + max(row[last].width, 1)):
            row[x] = StateCell(matcher.policy.mask, 1, row[x].pen, "", row[x].protected)
    for row in rows:
        row[:] = [cell._replace(link=_masked_link(cell.link, matcher)) if cell.link else cell for cell in row]
    return replace(grid, rows=tuple(map(tuple, rows)))


def _masked_link(link: str, matcher: Matcher) -> str:
    """The address, or none when a word stands in it."""
    return "" if matcher.in_text(_normal(unquote(link))) else link


def _header(header: Header, matcher: Matcher) -> Header:
    found = header.model_dump(exclude_none=True)
    found["env"] = {name: value for name, value in found.get("env", {}).items() if name in KEPT_ENV} or None
    return Header.model_validate(_without_words(found, matcher))


def _without_words(value: Any, matcher: Matcher) -> Any:
    """A value of the header with every text in it masked."""
    if isinstance(value, str):
        return matcher.masked(value)
    if isinstance(value, dict):
        return {key: _without_words(item, matcher) for key, item in value.items()}
    return [_without_words(item, matcher) for item in value] if isinstance(value, list) else value


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
