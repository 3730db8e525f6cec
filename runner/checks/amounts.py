"""One amount as a person or a spreadsheet writes it → its exact value and the unit written beside it. Pure.

`read_amount` takes the text of one cell, `shown_as` the display format of one; for `runner.checks.tables`. The
notations are a closed list: what is not on it is no amount, so that nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

Unit = Literal["円", "千円", "百万円"]
UNITS: dict[Unit, int] = {"円": 1, "千円": 1_000, "百万円": 1_000_000}

_LONGEST = 60  # characters; no amount of a group needs more
_PLAIN = str.maketrans("０１２３４５６７８９，．（）＋￥＼\u3000\u00a0", "0123456789,.()+¥¥  ")
_MINUS = "-−－‐‑–△▲"
_NIL = frozenset("-−－‐‑–—―─ー")
_FIGURE = r"(?P<{name}>[0-9]{{1,30}}|[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,10}})(?P<{name}_part>\.[0-9]{{1,20}})?"
_UNIT = r"\s*(?P<{name}>円|千円|百万円)?"
_SIGNED = re.compile(
    rf"(?:(?P<sign>[{_MINUS}+])\s*[¥\\]?|[¥\\]\s*(?P<late>[{_MINUS}+])?)?\s*"
    + _FIGURE.format(name="figure")
    + _UNIT.format(name="unit")
)
_BRACKETED = re.compile(
    r"[¥\\]?\s*\(\s*[¥\\]?\s*"
    + _FIGURE.format(name="figure")
    + _UNIT.format(name="inner")
    + r"\s*\)"
    + _UNIT.format(name="unit")
)
_MINUS_BEHIND = re.compile(
    r"[¥\\]?\s*" + _FIGURE.format(name="figure") + r"\s*[-−－]" + _UNIT.format(name="unit")
)
_SCIENTIFIC = re.compile(r"-?[0-9](?:\.[0-9]{1,20})?[eE][+-][0-9]{2}")  # as programs print large numbers


@dataclass(frozen=True, slots=True)
class Written:
    """An amount as written: `value` in the unit that stands beside it; `unit` is "" when none does."""

    value: Fraction
    unit: Unit | Literal[""] = ""


def read_amount(text: str) -> Written | None:
    """The amount that `text` is, or None when it is not one in an allowed notation."""
    if len(text) > _LONGEST:
        return None
    plain = text.translate(_PLAIN).strip()
    if plain in _NIL:
        return Written(Fraction(0))
    if _SCIENTIFIC.fullmatch(plain):
        return Written(Fraction(plain))
    if match := _SIGNED.fullmatch(plain):
        sign = match["sign"] or match["late"] or "+"
        return _written(match, negative=sign != "+", unit=match["unit"])
    if match := _MINUS_BEHIND.fullmatch(plain):
        return _written(match, negative=True, unit=match["unit"])
    if match := _BRACKETED.fullmatch(plain):
        if match["inner"] and match["unit"]:
            return None
        return _written(match, negative=True, unit=match["inner"] or match["unit"])
    return None


def _written(match: re.Match[str], *, negative: bool, unit: str | None) -> Written:
    value = Fraction(match["figure"].replace(",", "") + (match["figure_part"] or ""))
    named: Unit | Literal[""] = next((name for name in UNITS if name == unit), "")
    return Written(-value if negative else value, named)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a display format makes of a number: its unit, or why it is not shown as the number that is stored."""

    unit: Unit | Literal[""] = ""
    fault: str = ""
    digits: int = 0  # a format of zeros only pads a code to this many digits


_DECORATION = re.compile(r'"([^"]*)"|\\(.)|[_*].')
_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")


@lru_cache(maxsize=256)
def shown_as(code: str) -> Shown:
    """Read a spreadsheet's number format, e.g. `#,##0"千円"`; only its first section, which shows positives."""
    section = code.partition(";")[0]
    if re.fullmatch("0{2,20}", section):
        return Shown(digits=len(section))
    literals = "".join(found[0] or found[1] for found in _DECORATION.findall(section))
    currency = "".join(_CURRENCY.findall(section))
    bare = _CURRENCY.sub("", _DECORATION.sub("", section))
    if re.search(r"\[[hms]+\]", bare, re.IGNORECASE):
        return Shown(fault="時刻の表示形式")
    bare = re.sub(r"\[[^\]]*\]|General|Standard|標準|[eE][+-]", "", bare, flags=re.IGNORECASE)
    if re.search("[ymdhs]", bare, re.IGNORECASE):
        return Shown(fault="日付・時刻の表示形式")
    if "%" in bare:
        return Shown(fault="百分率の表示形式")
    if re.search(r"[0#?],+(?![,0#?])", bare):
        return Shown(fault="桁を落とす表示形式（表示と値が異なる）")
    words = literals + currency + re.sub(r"[0#?,.+\-() /¥￥△▲@]", "", bare)
    for name in ("百万円", "千円", "円"):
        if name in words:
            return _one_unit(name, words)
    if re.search(r"[千万億$€£]|USD|EUR", words):
        return Shown(fault="読めない単位の表示形式")
    return Shown()


def _one_unit(name: Unit, words: str) -> Shown:
    if re.search(r"[千万億]", words.replace(name, "", 1)):
        return Shown(fault="読めない単位の表示形式")
    return Shown(unit=name)
