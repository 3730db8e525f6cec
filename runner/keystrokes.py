"""How a person types Japanese: text in, timed strokes out; pure. Called by the recorder.

With an input method a phrase (文節) arrives whole when it is committed, after about the time its romaji took;
ASCII arrives letter by letter. The rhythm is drawn from a seeded generator, so a take can be made again.
"""

from __future__ import annotations

import random
import re
import unicodedata
from itertools import pairwise

Stroke = tuple[float, str]  # seconds to wait before it, text that arrives

ASCII_KEY_S = 0.042  # one key of a practised typist
KANA_KEY_S = 0.024  # per romaji key while composing, conversion included
KEYS_PER_CHARACTER = 2.2  # romaji keys of a Japanese character
SHORTEST_S = 0.01
SPREAD = 0.25  # of the logarithm of each wait
COMMIT_S = 0.05  # the eye checks what the input method converted
SWITCH_S = 0.14  # from Japanese to Latin letters and back
BREATH_S = {"、": 0.15, "。": 0.35, "？": 0.35, "！": 0.35, " ": 0.03}  # before going on behind one of these
READ_AGAIN_S, READ_AGAIN_MOST_S = 0.45, 1.1  # the look at the line before Enter: of a short and of a long one
READ_AGAIN_CHARACTER_S = 0.006
PHRASE_MAX = 8  # characters: nobody converts more than this in one go

# kanji or katakana with the hiragana behind it (of a long run its first four), a run of hiragana, any other character
_PHRASE = re.compile(r"(?:[一-龠々〆ヶ]+|[ァ-ヴー]+)(?:[ぁ-ん]{0,6}(?![ぁ-ん])|[ぁ-ん]{0,4})|[ぁ-ん]+|[\s\S]")
_LETTER = re.compile(r"[A-Za-z]")
_JOINERS = ("\u200d", "\ufe0e", "\ufe0f")


def phrases(text: str) -> list[str]:
    """Split into what an input method commits at once; joined again they are the text."""
    pieces: list[str] = []
    for match in _PHRASE.finditer(text):
        piece = match.group()
        for start in range(0, len(piece), PHRASE_MAX):
            part = piece[start : start + PHRASE_MAX]
            if pieces and (_belongs_to_the_one_before(part[0]) or pieces[-1].endswith("\u200d")):
                pieces[-1] += part
            else:
                pieces.append(part)
    if "".join(pieces) != text:
        raise ValueError(f"text holds characters that cannot be typed: {text!r}")
    return pieces


def human(text: str, seed: int) -> list[Stroke]:
    """Strokes at a quick but human pace; the same (text, seed) gives the same strokes."""
    rng = random.Random(f"{seed}:{text}")
    pieces = phrases(text)
    usual = [_keys_s(piece) + _pause_s(before, piece) for before, piece in pairwise(["", *pieces])]
    return [
        (max(SHORTEST_S, wait_s * rng.lognormvariate(0, SPREAD)), piece)
        for wait_s, piece in zip(usual, pieces, strict=True)
    ]


def fast(text: str) -> list[Stroke]:
    """The whole text at once."""
    return [(0.0, text)]


def strokes(text: str, pace: str, seed: int) -> list[Stroke]:
    return human(text, seed) if pace == "human" else fast(text)


def before_enter_s(text: str, pace: str, seed: int) -> float:
    """Seconds between the last character and Enter, in which a person reads the line again; 0 at fast pace."""
    if pace != "human":
        return 0.0
    usual = min(READ_AGAIN_S + READ_AGAIN_CHARACTER_S * len(text), READ_AGAIN_MOST_S)
    return usual * random.Random(f"{seed}:{text}:enter").uniform(0.85, 1.15)


def _keys_s(piece: str) -> float:
    """The time that the keys of a piece take."""
    return len(piece) * (ASCII_KEY_S if piece.isascii() else KEYS_PER_CHARACTER * KANA_KEY_S)


def _pause_s(before: str, piece: str) -> float:
    """What passes between two pieces beside the keys: a look at the conversion, a switch, a breath."""
    if not before:
        return 0.0
    pause_s = BREATH_S.get(before[-1], 0.0)
    if bool(_LETTER.match(before)) != bool(_LETTER.match(piece)) and not (before + piece).isascii():
        return pause_s + SWITCH_S
    return pause_s if piece.isascii() else pause_s + COMMIT_S


def _belongs_to_the_one_before(char: str) -> bool:
    """A mark that is drawn over the character before it, or joins it to the next."""
    return unicodedata.combining(char) > 0 or char in _JOINERS
