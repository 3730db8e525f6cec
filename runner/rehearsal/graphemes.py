"""Splits text where a reader sees a boundary, so that no piece ends inside a character that is on screen.

Covers what Japanese business text and emoji need of Unicode Annex 29: combining marks (か + ゙), half-width
voicing marks, variation selectors, joined emoji, skin tones, flags and CR LF. Called by
`runner.rehearsal.speech`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_JOINER = "\u200d"
_HALF_WIDTH_VOICING = "\uff9e\uff9f"


def graphemes(text: str) -> Iterator[str]:
    """The clusters of `text`, in order; joined they are `text` again."""
    cluster = ""
    for char in text:
        if cluster and not _sticks(cluster, char):
            yield cluster
            cluster = ""
        cluster += char
    if cluster:
        yield cluster


def _sticks(cluster: str, char: str) -> bool:
    last = cluster[-1]
    if last == "\r" or last == "\n":
        return last == "\r" and char == "\n"
    return (
        unicodedata.category(char) in ("Mn", "Me", "Mc")
        or char in _HALF_WIDTH_VOICING
        or char == _JOINER
        or last == _JOINER
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or (_is_flag_letter(char) and all(map(_is_flag_letter, cluster)) and len(cluster) % 2 == 1)
    )


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"
