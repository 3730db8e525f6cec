"""One amount in each notation that an accountant reads as that amount. For the corpus and for its properties."""

from __future__ import annotations

from decimal import Decimal

_WIDE = str.maketrans("0123456789,.-", "０１２３４５６７８９，．－")


def commas(amount: int | Decimal) -> str:
    return f"{amount:,}"


def triangle(amount: int | Decimal, sign: str = "△") -> str:
    return f"{sign}{-amount:,}" if amount < 0 else f"{amount:,}"


def bracketed(amount: int | Decimal) -> str:
    return f"({-amount:,})" if amount < 0 else f"{amount:,}"


def full_width(amount: int) -> str:
    return f"{amount}".translate(_WIDE)


def minus_sign(amount: int) -> str:
    return f"{amount:,}".replace("-", "−")


def yen(amount: int) -> int:
    """千円 → 円."""
    return amount * 1000


def million(amount: int) -> float:
    """千円 → 百万円, with the decimals that it takes."""
    return amount / 1000
