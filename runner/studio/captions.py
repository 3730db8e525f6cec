"""Japanese captions: how long they take to read, and where their one line break may stand (禁則処理).

Takes a caption's text, gives one or two lines; `lint` names what nobody could read in time. Used by the editor.
A full-width character counts 1, a half-width one 0.5: "units" here, in widths as in reading speeds.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from runner.studio.timeline import Caption

READING_NORM = 4.0  # units a second: the norm of Japanese subtitling
READING_LIMIT = 6.0  # units a second: never faster
SHORTEST_S = 2.0  # a caption that stands for less is noticed, not read
LINE_UNITS = 34.0  # full-width characters of one line under the screen
ROUNDING_S = 0.002  # times are kept in milliseconds

# JIS X 4051: what may not begin a line, what may not end one.
NOT_FIRST = frozenset(
    "、。，．・：；？！ー―‐〜～…‥゛゜々〻ヽヾゝゞ）〕］｝〉》」』】’”ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ％‰℃"
    ",.:;?!)]}%°"
)
NOT_LAST = frozenset("（〔［｛〈《「『【‘“￥＄＃([{¥$#@")
_PARTICLES = frozenset("はがをにでとへもやの")
_NEVER = 1000.0


class CaptionError(Exception):
    """A caption that cannot be shown; the message is one line: which, why, what to do."""


def units(text: str) -> float:
    """Width of a text in full-width characters; also what its reading time goes by."""
    widths = {"W": 1.0, "F": 1.0, "A": 1.0}
    return sum(widths.get(unicodedata.east_asian_width(char), 0.5) for char in text)


def reading_s(text: str, speed: float = READING_NORM) -> float:
    """Seconds a caption stands at least, at `speed` units a second."""
    return max(SHORTEST_S, units(text) / speed)


def broken(text: str, width: float = LINE_UNITS) -> tuple[str, ...]:
    """One line if it fits, else two, broken where a reader would pause. CaptionError if two lines do not hold it."""
    text = unicodedata.normalize("NFC", text).strip()
    if not text:
        raise CaptionError("a caption is empty; write it or remove it")
    if units(text) <= width:
        return (text,)
    places = [
        (penalty + _unevenness(first, rest), at)
        for at in range(1, len(text))
        if (first := text[:at].rstrip())
        and (rest := text[at:].lstrip())
        and units(first) <= width
        and units(rest) <= width
        and (penalty := break_penalty(text, at)) < _NEVER
    ]
    if not places:
        raise CaptionError(
            f"caption 「{text}」 does not fit on two lines of {width:g} full-width characters; shorten it"
        )
    at = min(places)[1]
    return text[:at].rstrip(), text[at:].lstrip()


def break_penalty(text: str, at: int) -> float:
    """How bad a line break before text[at] is: 0 after a sentence, 1000 where the rules forbid it."""
    before, after = text[at - 1], text[at]
    if after in NOT_FIRST or before in NOT_LAST or _one_word(before, after):
        return _NEVER
    if before == after and before in "…‥―─":
        return _NEVER
    if before in "。！？":
        return 0
    if before in "、」』）】" or after in "「『（【":
        return 2 if before == "、" else 5
    kinds = _kind(before), _kind(after)
    if before in _PARTICLES and kinds[1] != "hiragana":
        return 8
    return _PENALTIES.get(kinds, 14)


_PENALTIES = {
    ("katakana", "katakana"): 60,  # inside a word
    ("kanji", "kanji"): 50,
    ("hiragana", "hiragana"): 40,
    ("kanji", "hiragana"): 45,  # before an ending or a particle
    ("katakana", "hiragana"): 45,
    ("latin", "hiragana"): 45,
    ("latin", "kanji"): 55,  # 90|社
    ("hiragana", "kanji"): 14,
    ("space", "space"): 20,
}


def lint(captions: Iterable[Caption]) -> list[str]:
    """What is wrong with captions as they will be shown: too fast, too wide, one over another. Empty if nothing."""
    found: list[str] = []
    last_end = 0.0
    for number, caption in enumerate(captions, start=1):
        text = "".join(caption.lines)
        name = f"caption {number} 「{text}」"
        seconds = caption.end_s - caption.start_s
        if seconds <= 0 or units(text) / seconds > READING_LIMIT * (1 + ROUNDING_S / max(seconds, 0.1)):
            speed = units(text) / seconds if seconds > 0 else float("inf")
            found.append(f"{name}: {speed:.1f} characters a second, {READING_LIMIT:g} at most; shorten it")
        if caption.start_s < last_end - 1e-9:
            found.append(f"{name}: begins {last_end - caption.start_s:.2f} s before the one before it ends")
        found += [
            f"{name}: line 「{line}」 is {units(line):g} wide, {LINE_UNITS:g} at most; shorten it"
            for line in caption.lines
            if units(line) > LINE_UNITS
        ]
        last_end = caption.end_s
    return found


def _unevenness(first: str, rest: str) -> float:
    """Two lines of like length read best; a longer second line a little better than a stub under a long one."""
    return abs(units(first) - units(rest)) / 2 + (1 if units(first) > units(rest) else 0)


def _one_word(before: str, after: str) -> bool:
    """Inside a number, a Latin word or a file name."""
    joins = "._-/+'&@,:%"
    first = _kind(before) == "latin" or before in joins
    return first and (_kind(after) == "latin" or after in joins) and not before.isspace()


def _kind(char: str) -> str:
    if char.isspace():
        return "space"
    if "ァ" <= char <= "ヿ" or char == "ー":
        return "katakana"
    if "ぁ" <= char <= "ゟ":
        return "hiragana"
    if char.isalnum():
        wide = unicodedata.east_asian_width(char) in "WF"
        return "kanji" if wide and not char.isdecimal() and not char.isascii() else "latin"
    return "other"
