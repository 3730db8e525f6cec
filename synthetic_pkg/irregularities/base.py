"""What a kind of irregularity is: its checks in Japanese (as in 要領), its treatment, its planting."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from synthetic_pkg.answers import Anomaly, Normalisation, Symptom, Trap
from synthetic_pkg.chart import DATA, accounts
from synthetic_pkg.irregularities.casting import WHOLE
from synthetic_pkg.layout import SHEETS
from synthetic_pkg.world import Book, World

Treatment = Literal["normalise", "fix", "keep", "exclude", "none"]
Planter = Callable[[World, int, random.Random], None]


@dataclass(frozen=True)
class Check:
    """One row of 要領's 検査一覧."""

    id: str
    title: str
    sheet: str
    rule: str
    tolerance: str
    treatment: str
    reported_value: str
    expected_value: str
    cell: str
    exceptions: str


@dataclass(frozen=True)
class Kind:
    """One kind. trap_id names the traps beside it in a mix ("R07-trap"); empty when it has none.

    areas: the parts of a book it touches; two plants may share a book when these are disjoint.
    """

    id: str
    title: str
    treatment: Treatment
    plant: Planter | None
    checks: tuple[Check, ...] = ()
    trap_id: str = ""
    plant_traps: Planter | None = None
    areas: frozenset[str] = frozenset({WHOLE})
    trap_areas: frozenset[str] = frozenset({WHOLE})


@cache
def _catalogue() -> dict[str, Check]:
    rows = json.loads((DATA / "checks.json").read_text(encoding="utf-8"))
    return {row["id"]: Check(**row) for row in rows}


def check(check_id: str) -> Check:
    """The row of data/checks.json with this ID."""
    return _catalogue()[check_id]


# Checks that a figure touched by this kind may seem to fail as well: the cause is another one, so no row of these.
RESEMBLES = {
    "R01": ("B01", "B02", "D01", "D02"), "R02": ("B03", "B04"), "R03": ("B02", "B04", "B07"),
    "R05": ("E02", "F02"), "R08": ("C03",), "R12": ("D01", "D02"), "R14": ("A03", "A05"),
    "R16": ("B02", "B03", "B04"), "R17": ("B02", "B03"), "R19": ("B02", "B03", "B04"), "R26": ("B03",),
    "R27": ("B03",),
}  # fmt: skip


def areas(*names: str) -> frozenset[str]:
    return frozenset(names)


def root_id(kind: str, number: int) -> str:
    return f"{kind}-{number:03d}"


def sheet_name(sheet: str) -> str:
    """ "03" → "03_BS"; "" stays."""
    return SHEETS.get(sheet, sheet)


def figure(amount: int) -> str:
    """An amount as accountants write it: separators, △ before a negative one."""
    return f"△{-amount:,}" if amount < 0 else f"{amount:,}"


def money(book: Book, amount: int) -> str:
    """An amount with the unit of the book, for explanations."""
    return f"{figure(amount)} {book.company.unit_label}"


def line(code: str) -> str:
    return f"{code} {accounts()[code].name}"


def report(
    world: World,
    kind: Kind,
    number: int,
    book: Book,
    place: tuple[str, str],
    values: tuple[int | str | None, int | str | None],
    why: str,
    *,
    check_: Check | None = None,
    severity: int = 2,
    also: Iterable[Symptom] = (),
    as_ruled: str = "",
    resembling: Iterable[str] = (),
) -> None:
    """Put a planted root on the answer key. place: sheet and cell; values: observed, expected.

    also: symptoms under other checks that a careful reader may report for the same cause.
    as_ruled: how 要領 wants it reported, where that is another place.
    resembling: checks that this book may seem to fail as well, beyond RESEMBLES.
    """
    found = check_ or kind.checks[0]
    company = book.company.code
    treatment = kind.treatment
    assert treatment in ("fix", "keep", "exclude")
    accepted = [Symptom(company=company, check_ids=[found.id])]
    accepted += [symptom for symptom in also if symptom not in accepted]
    world.anomalies.append(
        Anomaly(
            root_id=root_id(kind.id, number),
            company=company,
            kind=kind.id,
            check_id=found.id,
            sheet=sheet_name(place[0]),
            cell=place[1],
            expected_value=values[1],
            observed=values[0],
            severity=severity,
            treatment=treatment,
            accepted=accepted,
            must_not_report=sorted([*RESEMBLES.get(kind.id, ()), *resembling]),
            why=why,
            as_ruled=as_ruled,
        )
    )


def trap(
    world: World, kind: Kind, number: int, company: str, why: str, *, check_ids: Iterable[str] = ()
) -> None:
    """Put something that only looks wrong on the answer key."""
    world.traps.append(
        Trap(
            trap_id=root_id(kind.trap_id, number),
            kind=kind.trap_id,
            company=company,
            check_ids=list(check_ids) or [c.id for c in kind.checks],
            why=why,
        )
    )


def natural_trap(trap_id: str, check_: Check, fits: Callable[[World, Book], bool], why: str) -> Planter:
    """Traps that clean books have by themselves: only the answer key is told."""

    def plant(world: World, count: int, rng: random.Random) -> None:
        picked = world.pick(trap_id, count, rng, lambda book: fits(world, book))
        for number, book in enumerate(picked, start=1):
            world.traps.append(
                Trap(
                    trap_id=root_id(trap_id, number),
                    kind=trap_id,
                    company=book.company.code,
                    check_ids=[check_.id],
                    why=why,
                )
            )

    return plant


def normalised(
    world: World, kind: str, number: int, book: Book, place: tuple[str, str], observed: str, value: int | str
) -> None:
    """Log a cell or form that is unusual and means `value`."""
    world.normalisations.append(
        Normalisation(
            root_id=root_id(kind, number),
            kind=kind,
            company=book.company.code,
            sheet=sheet_name(place[0]),
            cell=place[1],
            observed=observed,
            value=value,
        )
    )
