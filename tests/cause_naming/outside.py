"""Mistakes that are not on the list: slips of typing, one company at an odd factor, another dataset's figures.

`mutants` draws each kind several times from a seed; the right answer to all of them is 「不明」.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from runner.checks.read_outputs import Key
from tests.cause_naming.author import Figures
from tests.cause_naming.inside import WHOLE, Mutant, in_thousands

Parts = Mapping[tuple[str, str], Mapping[str, Decimal]]
BASES = ("提出値", "修正後")


@dataclass(frozen=True)
class Right:
    """What is known: exact totals in yen, exact figures of companies, and the totals of another dataset."""

    exact: Mapping[Key, Decimal]
    parts: Parts
    segments: Mapping[str, str]
    other: Figures

    @cached_property
    def _totals(self) -> Figures:
        return in_thousands(self.exact)

    @property
    def totals(self) -> Figures:
        """The right totals, a fresh copy."""
        return dict(self._totals)


def mutants(right: Right, seed: int, each: int) -> Iterator[Mutant]:
    """Every kind `each` times."""
    for name, make in KINDS.items():
        for turn in range(each):
            chance = random.Random(f"{seed}/{name}/{turn}")
            yield Mutant(f"{name} {turn}", (), lambda m=make, c=chance: m(right, c))  # type: ignore[misc]


def _large(totals: Figures, chance: random.Random) -> Key:
    return chance.choice(sorted(key for key, amount in totals.items() if abs(amount) > 1000))


def _digit(right: Right, chance: random.Random) -> Figures:
    totals = right.totals
    key = _large(totals, chance)
    digits = list(str(int(abs(totals[key]))))
    place = chance.randrange(len(digits))
    digits[place] = chance.choice([d for d in "123456789" if d != digits[place]])
    totals[key] = int("".join(digits)) * (1 if totals[key] > 0 else -1)
    return totals


def _swapped_digits(right: Right, chance: random.Random) -> Figures:
    totals = right.totals
    while True:
        key = _large(totals, chance)
        digits = list(str(int(abs(totals[key]))))
        place = chance.randrange(len(digits) - 1)
        if digits[place] != digits[place + 1]:
            digits[place], digits[place + 1] = digits[place + 1], digits[place]
            totals[key] = int("".join(digits)) * (1 if totals[key] > 0 else -1)
            return totals


def _digit_with_its_sum(right: Right, chance: random.Random) -> Figures:
    """A slip in a segment's figure that runs on into 全社, in one basis or in both."""
    totals = right.totals
    key = _large({k: v for k, v in totals.items() if k.segment != WHOLE}, chance)
    change = chance.randrange(1, 9) * 10 ** chance.randrange(len(str(int(abs(totals[key])))))
    for basis in BASES if chance.random() < 0.5 else (key.basis,):
        for segment in (key.segment, WHOLE):
            totals[Key(basis, segment, key.code)] += change
    return totals


def _exchanged(right: Right, chance: random.Random) -> Figures:
    totals = right.totals
    one, other = _large(totals, chance), _large(totals, chance)
    totals[one], totals[other] = totals[other] + (one == other), totals[one]
    return totals


def _exchanged_in_a_segment(right: Right, chance: random.Random) -> Figures:
    """Two accounts that are no pair, exchanged in one segment."""
    totals = right.totals
    others: list[Key] = []
    while not others:
        one = _large({k: v for k, v in totals.items() if k.segment != WHOLE}, chance)
        others = [
            k for k in totals if k[:2] == one[:2] and k.code[0] == one.code[0] and totals[k] != totals[one]
        ]
    other = chance.choice(sorted(others))
    totals[one], totals[other] = totals[other], totals[one]
    return totals


def _company(right: Right, chance: random.Random, factor: Decimal, wanted: Callable[[str], bool]) -> Figures:
    """A company's figures times a factor, of the accounts wanted, in one basis or in both."""
    company = chance.choice(
        sorted({code for _, code in right.parts if any(right.parts["提出値", code].values())})
    )
    totals = dict(right.exact)
    for (basis, code), amounts in right.parts.items():
        if code == company:
            for account, yen in amounts.items():
                for segment in (right.segments[company], WHOLE) if wanted(account) else ():
                    totals[Key(basis, segment, account)] += (factor - 1) * yen
    return in_thousands(totals)


def _another_account_list(right: Right, chance: random.Random) -> Figures:
    """Every account one line off, within a basis and a segment or in all of them."""
    totals = right.totals
    wrong = dict(totals)
    step = chance.choice((1, -1, 2))
    places = sorted({key[:2] for key in totals})
    for basis, segment in places if chance.random() < 0.5 else [chance.choice(places)]:
        codes = [key.code for key in totals if key[:2] == (basis, segment)]
        for number, code in enumerate(codes):
            wrong[Key(basis, segment, code)] = totals[
                Key(basis, segment, codes[(number + step) % len(codes)])
            ]
    return wrong


def _another_dataset(right: Right, chance: random.Random) -> Figures:
    totals = right.totals
    kept = chance.choice(("", "提出値", "修正後"))
    return {key: amount if key.basis == kept else right.other[key] for key, amount in totals.items()}


def _noise(right: Right, chance: random.Random) -> Figures:
    totals = right.totals
    for key in chance.sample(sorted(totals), chance.choice((1, 2, 3, 10, 100))):
        totals[key] += chance.choice((-1, 1)) * chance.randrange(1, 10 ** chance.randrange(1, 8))
    return totals


def _segments_in_turn(right: Right, chance: random.Random) -> Figures:
    names = sorted(set(right.segments.values()))
    chance.shuffle(names)
    turned = dict(zip(names, [*names[1:], names[0]], strict=True))
    totals = right.totals
    return {k: totals[k._replace(segment=turned.get(k.segment, k.segment))] for k in totals}


def _grown(right: Right, chance: random.Random) -> Figures:
    """All figures a little larger, as with a wrong deflator."""
    factor = Decimal(chance.choice((101, 102, 105, 110, 97, 95))) / 100
    return in_thousands({key: yen * factor for key, yen in right.exact.items()})


def _tens(right: Right, chance: random.Random) -> Figures:
    """One line typed with a zero too many or too few, its sum with it."""
    totals = right.totals
    key = _large({k: v for k, v in totals.items() if k.segment != WHOLE}, chance)
    wrong = totals[key] * 10 if chance.random() < 0.5 else int(totals[key] / 10)
    totals[key._replace(segment=WHOLE)] += wrong - totals[key]
    totals[key] = wrong
    return totals


def _factor(low: int, high: int) -> Callable[[random.Random], Decimal]:
    return lambda chance: (
        Decimal(chance.choice([n for n in range(low, high) if n not in (0, 100, 200)])) / 100
    )


KINDS: dict[str, Callable[[Right, random.Random], Figures]] = {
    "a digit": _digit,
    "digits exchanged": _swapped_digits,
    "a digit and its sum": _digit_with_its_sum,
    "two figures exchanged": _exchanged,
    "two accounts of a segment exchanged": _exchanged_in_a_segment,
    "a company at a factor": lambda right, c: _company(right, c, _factor(-40, 190)(c), lambda _: True),
    "a company's income at a factor": lambda right, c: _company(
        right, c, _factor(40, 190)(c), lambda a: a >= "4"
    ),
    "a company without its income": lambda right, c: _company(right, c, Decimal(0), lambda a: a >= "4"),
    "a company's assets twice": lambda right, c: _company(right, c, Decimal(2), lambda a: a < "2"),
    "accounts one line off": _another_account_list,
    "another dataset": _another_dataset,
    "noise": _noise,
    "segments in turn": _segments_in_turn,
    "everything larger": _grown,
    "a zero too many": _tens,
}
