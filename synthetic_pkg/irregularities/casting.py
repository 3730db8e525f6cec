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
        open_ = [b for b in books if b.company.shape != "dormant" and self.may_carry(b.company.code, kind)]
        ranked = self._ranked(kind, open_)
        carrying = sum(any(_is_root(k) for k in kinds) for kinds in self.kinds.values())
        chosen: list[BookT] = []
        while len(chosen) < count:
            best = self._preferred(kind, ranked, carrying)
            if not best:
                break
            book = rng.choice(best)
            code = book.company.code
            if _is_root(kind) and not any(_is_root(k) for k in self.kinds.get(code, [])):
                carrying += 1
            self.book(code, kind)
            chosen.append(book)
            for rank in ranked:
                rank[:] = [b for b in rank if b.company.code != code]
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

    def _ranked(self, kind: str, books: list[BookT]) -> tuple[list[BookT], list[BookT], list[BookT]]:
        """The books that carry nothing; exactly one R item and nothing else; something, but no trap."""
        loads = {b.company.code: self.kinds.get(b.company.code, []) for b in books}
        unused = [b for b in books if not loads[b.company.code]]
        single = [b for b in books if [_is_root(k) for k in loads[b.company.code]] == [True]]
        busy = [
            b
            for b in books
            if loads[b.company.code] and not any(k.endswith("-trap") for k in loads[b.company.code])
        ]
        return unused, single, busy

    def _preferred(
        self, kind: str, ranked: tuple[list[BookT], list[BookT], list[BookT]], carrying: int
    ) -> list[BookT]:
        """N: untouched books. R: untouched until the carriers are used up, then shared. Traps: beside others."""
        unused, single, busy = ranked
        if kind.startswith("N") and not kind.endswith("-trap"):
            return unused
        if _is_root(kind):
            return (unused if carrying < self.carriers else single) or unused or single
        return busy or unused


def _is_root(kind: str) -> bool:
    return kind.startswith("R") and not kind.endswith("-trap")
