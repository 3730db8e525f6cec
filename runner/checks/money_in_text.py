"""Finds amounts of money in Japanese text: units, signs, commas, 兆 and 億 together, units declared beforehand.

Takes text in NFKC, gives `Amount`s in 千円 with how finely each was written. Pure. Called by `text_facts`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

IN_THOUSAND_YEN = {
    "円": Decimal("0.001"),
    "千円": Decimal(1),
    "万円": Decimal(10),
    "百万円": Decimal(1000),
    "億円": Decimal(100_000),
    "兆円": Decimal(1_000_000_000),
}
MIN_BARE_DIGITS = 5  # a number without unit and commas is an amount from here on: codes and years have four
_SCALES = ("兆", "億", "百万", "万", "千")
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_PIECE = re.compile(rf"({_NUMBER})\s*(兆|億|百万|万|千)?\s*(円)?")
_SIGNS = ("△", "▲", "-", "−")
_DECLARED = re.compile(
    r"(?<![\d\s兆億百万千])\s*(兆円|億円|百万円|万円|千円|円)(?=\s*(?:[)\]|、,:。/]|です|で|$))"
)
_PART_OF_A_WORD = re.compile(r"[\d%A-Za-z]|[,.]\d")  # 「千円，」 ends a clause


@dataclass(frozen=True, slots=True)
class Amount:
    """`value` in 千円, written to a multiple of `step` 千円; `start` and `end` are its place in the text.

    `unit`: whether one stands behind it or was declared beforehand; without one it was taken as 千円.
    """

    value: Decimal
    step: Decimal
    start: int
    end: int
    unit: bool

    def stands_for(self, thousand_yen: int) -> bool:
        """Whether it is this figure, rounded or cut off as finely as it is written, to 1% at least."""
        exact = Decimal(thousand_yen)
        fine = self.step <= max(abs(exact) / 100, Decimal(1))
        off = abs(self.value - exact)
        step = max(self.step, Decimal(1))  # in 円: the key is in whole 千円
        cut_off = self.value * exact >= 0 and 0 <= abs(exact) - abs(self.value) < step and self.step >= 1
        return off == 0 or (fine and (off <= step / 2 or cut_off))


def amounts_in(text: str) -> list[Amount]:
    """Every amount in the text, in its order. Percentages, dates, codes and counts are none."""
    found: list[Amount] = []
    declared = ""
    start = 0
    for line in text.split("\n"):
        on_the_line = _DECLARED.findall(line)
        if on_the_line:
            declared = on_the_line[-1]
        found += _on_line(line, start, declared)
        start += len(line) + 1
    return found


def _on_line(line: str, offset: int, declared: str) -> list[Amount]:
    found: list[Amount] = []
    at = 0
    while first := _PIECE.search(line, at):
        last = first
        value, step = _scaled(first)
        # 「7兆2,621億円」 is one amount: pieces follow each other with falling scales until the 円.
        while last[2] and not last[3] and (more := _PIECE.match(line, last.end())):
            if _rank(more[2]) <= _rank(last[2]):
                break
            part, step = _scaled(more)
            value, last = value + part, more
        at = last.end()
        unit_given = last[3] is not None
        if _is_money(line, first, last):
            factor = Decimal(1) if unit_given else IN_THOUSAND_YEN[declared or "千円"] / IN_THOUSAND_YEN["円"]
            sign = -1 if _is_signed(line[: first.start()]) else 1
            start, unit = offset + first.start(), unit_given or bool(declared)
            found.append(Amount(sign * value * factor, step * factor, start, offset + at, unit))
    return found


def _is_signed(before: str) -> bool:
    """Whether a minus stands last, but for blanks and one ¥ or bracket."""
    before = before.rstrip()
    return (before[:-1].rstrip() if before.endswith(("¥", "(")) else before).endswith(_SIGNS)


def _rank(scale: str | None) -> int:
    return _SCALES.index(scale) if scale else len(_SCALES)


def _scaled(piece: re.Match[str]) -> tuple[Decimal, Decimal]:
    """Value and step in 千円, as if 円 were written behind the piece."""
    number = piece[1].replace(",", "")
    decimals = len(number.partition(".")[2])
    factor = IN_THOUSAND_YEN[f"{piece[2] or ''}円"]
    return Decimal(number) * factor, factor.scaleb(-decimals)


def _is_money(line: str, first: re.Match[str], last: re.Match[str]) -> bool:
    before = line[max(first.start() - 2, 0) : first.start()]
    if re.search(r"[\d%A-Za-z]$|\d[,.]$", before) or _PART_OF_A_WORD.match(line[last.end() :][:2]):
        return False
    if last[3]:
        return True
    whole = first[1].partition(".")[0]
    return not last[2] and ("," in whole or len(whole) >= MIN_BARE_DIGITS)  # 「3千社」 is a count
