"""Which companies a text names under a word (「除外」): in its sentences, and in the lists that it heads. Pure.

`companies_told` takes a text in NFKC and gives the codes; for `runner.checks.text_facts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice

MOST_HEADS, MOST_LINES = 50, 500  # lists in a text and lines of one; a text of more headings tells nothing

_CODE = re.compile(
    r"(?<![0-9A-Za-z])(?<![0-9]\.)[0-9]{4}"
    r"(?![0-9A-Za-z]|\.[0-9]|,[0-9]{3}(?![0-9])|\s?(?:年|円|千円|百万|億|件)|[/-][0-9])"
)
_COPY = re.compile(r"(?<![0-9])([0-9]{4})[^0-9、。,()|]{0,20}(?:写し|複製|コピー|同一|同じ|重複)")
_NOT = re.compile(r"(?:して(?:い)?(?:ない|ません)|しない|せず|しなかった|しません|対象外)")
_NONE = re.compile(r"[^、。,()|]{0,12}(?:なし|無し|ありません|はない|はなく|いません)")
_BESIDES = re.compile(r"ほか|他|以外|上記|これら|のみ")
_CLAUSES = re.compile(r"(?<=[しりてがたすん])[、,]\s*|;")
_HEADS = re.compile(r"次の|以下|下記|下の表|下表")
_ITEM = re.compile(r"\s*(?:[-*・●○■+]|\(?[0-9]{1,2}[.)])?\s*")


@dataclass(frozen=True, slots=True)
class Told:
    """The codes under the word, and whether the text also says that there is none."""

    codes: frozenset[str]
    denied: bool


def companies_told(
    text: str, words: Sequence[str], wanted: AbstractSet[str], group: AbstractSet[str]
) -> Told:
    """Codes of `group` that are told under one of `words`; a company whose copy a wanted one is, is not told.

    A sentence that tells more is read by its clauses (「Aを除外し、Bを修正」).
    """
    lines = text.split("\n")
    sentences = [(number, part) for number, line in enumerate(lines) for part in line.split("。")]
    codes: set[str] = set()
    denied = False
    heads = 0
    for number, sentence in sentences:
        if not any(word in sentence for word in words):
            continue
        denied = denied or _denies(sentence, words)
        own = _codes(sentence, wanted, group)
        if own - wanted:
            clauses = [part for part in _CLAUSES.split(sentence) if any(word in part for word in words)]
            own = set().union(*(_codes(part, wanted, group) for part in clauses if not _spares(part, words)))
        elif own and _spares(sentence, words):
            denied, own = True, set()
        codes |= own
        if not own and _heads(lines[number], sentence):
            heads += 1
            denied = denied or heads > MOST_HEADS
            for line in islice(_list_below(lines, number), MOST_LINES if heads <= MOST_HEADS else 0):
                codes |= _codes(line, wanted, group)
    return Told(frozenset(codes), denied)


def _codes(text: str, wanted: AbstractSet[str], group: AbstractSet[str]) -> set[str]:
    codes = set(_CODE.findall(text)) & group
    copied = set(_COPY.findall(text)) - wanted
    return codes - copied if len(copied) <= len(codes & wanted) else codes


def _after(text: str, words: Sequence[str]) -> Iterator[str]:
    for word in words:
        for part in text.split(word)[1:]:
            yield part[:40]


def _denies(sentence: str, words: Sequence[str]) -> bool:
    return not _BESIDES.search(sentence) and any(_NONE.match(part) for part in _after(sentence, words))


def _spares(clause: str, words: Sequence[str]) -> bool:
    """「除外せず」, 「除外していない会社」: what it names was kept."""
    return any(_NOT.match(part) for part in _after(clause, words))


def _heads(line: str, sentence: str) -> bool:
    plain = line.strip().rstrip("*").rstrip()
    return (
        plain.startswith(("#", "|", "**", "【", "■"))
        or plain.endswith(":")
        or bool(_HEADS.search(sentence))
        or (len(plain) <= 30 and "。" not in plain and not re.search(r"[0-9],[0-9]", plain))
    )


def _list_below(lines: Sequence[str], head: int) -> Iterator[str]:
    """The lines of the list or table under a heading: up to the next heading, item of its rank, or other paragraph."""
    heading = lines[head]
    item = _ITEM.match(heading)
    is_item = item is not None and item[0].strip() != ""
    indent = len(heading) - len(heading.lstrip())
    blank = seen = False
    for line in lines[head + 1 :]:
        if not line.strip():
            blank = True
            continue
        listed = line.lstrip().startswith("|") or _is_item(line) or not re.search(r"[^0-9\s、,]", line)
        if line.startswith("#") or (is_item and len(line) - len(line.lstrip()) <= indent and _is_item(line)):
            return
        if blank and seen and not listed:
            return
        blank, seen = False, seen or bool(_CODE.search(line))
        yield line


def _is_item(line: str) -> bool:
    item = _ITEM.match(line)
    return item is not None and item[0].strip() != ""
