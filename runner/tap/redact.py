"""Takes secrets out of text before it is written anywhere: whole, and in pieces.

Used by everything in the tap that writes: cassette, events, error answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

MARK = "‹key›"
FRAGMENT = 6
"""Characters in a row that already count as a piece of a secret."""
LONG_SECRET = 16
"""A shorter secret holds common words too easily; it is only taken out whole."""


class Redactor:
    """Knows the secrets of this process and finds them, or any FRAGMENT of a long one, in text.

    What a secret shares with a `public` word (a key named after the model) tells nothing, and is left.
    """

    def __init__(self, secrets: Iterable[str], public: Iterable[str] = ()) -> None:
        known_to_all = "\n".join(public)
        known = [secret for secret in secrets if secret]
        self._whole = sorted((s for s in known if len(s) < LONG_SECRET), key=len, reverse=True)
        self._fragments = frozenset(
            secret[at : at + FRAGMENT]
            for secret in known
            if len(secret) >= LONG_SECRET
            for at in range(len(secret) - FRAGMENT + 1)
            if secret[at : at + FRAGMENT] not in known_to_all
        )

    def text(self, text: str) -> str:
        """`text` with every secret, and every run that is part of one, replaced by MARK."""
        for secret in self._whole:
            text = text.replace(secret, MARK)
        fragments = self._fragments
        if not any(fragment in text for fragment in fragments):
            return text  # a search in C for each of some fifty pieces; the loop below is ten times slower
        hits = [at for at in range(len(text) - FRAGMENT + 1) if text[at : at + FRAGMENT] in fragments]
        parts, written, end = [], 0, 0
        for at in hits:
            if at >= end:
                parts += [text[written:at], MARK]
            end = written = at + FRAGMENT
        parts.append(text[written:])
        return "".join(parts)

    def value(self, value: Any) -> Any:
        """A JSON value with every string in it redacted, keys too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {self.text(key): self.value(item) for key, item in value.items()}
        return value
