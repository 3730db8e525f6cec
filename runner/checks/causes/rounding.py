"""The ways a total can be rounded to 千円, and whether a reported figure is what one of them gives."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from synthetic_pkg.translation import THOUSAND_YEN, round_to_thousand_yen

UNROUNDED = 0.000_6  # 千円: a figure that keeps its fraction, or that is rounded to whole yen


def _down(amount: int) -> int:
    return amount // THOUSAND_YEN if amount >= 0 else -(-amount // THOUSAND_YEN)


def _up(amount: int) -> int:
    return -(-amount // THOUSAND_YEN) if amount >= 0 else amount // THOUSAND_YEN


def _floor(amount: int) -> int:
    return amount // THOUSAND_YEN


def _ceiling(amount: int) -> int:
    return -(-amount // THOUSAND_YEN)


@dataclass(frozen=True)
class Rounding:
    """How micro-yen become 千円. title: Japanese, "" for 要領's own way."""

    id: str
    title: str
    way: Callable[[int], int] | None

    def gives(self, amount: int, reported: int | float) -> bool:
        """Is `reported` (千円) what this way makes of `amount` (micro-yen)?"""
        if self.way is None:
            return math.isfinite(reported) and abs(reported - amount / THOUSAND_YEN) <= UNROUNDED
        return reported == self.way(amount)


NEAREST = Rounding("", "", round_to_thousand_yen)
OTHERS = (
    Rounding("round.down", "千円未満を四捨五入せず、切り捨てた", _down),
    Rounding("round.up", "千円未満を四捨五入せず、切り上げた", _up),
    Rounding("round.floor", "千円未満を四捨五入せず、小さい方の整数に丸めた", _floor),
    Rounding("round.ceiling", "千円未満を四捨五入せず、大きい方の整数に丸めた", _ceiling),
    Rounding("round.none", "千円未満を丸めずに出力した", None),
)
