"""Who carries what at the levels above `core`: how many companies, and which plants may share a book.

World.pick asks it. Two plants may share a company when the parts of the book they touch are disjoint.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from synthetic_pkg.group import Company

WHOLE = "whole"  # an area that shares its book with nothing
INTERCOMPANY = "intercompany"


class Carrier(Protocol):
    """What may carry a plant: anything that belongs to a company."""

    company: Company


BookT = TypeVar("BookT", bound=Carrier)


@dataclass
class Cast:
    """carriers: companies that may carry R items. areas: what each kind touches."""

    carriers: int
    areas: Mapping[str, frozenset[str]]
    taken: dict[str, set[str]] = field(default_factory=dict)  # areas in use, by company
    kinds: dict[str, list[str]] = field(default_factory=dict)  # what each company carries
    witnesses: set[str] = field(default_factory=set)  # the other side of an intercompany plant

    def pick(self, kind: str, count: int, rng: random.Random, books: Sequence[BookT]) -> list[BookT]:
        """Up to `count` different books for this kind, booked at once."""
        chosen: list[BookT] = []
        for _ in range(count):
            open_ = [b for b in books if b not in chosen and self.may_carry(b.company.code, kind)]
            best = self._preferred(kind, [b for b in open_ if b.company.shape != "dormant"])
            if not best:
                break
            book = rng.choice(best)
            self.book(book.company.code, kind)
            chosen.append(book)
        return chosen

    def book(self, company: str, kind: str) -> None:
        """Note that a company carries a plant of this kind."""
        self.taken.setdefault(company, set()).update(self._areas(kind))
        self.kinds.setdefault(company, []).append(kind)

    def may_carry(self, company: str, kind: str) -> bool:
        wanted, taken = self._areas(kind), self.taken.get(company, set())
        if taken and (WHOLE in wanted or WHOLE in taken):
            return False
        if company in self.witnesses and (WHOLE in wanted or INTERCOMPANY in wanted):
            return False
        return not wanted & taken

    def may_witness(self, company: str) -> bool:
        """Can it be the innocent other side of an intercompany plant?"""
        return not self.taken.get(company, set()) & {WHOLE, INTERCOMPANY} and company not in self.witnesses

    def _areas(self, kind: str) -> frozenset[str]:
        return self.areas.get(kind, frozenset({WHOLE}))

    def _preferred(self, kind: str, books: list[BookT]) -> list[BookT]:
        """N: untouched books. R: untouched until the carriers are used up, then shared. Traps: beside others."""
        loads = {b.company.code: self.kinds.get(b.company.code, []) for b in books}
        unused = [b for b in books if not loads[b.company.code]]
        if kind.startswith("N") and not kind.endswith("-trap"):
            return unused
        if kind.startswith("R") and not kind.endswith("-trap"):
            carrying = sum(any(_is_root(k) for k in kinds) for kinds in self.kinds.values())
            single = [b for b in books if [_is_root(k) for k in loads[b.company.code]] == [True]]
            return (unused if carrying < self.carriers else single) or unused or single
        busy = [
            b
            for b in books
            if loads[b.company.code] and not any(k.endswith("-trap") for k in loads[b.company.code])
        ]
        return busy or unused


def _is_root(kind: str) -> bool:
    return kind.startswith("R") and not kind.endswith("-trap")
