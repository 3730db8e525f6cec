"""How a person types Japanese: text in, timed strokes out; pure. Called by the recorder.

With an input method a phrase arrives whole when it is committed, after about the time its romaji took;
ASCII arrives letter by letter. The rhythm is drawn from a seeded generator, so a take can be made again.
"""

from __future__ import annotations

import random
import re

Stroke = tuple[float, str]  # seconds to wait before it, text that arrives

ASCII_KEY_S = 0.045  # one key of a practised typist
KANA_KEY_S = 0.028  # per romaji key while composing, conversion included
PHRASE_MAX = 8  # characters: nobody converts more than this in one go

# kanji or katakana followed by its hiragana ending, or a run of one script, or punctuation
_PHRASE = re.compile(
    r"[一-龠々〆ヶ]+[ぁ-ん]{0,4}|[ァ-ヴー]+[ぁ-ん]{0,4}|[ぁ-ん]+|[0-9A-Za-z_./*\-]|[^\s一-龠々〆ヶァ-ヴーぁ-ん]|\s"
)


def phrases(text: str) -> list[str]:
    """Split into what an input method commits at once; joined again they are the text."""
    pieces: list[str] = []
    for match in _PHRASE.finditer(text):
        piece = match.group()
        pieces.extend(piece[i : i + PHRASE_MAX] for i in range(0, len(piece), PHRASE_MAX))
    if "".join(pieces) != text:
        raise ValueError(f"text holds characters that cannot be typed: {text!r}")
    return pieces


def human(text: str, seed: int) -> list[Stroke]:
    """Strokes at a quick but human pace; the same (text, seed) gives the same strokes."""
    rng = random.Random(f"{seed}:{text}")
    strokes: list[Stroke] = []
    for piece in phrases(text):
        keys = len(piece) if piece.isascii() else 2.2 * len(piece)
        base = keys * (ASCII_KEY_S if piece.isascii() else KANA_KEY_S)
        strokes.append((max(0.01, base * rng.lognormvariate(0, 0.25)), piece))
    return strokes


def fast(text: str) -> list[Stroke]:
    """The whole text at once."""
    return [(0.0, text)]


def strokes(text: str, pace: str, seed: int) -> list[Stroke]:
    return human(text, seed) if pace == "human" else fast(text)
