"""Why totals differ: hypotheses recomputed exactly, and named only where they explain a difference. Pure.

A hypothesis states a fact about the figures (「提出値と同額」) with the number of differences that it covers.
What none of them covers is reported as unknown; nothing is guessed. Called by `runner.checks.totals`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from runner.checks.read_outputs import Key

UNKNOWN = "不明（該当する仮説なし）"
HALF_A_THOUSAND = 500  # 円: what rounding to 千円 hides
_OTHER_BASIS = {"提出値": "修正後", "修正後": "提出値"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One total that is not as known, in 千円."""

    key: Key
    expected: int
    actual: int | float

    @property
    def amount(self) -> int | float:
        """Reported minus known."""
        return self.actual - self.expected


Hypothesis = tuple[str, Callable[[Difference, Mapping[Key, int]], bool]]


def _equals_submitted(difference: Difference, known: Mapping[Key, int]) -> bool:
    return difference.key.basis == "修正後" and _equals_other_basis(difference, known)


def _equals_corrected(difference: Difference, known: Mapping[Key, int]) -> bool:
    return difference.key.basis == "提出値" and _equals_other_basis(difference, known)


def _equals_other_basis(difference: Difference, known: Mapping[Key, int]) -> bool:
    other = known.get(difference.key._replace(basis=_OTHER_BASIS[difference.key.basis]))
    return other is not None and other != 0 and difference.actual == other


def _thousandfold(difference: Difference, _: Mapping[Key, int]) -> bool:
    return difference.expected != 0 and abs(difference.actual - difference.expected * 1000) <= HALF_A_THOUSAND


def _thousandth(difference: Difference, _: Mapping[Key, int]) -> bool:
    return (
        abs(difference.expected) >= 1000
        and abs(difference.actual * 1000 - difference.expected) <= HALF_A_THOUSAND
    )


def _reversed(difference: Difference, _: Mapping[Key, int]) -> bool:
    return difference.expected != 0 and difference.actual == -difference.expected


def _zero(difference: Difference, _: Mapping[Key, int]) -> bool:
    return difference.actual == 0


def _rounding(difference: Difference, _: Mapping[Key, int]) -> bool:
    return abs(difference.amount) <= 1


HYPOTHESES: tuple[Hypothesis, ...] = (
    ("提出値と同額（修正後の処理が反映されていない）", _equals_submitted),
    ("修正後と同額（提出値に修正後の処理が入っている）", _equals_corrected),
    ("正解の1,000倍（円のまま、千円に直していない）", _thousandfold),
    ("正解の1,000分の1（1,000で割りすぎている）", _thousandth),
    ("符号が逆", _reversed),
    ("ゼロと報告（計上されていない）", _zero),
    ("1千円以内（端数処理の違い）", _rounding),
)


def likely_cause(differences: Sequence[Difference], known: Mapping[Key, int]) -> str:
    """The hypotheses that hold, most covering first, with how many of the differences each covers."""
    open_differences = list(differences)
    named: list[tuple[int, str]] = []
    for title, holds in HYPOTHESES:
        covered = [difference for difference in open_differences if holds(difference, known)]
        if covered:
            named.append((len(covered), title))
            open_differences = [difference for difference in open_differences if not holds(difference, known)]
    parts = [f"{title} {count:,} 件" for count, title in sorted(named, key=lambda pair: -pair[0])]
    if open_differences:
        parts.append(f"{UNKNOWN} {len(open_differences):,} 件")
    return "、".join(parts)
