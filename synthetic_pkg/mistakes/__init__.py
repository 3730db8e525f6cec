"""The known mistakes of a dataset: how every total would read under each, worked out from the ledger alone.

`write` streams them to mistakes.jsonl beside answers.json. Called by synthetic_pkg.dataset.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from synthetic_pkg.answers import Basis
from synthetic_pkg.chart import accounts, output_codes
from synthetic_pkg.intercompany import PAIR_RULES
from synthetic_pkg.mistakes import (
    companies,
    eliminating,
    eliminating_otherwise,
    reading,
    retelling,
    rounding,
    translating,
    treating,
)
from synthetic_pkg.mistakes.model import FILE_NAME, AnyLine, BySegment, Exact, Mistake
from synthetic_pkg.mistakes.recount import Recount, mistake, opened
from synthetic_pkg.translation import Key
from synthetic_pkg.world import World

MOST_COMPANIES = 500

__all__ = ["FILE_NAME", "lines", "write"]


def write(world: World, totals: Mapping[Key, int], path: Path) -> None:
    """The file of a world. totals: exact, in micro-yen, as translation.exact_totals gives them."""
    with path.open("w", encoding="utf-8") as file:
        for line in lines(world, totals):
            file.write(line.model_dump_json() + "\n")


def lines(world: World, totals: Mapping[Key, int]) -> Iterator[AnyLine]:
    """Exact totals, the mistakes that change any of them, each company's parts.

    Of a group of more than MOST_COMPANIES, which nobody is asked to add up in a trial, the exact totals alone.
    """
    yield exact(totals)
    if len(world.companies) > MOST_COMPANIES:
        return
    world = opened(world)
    segments = {segment for _, segment, _ in totals}
    seen: dict[str, set[str]] = {}
    for line in _mistakes(world):
        family, content = line.id.partition(".")[0], repr(line.deltas)
        if line.deltas and content not in seen.setdefault(family, set()):
            seen[family].add(content)
            assert all(set(part) <= segments | {""} for part in line.deltas.values()), line.id
            yield line
    yield from companies.parts(world)


def exact(totals: Mapping[Key, int]) -> Exact:
    """The line of exact totals; 全社 is left to whoever adds the segments up."""
    chart = accounts()
    amounts: dict[Basis, BySegment] = {}
    for (basis, segment, code), amount in totals.items():
        if segment != "全社":
            amounts.setdefault(basis, {}).setdefault(segment, {})[code] = amount
    codes = output_codes()
    return Exact(
        amounts=amounts,
        credit=[code for code in codes if chart[code].side == "credit"],
        contra=[code for code in codes if chart[code].kind == "contra"],
        income=[code for code in codes if chart[code].statement == "PL"],
        differences=[code for code in codes if chart[code].kind == "difference"],
        names={code: chart[code].name for code in codes},
        pairs=sorted(
            {(rule.creditor_code, rule.debtor_code) for rule in PAIR_RULES if rule.debtor_eliminated}
        ),
    )


def _mistakes(world: World) -> Iterator[Mistake]:
    recount = Recount(world)
    for part in (reading.found, translating.found, retelling.found, treating.found):
        for id_, title, evidence, seen in part(world):
            yield mistake(id_, title, recount.difference(seen), evidence)
    for id_, title, evidence, sums in (
        *eliminating.told(world),
        *eliminating_otherwise.told(world),
        *rounding.told(world),
    ):
        yield mistake(id_, title, sums, evidence)
