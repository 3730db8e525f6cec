"""Mutants of 異常一覧.csv: roots missed, false alarms, rows at the wrong place or with wrong figures.

On either dataset or on both; one single miss, alarm, place or figure is enough to be wrong.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from runner.checks.read_outputs import ANOMALIES_COLUMNS
from synthetic_pkg.answers import Answers
from tests.mutants.of_totals import SCOPES, SEED
from tests.mutants.work import CELL, CHECK, COMPANY, EXPECTED, OBSERVED, SHEET, Desk, Label, Mutant, Row, Rows

FORM, RECALL, KINDS, PRECISION, TRAPS = ("form", "recall", "kinds", "precision", "traps")
PLACES, FIGURES = ("places", "figures")
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


def one_missed(rows: Rows, spot: Spot) -> None:
    del rows[spot.number]


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


def one_false_alarm(rows: Rows, spot: Spot) -> None:
    """Where nothing is wrong."""
    company = spot.quiet[spot.number % len(spot.quiet)]
    rows.append([company, "03_BS", "E12", str(rows[spot.number][CHECK]), "1", "2", "念のため"])


def one_trap_alarmed(rows: Rows, spot: Spot) -> None:
    trap = spot.answers.traps[spot.number]
    sheet, cell = (trap.sheets or ["03_BS"])[0], (trap.cells or [""])[0]
    rows.append([trap.company, sheet, cell, trap.check_ids[0], "", "", trap.why])


def traps_alarmed(rows: Rows, spot: Spot) -> None:
    """Two traps reported, half, or all of them."""
    traps = {trap.trap_id: trap for trap in spot.answers.traps}
    count = (2, len(traps) // 2, len(traps))[spot.number % 3]
    for trap in spot.random.sample(sorted(traps.values(), key=lambda one: one.trap_id), count):
        sheet, cell = (trap.sheets or ["03_BS"])[0], (trap.cells or [""])[0]
        rows.append([trap.company, sheet, cell, trap.check_ids[0], "", "", trap.why])


def _a_row(rows: Rows, spot: Spot) -> Row:
    """A row on a line of a balance sheet, a different one for every mutant."""
    lines = [row for row in rows if row[CHECK] in LINE_CHECKS]
    return lines[spot.number % len(lines)]


def one_cell_moved(rows: Rows, spot: Spot) -> None:
    """One row down, or one column to the left."""
    row = _a_row(rows, spot)
    letter, number = str(row[CELL])[0], int(str(row[CELL])[1:])
    row[CELL] = f"{letter}{number + 1}" if spot.number % 2 == 0 else f"{chr(ord(letter) - 1)}{number}"


def one_sheet_exchanged(rows: Rows, spot: Spot) -> None:
    _a_row(rows, spot)[SHEET] = ("04_PL", "", "前期PKG")[spot.number % 3]


def one_figure_wrong(rows: Rows, spot: Spot) -> None:
    """Off by one, without its sign, a thousandfold, left out, a word, or both columns exchanged."""
    row = _a_row(rows, spot)
    column = (OBSERVED, EXPECTED)[spot.number % 2]
    figure = row[column]
    assert isinstance(figure, int)
    if spot.number < 10:
        row[column] = (figure + 1, -figure, figure * 1000, "", "要確認")[spot.number // 2]
    else:
        row[OBSERVED], row[EXPECTED] = row[EXPECTED], row[OBSERVED]


def all_figures_wrong(rows: Rows, spot: Spot) -> None:
    """Left out, exchanged, or in another unit."""
    for row in rows:
        one, other = row[OBSERVED], row[EXPECTED]
        if spot.number == 0:
            row[OBSERVED], row[EXPECTED] = "", ""
        elif spot.number == 1:
            row[OBSERVED], row[EXPECTED] = other, one
        elif isinstance(one, int) and isinstance(other, int):
            row[OBSERVED], row[EXPECTED] = one * 1000, other * 1000


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


LINE_CHECKS = {"B02", "B03", "B04", "E03"}  # the place of one is a line, its figures are two amounts
ONE = ("both",) * 8 + ("held-out only", "seen only")
OPERATORS: tuple[tuple[str, str, Change, tuple[str, ...], tuple[str, ...]], ...] = (
    # name, family, change, scopes in turn, the checks that must fail
    ("one root is missed", "recall", one_missed, ONE, (RECALL, KINDS)),
    ("few are found", "recall", some_missed, ("both",) * 4, (RECALL, KINDS)),
    ("one false alarm", "false alarms", one_false_alarm, ONE, (PRECISION,)),
    ("one trap is reported", "traps", one_trap_alarmed, ONE, (TRAPS, PRECISION)),
    ("traps are reported", "traps", traps_alarmed, ("both",) * 3 + ("held-out only", "seen only"), (TRAPS,)),
    ("one cell moved", "places", one_cell_moved, ("both",) * 4 + ("held-out only", "seen only"), (PLACES,)),
    ("one sheet exchanged", "places", one_sheet_exchanged, ("both",) * 2 + ("held-out only",), (PLACES,)),
    ("one figure wrong", "figures", one_figure_wrong, ONE + ("both",) * 2, (FIGURES,)),
    ("all figures wrong", "figures", all_figures_wrong, ("both",) * 3, (FIGURES,)),
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
        "every company under every check", "false alarms", every_company_under_every_check,
        ("both",), (PRECISION, TRAPS),
    ),
    ("a blank label", "labels", blank_labels, ("both", "both", "held-out only"), (FORM,)),
    ("columns exchanged", "labels", columns_exchanged, ("both",) * 3, (PLACES,)),
    ("the list of other data", "labels", list_of_other_data, ("held-out only", "seen only"), (RECALL, PRECISION)),
    ("one kind is missed", "kinds", kind_missed, ("both",) * KINDS_OF_ROOTS, (RECALL, KINDS)),
    (
        "one check is missed", "kinds", check_missed,
        ("held-out only", "seen only") * (CHECKS_OF_ROOTS // 2), (RECALL, KINDS),
    ),
)  # fmt: skip


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

    parts = (FORM, RECALL, KINDS, PRECISION, TRAPS, PLACES, FIGURES)
    checks = tuple(f"{label}.anomalies.{part}" for label in SCOPES["both"] for part in parts)
    return Mutant(
        f"nothing is reported, {'with' if header else 'without'} header", "report: labels", spoil, checks
    )


def mutants() -> Iterator[Mutant]:
    """All of them, in a fixed order."""
    for name, family, change, scopes, caught_by in OPERATORS:
        for number, scope in enumerate(scopes):
            yield _mutant(name, family, change, scope, number, caught_by)
    yield _nothing(header=True)
    yield _nothing(header=False)
