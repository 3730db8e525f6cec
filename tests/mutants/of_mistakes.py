"""Mutants of 集計結果.xlsx as accountants' mistakes leave them: a company dropped, a hidden sheet counted, …

Every figure is the exact total with what the mistake adds to it, from mistakes.jsonl of the dataset, rounded once.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from runner.checks.causes.known import KnownMistakes, Mistaken, load_mistakes, mistakes_beside
from runner.checks.read_outputs import Key
from synthetic_pkg.translation import round_to_thousand_yen
from tests.mutants.of_totals import SCOPES
from tests.mutants.work import AMOUNT, NAME, Desk, Label, Mutant, Rows, right

FAMILIES: dict[str, tuple[tuple[str, int], ...]] = {  # family -> (beginning of the ids, how many)
    "a company is dropped or counted twice": (("company.dropped.", 5), ("company.doubled.", 5)),
    "a company in part or in another segment": (("company.segment.", 4), ("share.applied", 1), ("dropped.minority", 1)),
    "a notation is not read": (("N01.skipped", 2), ("N02.positive", 2), ("N02.skipped", 2)),
    "a hidden sheet is counted": (("N07.added", 1), ("N07.instead", 1)),
    "a book is read otherwise": (
        ("N04.skipped", 1), ("N05.all", 1), ("N06.skipped", 1), ("R13.old", 2), ("R13.both", 2),
    ),
    "another period": (
        ("column.opening", 1), ("column.prior", 1), ("column.movement", 1), ("year_end.", 2),
    ),
    "a wrong rate or unit": (
        ("rate.bs_at_ar", 1), ("rate.pl_at_cr", 1), ("rate.swapped", 1), ("rate.none", 1), ("rate.dividend_at_ar", 1),
        ("currency.", 3), ("HR.closing", 1), ("CTA.submitted", 1), ("RE.", 2), ("unit.1000.", 1), ("unit.1.", 1),
    ),
    "nothing is eliminated": (("elim.none", 3),),
    "eliminated wrongly": (
        ("elim.double", 1), ("elim.only", 2), ("elim.added", 1), ("elim.at", 1), ("elim.too", 1), ("elim.scope", 1),
        ("diff.none", 1), ("submitted.eliminated", 1),
    ),
    "a book is not corrected": (
        ("fix.left.R01", 1), ("fix.left.R02", 1), ("fix.left.R03", 1), ("fix.left.all", 1), ("added.lost", 1),
    ),
    "an excluded book is counted": (("exclude.counted", 3), ("excluded.submitted", 1)),
    "rounded company by company": (("round.thousand.", 1), ("round.thousand_down", 1), ("round.yen_down", 1)),
}  # fmt: skip


@cache
def known(label: Label) -> KnownMistakes:
    """The known mistakes of a dataset."""
    return load_mistakes(mistakes_beside(right().data[label].answers_path))


def _as_read_under(label: Label, beginning: str, share: float) -> Rows:
    """The rows under one of the mistakes whose ids begin so, at this share of them; the next that changes a figure."""
    mistakes = known(label)
    fitting = [one for one in mistakes.all if one.id.startswith(beginning)]
    for start in range(len(fitting)):
        chosen = fitting[(int(share * len(fitting)) + start) % len(fitting)]
        rows = _rows(label, chosen)
        if rows != right().totals(label):
            return rows
    raise AssertionError(f"{label}: no mistake {beginning}… changes a figure")


def _rows(label: Label, mistake: Mistaken) -> Rows:
    rows = right().totals(label)
    for row in rows:
        key = Key(*map(str, row[:NAME]))
        row[AMOUNT] = round_to_thousand_yen(known(label).exact(key) + mistake.at(key))
    return rows


def _mutant(family: str, beginning: str, number: int, times: int, scope: str) -> Mutant:
    def spoil(desk: Desk) -> None:
        for label in SCOPES[scope]:
            desk.put_totals(label, _as_read_under(label, beginning, number / times))

    return Mutant(f"{family}: {beginning}… ({scope}, {number})", f"mistake: {family}", spoil)


def mutants() -> Iterator[Mutant]:
    """All of them; every fourth is a script that is right on the seen data only."""
    count = 0
    for family, kinds in FAMILIES.items():
        for beginning, times in kinds:
            for number in range(times):
                count += 1
                yield _mutant(family, beginning, number, times, "held-out only" if count % 4 == 0 else "both")
