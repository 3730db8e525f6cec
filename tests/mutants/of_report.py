"""Mutants of 異常一覧.csv: roots missed, false alarms, rows at the wrong place, on either dataset or on both.

`mutants` are beyond the scenario's own limits; `within_the_limits` must fail only where nothing may be missed.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from runner.checks.read_outputs import ANOMALIES_COLUMNS
from synthetic_pkg.answers import Answers
from tests.mutants.of_totals import SCOPES, SEED
from tests.mutants.work import CELL, CHECK, COMPANY, SHEET, Desk, Label, Mutant, Rows

FORM, RECALL, KINDS, PRECISION, TRAPS, PLACES = ("form", "recall", "kinds", "precision", "traps", "places")
# How many may be missed or alarmed at most with the limits of pkg_batch, of so many roots and traps.
MISSED_AT_MOST, FALSE_AT_MOST, ALARMED_AT_MOST = 4, 7, 2
KINDS_OF_ROOTS, CHECKS_OF_ROOTS = 24, 26


@dataclass
class Spot:
    """The answers of the dataset and a choice that is always the same; `number` counts an operator's mutants."""

    random: random.Random
    number: int
    answers: Answers
    other: Rows

    @property
    def companies(self) -> list[str]:
        return sorted({one.company for one in self.answers.anomalies})

    @property
    def quiet(self) -> list[str]:
        """Companies with nothing to report and no trap, but of whom others report something."""
        busy = {symptom.company for one in self.answers.anomalies for symptom in one.accepted}
        busy |= {trap.company for trap in self.answers.traps}
        return sorted(f"{number:04d}" for number in range(11, 60) if f"{number:04d}" not in busy)


Change = Callable[[Rows, Spot], None]


def kind_missed(rows: Rows, spot: Spot) -> None:
    """Not one of a kind; roots and rows stand in the same order."""
    kind = sorted({one.kind for one in spot.answers.anomalies})[spot.number]
    rows[:] = [row for row, one in zip(rows, spot.answers.anomalies, strict=True) if one.kind != kind]


def check_missed(rows: Rows, spot: Spot) -> None:
    """A 検査番号 that was not carried out."""
    check = sorted({str(row[CHECK]) for row in rows})[spot.number]
    rows[:] = [row for row in rows if row[CHECK] != check]


def one_too_many_missed(rows: Rows, spot: Spot) -> None:
    """One root fewer than the limit allows, of kinds and checks of which others are found."""
    missed: set[int] = set()
    left = Counter(one.kind for one in spot.answers.anomalies)
    checks = Counter(one.check_id for one in spot.answers.anomalies)
    order = list(range(len(rows)))
    spot.random.shuffle(order)
    for i in order:
        one = spot.answers.anomalies[i]
        if len(missed) <= MISSED_AT_MOST and left[one.kind] > 1 and checks[one.check_id] > 1:
            missed.add(i)
            left[one.kind] -= 1
            checks[one.check_id] -= 1
    assert len(missed) == MISSED_AT_MOST + 1
    rows[:] = [row for i, row in enumerate(rows) if i not in missed]


def some_missed(rows: Rows, spot: Spot) -> None:
    """Half, all but the gravest, all but one company, all but one check, or everything."""
    roots = spot.answers.anomalies
    company, check = spot.random.choice(spot.companies), spot.random.choice(roots).check_id
    keep = (
        lambda i: i % 2 == 0,
        lambda i: roots[i].severity == 3,
        lambda i: roots[i].company == company,
        lambda i: roots[i].check_id == check,
        lambda i: False,
    )[spot.number]
    rows[:] = [row for i, row in enumerate(rows) if keep(i)]


def one_too_many_false(rows: Rows, spot: Spot) -> None:
    """Alarms where nothing is wrong, one more than the limit allows."""
    checks = sorted({str(row[CHECK]) for row in rows})
    for company in spot.random.sample(spot.quiet, FALSE_AT_MOST + 1):
        check = spot.random.choice(checks)
        rows.append([company, "03_BS", "E12", check, "1", "2", "念のため"])


def traps_alarmed(rows: Rows, spot: Spot) -> None:
    """Traps reported: one more than the limit allows, half, or all of them."""
    traps = {trap.trap_id: trap for trap in spot.answers.traps}
    count = (ALARMED_AT_MOST + 1, len(traps) // 2, len(traps))[spot.number % 3]
    for trap in spot.random.sample(sorted(traps.values(), key=lambda one: one.trap_id), count):
        sheet, cell = (trap.sheets or ["03_BS"])[0], (trap.cells or [""])[0]
        rows.append([trap.company, sheet, cell, trap.check_ids[0], "", "", trap.why])


def cells_moved(rows: Rows, spot: Spot) -> None:
    """One row down, one column to the right, or all in A1: the reader counted wrongly."""
    for row in rows:
        letters = str(row[CELL]).rstrip("0123456789")
        number = int(str(row[CELL])[len(letters) :] or 0)
        if row[CELL]:
            next_letter = letters[:-1] + chr(ord(letters[-1]) + 1)
            moved = (f"{letters}{number + 1}", f"{next_letter}{number}", "A1", f"{letters}{number - 1}")
            row[CELL] = moved[spot.number]


def cells_left_out(rows: Rows, spot: Spot) -> None:
    for row in rows:
        row[CELL] = ""


def sheets_exchanged(rows: Rows, spot: Spot) -> None:
    """Every sheet called by the name of another one."""
    names = sorted({str(row[SHEET]) for row in rows if row[SHEET]})
    following = dict(zip(names, [*names[1:], names[0]], strict=True))
    for row in rows:
        row[SHEET] = following.get(str(row[SHEET]), "")


def under_other_companies(rows: Rows, spot: Spot) -> None:
    """Everything right but the company: one row down, or the next code."""
    if spot.number % 2 == 0:
        codes = [row[COMPANY] for row in rows]
        for row, code in zip(rows, [codes[-1], *codes[:-1]], strict=True):
            row[COMPANY] = code
    else:
        for row in rows:
            row[COMPANY] = f"{int(str(row[COMPANY])) + 1:04d}"


def under_other_checks(rows: Rows, spot: Spot) -> None:
    """Checks shuffled, the next number, or the letter alone."""
    numbers = sorted({str(row[CHECK]) for row in rows})
    following = dict(zip(numbers, [*numbers[1:], numbers[0]], strict=True))
    shuffled = [str(row[CHECK]) for row in rows]
    spot.random.shuffle(shuffled)
    for row, other in zip(rows, shuffled, strict=True):
        row[CHECK] = (other, following[str(row[CHECK])], str(row[CHECK])[0])[spot.number]


def around_every_cell(rows: Rows, spot: Spot) -> None:
    """Each root at its place and at places around it: something must be right."""
    more = []
    for row in rows:
        letters = str(row[CELL]).rstrip("0123456789") or "A"
        for number in range(1, 4):
            more.append([row[COMPANY], "03_BS", f"{letters}{90 + number}", row[CHECK], "", "", "要確認"])
    rows += more


def every_company_under_every_check(rows: Rows, spot: Spot) -> None:
    checks = sorted({str(row[CHECK]) for row in rows})
    companies = [*spot.quiet, *spot.companies]
    rows += [[company, "", "", check, "", "", "要確認"] for company in companies for check in checks]


def blank_labels(rows: Rows, spot: Spot) -> None:
    """A row more, without its company or without its check."""
    row = list(rows[spot.random.randrange(len(rows))])
    row[(COMPANY, CHECK)[spot.number % 2]] = ""
    rows.append(row)


def columns_exchanged(rows: Rows, spot: Spot) -> None:
    """Values under each other's headings: company and check, sheet and cell, company and sheet."""
    one, other = ((COMPANY, CHECK), (SHEET, CELL), (COMPANY, SHEET))[spot.number]
    for row in rows:
        row[one], row[other] = row[other], row[one]


def list_of_other_data(rows: Rows, spot: Spot) -> None:
    rows[:] = spot.other


OPERATORS: tuple[tuple[str, str, Change, tuple[str, ...], tuple[str, ...]], ...] = (
    # name, family, change, scopes in turn, the checks that must fail
    ("one root too many is missed", "recall", one_too_many_missed, ("both", "seen only", "held-out only"), (RECALL,)),
    ("few are found", "recall", some_missed, ("both",) * 4, (RECALL, KINDS)),
    ("one false alarm too many", "alarms", one_too_many_false, ("both", "seen only", "held-out only"), (PRECISION,)),
    ("traps are reported", "alarms", traps_alarmed, ("both",) * 3 + ("held-out only", "seen only"), (TRAPS,)),
    ("cells moved", "places", cells_moved, ("both",) * 3 + ("held-out only",), (PLACES,)),
    ("no cells", "places", cells_left_out, ("both", "held-out only"), (PLACES,)),
    ("sheets exchanged", "places", sheets_exchanged, ("both", "held-out only"), (PLACES,)),
    (
        "under other companies", "labels", under_other_companies,
        ("both",) * 2 + ("held-out only",), (RECALL, PRECISION),
    ),
    ("under other checks", "labels", under_other_checks, ("both",) * 3, (RECALL, PRECISION)),
    ("around every cell", "places", around_every_cell, ("both", "seen only"), (PLACES,)),
    (
        "every company under every check", "alarms", every_company_under_every_check,
        ("both",), (PRECISION, TRAPS),
    ),
    ("a blank label", "form", blank_labels, ("both", "both", "held-out only"), (FORM,)),
    ("columns exchanged", "form", columns_exchanged, ("both",) * 3, (PLACES,)),
    ("the list of other data", "labels", list_of_other_data, ("held-out only", "seen only"), (RECALL, PRECISION)),
    ("one kind is missed", "a kind", kind_missed, ("both",) * KINDS_OF_ROOTS, (KINDS,)),
    ("one check is missed", "a check", check_missed, ("held-out only", "seen only") * (CHECKS_OF_ROOTS // 2), (KINDS,)),
)  # fmt: skip


def one_missed(rows: Rows, spot: Spot) -> None:
    del rows[spot.number]


def one_trap_alarmed(rows: Rows, spot: Spot) -> None:
    trap = spot.answers.traps[spot.number]
    sheet, cell = (trap.sheets or ["03_BS"])[0], (trap.cells or [""])[0]
    rows.append([trap.company, sheet, cell, trap.check_ids[0], "", "", trap.why])


def one_false_alarm(rows: Rows, spot: Spot) -> None:
    company = spot.quiet[spot.number % len(spot.quiet)]
    rows.append([company, "03_BS", "E12", str(rows[spot.number][CHECK]), "1", "2", "念のため"])


WITHIN_THE_LIMITS = (
    ("one root is missed", one_missed, RECALL),
    ("one trap is reported", one_trap_alarmed, TRAPS),
    ("one false alarm", one_false_alarm, PRECISION),
)


def _mutant(
    name: str, family: str, change: Change, scope: str, number: int, caught_by: tuple[str, ...]
) -> Mutant:
    def spoil(desk: Desk) -> None:
        for label in SCOPES[scope]:
            rows, other = desk.right.report(label), desk.right.report(_other(label))
            chance = random.Random(f"{SEED} {name} {number} {label}")
            change(rows, Spot(chance, number, desk.right.answers[label], other))
            assert rows != desk.right.report(label), f"{name}: changes nothing"
            desk.put_report(label, rows)

    checks = tuple(f"{label}.anomalies.{part}" for label in SCOPES[scope] for part in caught_by)
    return Mutant(f"{name} ({scope}, {number})", f"report: {family}", spoil, checks)


def _other(label: Label) -> Label:
    return "heldout" if label == "seen" else "seen"


def _nothing(header: bool) -> Mutant:
    """An empty list, with its header or without anything."""

    def spoil(desk: Desk) -> None:
        for label in SCOPES["both"]:
            desk.put_report(label, [], ANOMALIES_COLUMNS if header else ())

    parts = (FORM, RECALL, KINDS, PRECISION, TRAPS, PLACES)
    checks = tuple(f"{label}.anomalies.{part}" for label in SCOPES["both"] for part in parts)
    return Mutant(
        f"nothing is reported, {'with' if header else 'without'} header", "report: form", spoil, checks
    )


def mutants() -> Iterator[Mutant]:
    """All that the scenario's own limits must catch, in a fixed order."""
    for name, family, change, scopes, caught_by in OPERATORS:
        for number, scope in enumerate(scopes):
            yield _mutant(name, family, change, scope, number, caught_by)
    yield _nothing(header=True)
    yield _nothing(header=False)


def within_the_limits(count: int) -> Iterator[Mutant]:
    """One miss or one alarm each: allowed by the scenario, and told by the verdict all the same."""
    for name, change, part in WITHIN_THE_LIMITS:
        for number in range(count):
            yield _mutant(name, "within the limits", change, "both", number, (part,))
