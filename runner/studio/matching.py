"""Finds the words of a policy in rows of text: whole, in part while they are typed, and wrapped over rows.

Takes rows, gives spans; pure. Used by redaction, by lint and by the scan of every rendered frame.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from runner.studio.card_screen import cells
from runner.studio.policy import SECRET, Policy

PREFIX = 4  # so many first characters of a key are as good as the key: it is being typed
FRAGMENT = 8  # so many characters from the middle of a secret, alone
TAIL = 4  # so many last characters of a secret at the beginning of a row: the rest stood above
_FRAME = " \t\u00a0\u3000|" + "".join(map(chr, range(0x2500, 0x25A0)))  # blanks, box lines, blocks
_HALF_WIDTH_MARKS = "\uff9e\uff9f"  # of half-width katakana; they join the letter before them
_ROOM = 6  # a wrapped row may leave so many cells free before its frame


class Span(NamedTuple):
    """Characters start to end of one row."""

    row: int
    start: int
    end: int


@dataclass(frozen=True)
class Found:
    """A word of the policy on a screen: its text, and what stands before it in its row."""

    before: str
    text: str
    kind: str  # key, pattern or name
    spans: tuple[Span, ...]


class Matcher:
    """Finds the words of a policy.

    `begun` are words that stood elsewhere in the same recording, by what stood before them in their row: so they
    are known from their first characters on. `secrets` are texts that a pattern matched there; such as never stood
    on a screen as a whole are told as `keys`.
    """

    def __init__(
        self,
        policy: Policy,
        begun: Mapping[str, Collection[str]] | None = None,
        secrets: Iterable[str] = (),
        keys: Iterable[str] = (),
    ) -> None:
        self.policy = policy
        self._keys = (*policy.keys, *keys)
        self._begun = begun or {}
        self._patterns = [re.compile(pattern) for pattern in policy.patterns]
        self._names = [_word(name, 0) for name in (*policy.home_paths, *policy.users)]
        self._names += [_word(host, re.IGNORECASE) for host in policy.hosts]
        self._secrets = tuple(dict.fromkeys([*self._keys, *secrets]))
        self._pieces = {s[n : n + FRAGMENT] for s in self._secrets for n in range(len(s) - FRAGMENT + 1)}
        self._lengths = sorted({len(before) for before in self._begun})
        self._in_line = lru_cache(maxsize=4096)(self._line)

    def spans(self, rows: Sequence[str], columns: int | None = None) -> list[Span]:
        """Where words of the policy stand, merged, in order; `columns` is the width of the screen."""
        return _merged(span for found in self.found(rows, columns) for span in found.spans)

    def found(self, rows: Sequence[str], columns: int | None = None) -> list[Found]:
        """Every word of the policy in the rows, whole, in part and wrapped; one may be told twice."""
        lines = [_plain(row) for row in rows]
        texts = [line for line, _ in lines]
        found: list[Found] = []
        for row, line in enumerate(texts):
            found += (
                Found(line[:a], line[a:b], kind, (Span(row, a, b),)) for a, b, kind in self._in_line(line)
            )
        found += self._in_wrapped(texts, rows, columns or max(map(cells, rows), default=0))
        joined = _Joined(list(enumerate(texts)))
        found += self._in_joined(texts, joined)
        found += self._beginnings(texts, joined)
        if all(isinstance(places, range) for _, places in lines):
            return found
        return [
            Found(
                one.before, one.text, one.kind, tuple(_placed(span, lines[span.row][1]) for span in one.spans)
            )
            for one in found
        ]

    def in_text(self, text: str) -> list[tuple[int, int]]:
        """(start, end) of every word in one piece of text, which is taken as NFKC."""
        return [(start, end) for start, end, _ in self._line(text)]

    def words(self, text: str) -> list[tuple[str, str]]:
        """(text, kind) of every word in one piece of text."""
        return [(text[start:end], kind) for start, end, kind in self._line(text)]

    def masked(self, text: str) -> str:
        """The text with every word of the policy masked, character by character."""
        plain, places = _plain(text)
        spans = [_placed(Span(0, start, end), places) for start, end in self.in_text(plain)]
        hidden = {n for _, start, end in spans for n in range(start, end)}
        return "".join(self.policy.mask if n in hidden else char for n, char in enumerate(text))

    def _line(self, line: str) -> tuple[tuple[int, int, str], ...]:
        found = [(*_hidden(m), "pattern") for p in self._patterns for m in p.finditer(line)]
        found += [(m.start(), m.end(), "name") for name in self._names for m in name.finditer(line)]
        for key in self._keys:
            found += [(at, at + _common(line, at, key), "key") for at in _places(line, key[:PREFIX])]
        if self._pieces:
            ends = range(FRAGMENT, len(line) + 1)
            found += [
                (end - FRAGMENT, end, "key") for end in ends if line[end - FRAGMENT : end] in self._pieces
            ]
        return tuple(found)

    def _in_joined(self, texts: list[str], joined: _Joined) -> Iterator[Found]:
        """Secrets that go on in the next row, wherever the row ends, and the ends of such as begin above.

        A pattern is taken to go on there only when what stands in its first row is too little for it.
        """
        for key in self._keys:
            for at in _places(joined.text, key[:PREFIX]):
                length = _common(joined.text, at, key)
                yield Found("", key[:length], "key", joined.spans(at, at + length))
        for pattern in self._patterns:
            for match in pattern.finditer(joined.text):
                first, last = _hidden(match)
                spans = joined.spans(first, last)
                row, start, _ = spans[0]
                begun_here = row == joined.spans(*match.span())[0].row  # a value stands behind its name
                alone = any(_hidden(m)[0] == start for m in pattern.finditer(texts[row]))
                if len(spans) > 1 and begun_here and not alone:
                    yield Found(texts[row][:start], joined.text[first:last], "pattern", spans)
        for secret in self._secrets:
            for at in _places(joined.text, secret):
                yield Found("", secret, "key", joined.spans(at, at + len(secret)))
            for length in range(TAIL, min(len(secret), FRAGMENT)):
                for at in _places(joined.text, secret[-length:]):
                    if at in joined.beginnings:
                        yield Found("", secret[-length:], "key", joined.spans(at, at + length))

    def _beginnings(self, texts: list[str], joined: _Joined) -> Iterator[Found]:
        """Words known from elsewhere of which only the beginning stands there yet; of a name, up to the row's end."""
        for row, line in enumerate(texts):
            for length in self._lengths:
                at = joined.index(row, length)
                if at is None:
                    continue
                for word in self._begun.get(line[:length], ()):
                    end = at + _common(joined.text, at, word)
                    whole = end == at + len(word) or end in joined.ends
                    if end - at >= PREFIX and (whole or word in self._secrets):
                        yield Found(line[:length], joined.text[at:end], "key", joined.spans(at, end))

    def _in_wrapped(self, texts: list[str], rows: Sequence[str], columns: int) -> Iterator[Found]:
        """Patterns and names in rows that were wrapped because they are full."""
        group: list[tuple[int, str]] = []
        for row, line in enumerate(texts):
            group.append((row, line))
            if _is_full(rows[row], columns) and row + 1 < len(texts):
                continue
            if len(group) > 1:
                joined = _Joined(group)
                for start, end, kind in self._line(joined.text):
                    spans = joined.spans(start, end)
                    if len(spans) > 1:
                        before = texts[spans[0].row][: spans[0].start]
                        yield Found(before, joined.text[start:end], kind, spans)
            group = []


class _Joined:
    """Rows without their frames, one after the other; knows where every character stood."""

    def __init__(self, rows: Iterable[tuple[int, str]]) -> None:
        parts: list[str] = []
        self._rows: dict[
            int, tuple[int, int, int]
        ] = {}  # index of its first character, and its place, and its end
        length = 0
        for row, text in rows:
            left, right = _inner(text)
            parts.append(text[left:right])
            self._rows[row] = length, left, right
            length += right - left
        self.text = "".join(parts)
        self.beginnings = {first for first, _, _ in self._rows.values()}
        self.ends = {first + right - left for first, left, right in self._rows.values()}

    def index(self, row: int, place: int) -> int | None:
        """Where the character at `place` of `row` stands in the joined text; None for its frame."""
        first, left, right = self._rows[row]
        return first + place - left if left <= place < right else None

    def spans(self, start: int, end: int) -> tuple[Span, ...]:
        """Where characters start to end of the joined text stand."""
        found = []
        for row, (first, left, right) in self._rows.items():
            begin, stop = max(start, first), min(end, first + right - left)
            if begin < stop:
                found.append(Span(row, begin - first + left, stop - first + left))
        return tuple(found)


@lru_cache(maxsize=8)
def _matcher(policy: Policy) -> Matcher:
    return Matcher(policy)


def leaks(text: str, policy: Policy) -> list[str]:
    """What of the policy can be read in a text of several rows: one line each, without the secret itself."""
    spans = _matcher(policy).spans(text.split("\n"))
    return [
        f"row {s.row + 1}, character {s.start + 1}: {s.end - s.start} characters of the policy" for s in spans
    ]


def _inner(text: str) -> tuple[int, int]:
    """Where the text within a frame begins and ends."""
    start = len(text) - len(text.lstrip(_FRAME))
    return start, max(len(text.rstrip(_FRAME)), start)


def _is_full(line: str, columns: int) -> bool:
    """The text reaches the edge of the screen or its frame: it was wrapped there."""
    start, end = _inner(line)
    frame = line[end:].strip()
    free = len(line[end:]) - len(line[end:].lstrip()) if frame else columns - cells(line[:end])
    return start < end and free <= _ROOM


def _word(word: str, flags: int) -> re.Pattern[str]:
    before = r"(?<![A-Za-z0-9])" if re.match(r"[A-Za-z0-9]", word) else ""
    after = r"(?![A-Za-z0-9])" if re.search(r"[A-Za-z0-9]$", word) else ""
    return re.compile(before + re.escape(word) + after, flags)


def _places(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def _common(text: str, at: int, word: str) -> int:
    """How many first characters of `word` stand in `text` at `at`."""
    length = 0
    while length < len(word) and text[at + length : at + length + 1] == word[length]:
        length += 1
    return length


def _hidden(match: re.Match[str]) -> tuple[int, int]:
    """What of a pattern's match is hidden: the group named for it, else all."""
    return match.span(SECRET) if SECRET in match.re.groupindex else match.span()


@lru_cache(maxsize=4096)
def _plain(row: str) -> tuple[str, Sequence[int]]:
    """(the row in NFKC, the place in the row of each of its characters and of its end)."""
    if unicodedata.is_normalized("NFKC", row):
        return row, range(len(row) + 1)
    text, places = "", []
    start = 0
    for end in range(1, len(row) + 1):
        if end == len(row) or not (unicodedata.combining(row[end]) or row[end] in _HALF_WIDTH_MARKS):
            piece = unicodedata.normalize("NFKC", row[start:end])
            text += piece
            places += [start] * len(piece)
            start = end
    return text, [*places, len(row)]


def _placed(span: Span, places: Sequence[int]) -> Span:
    """The span in the row as it stands: one character there may be several in NFKC."""
    last = places[span.end - 1]
    end = next(place for place in places[span.end :] if place > last)
    return Span(span.row, places[span.start], end)


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and merged[-1].row == span.row and span.start <= merged[-1].end:
            merged[-1] = merged[-1]._replace(end=max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged
