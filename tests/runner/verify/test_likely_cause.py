"""A cause is named only when the figures prove it; what nothing proves is said to be unknown."""

from __future__ import annotations

import random

import pytest

from runner.checks.likely_cause import UNKNOWN, Difference, likely_cause
from runner.checks.read_outputs import Key

SUBMITTED = Key("提出値", "全社", "4010")
CORRECTED = Key("修正後", "全社", "4010")
KNOWN = {SUBMITTED: 9_876_543, CORRECTED: 9_000_001}


@pytest.mark.parametrize(
    ("key", "actual", "said"),
    [
        (CORRECTED, 9_876_543, "提出値と同額"),
        (SUBMITTED, 9_000_001, "修正後と同額"),
        (SUBMITTED, 9_876_543_000, "1,000倍"),
        (SUBMITTED, 9_876_543_499, "1,000倍"),
        (SUBMITTED, 9_876_543_501, UNKNOWN),
        (SUBMITTED, 9_877, "1,000分の1"),
        (SUBMITTED, 9_876.543, "1,000分の1"),
        (SUBMITTED, -9_876_543, "符号が逆"),
        (SUBMITTED, 0, "ゼロ"),
        (SUBMITTED, 9_876_544, "端数処理"),
        (SUBMITTED, 9_876_542.5, "端数処理"),
        (SUBMITTED, 9_876_600, UNKNOWN),
    ],
)
def test_each_hypothesis_is_named_when_it_holds(key: Key, actual: float, said: str) -> None:
    assert said in likely_cause([Difference(key, KNOWN[key], actual)], KNOWN)


def test_causes_are_counted_and_the_rest_stays_unknown() -> None:
    differences = [
        Difference(CORRECTED, KNOWN[CORRECTED], KNOWN[SUBMITTED]),
        Difference(SUBMITTED, KNOWN[SUBMITTED], 0),
        Difference(SUBMITTED, KNOWN[SUBMITTED], 1),
        Difference(SUBMITTED, KNOWN[SUBMITTED], 2),
    ]
    said = likely_cause(differences, KNOWN)
    assert "1 件" in said and said.endswith(f"{UNKNOWN} 2 件")


def test_an_error_of_another_kind_is_hardly_ever_given_a_name() -> None:
    """False naming at most 2% over random differences."""
    chance = random.Random(7)
    named = 0
    for _ in range(2_000):
        expected, other = chance.randrange(-(10**7), 10**7), chance.randrange(-(10**7), 10**7)
        difference = Difference(
            SUBMITTED, expected, expected + chance.choice((-1, 1)) * chance.randrange(2, 10**7)
        )
        named += UNKNOWN not in likely_cause([difference], {SUBMITTED: expected, CORRECTED: other})
    assert named <= 40
