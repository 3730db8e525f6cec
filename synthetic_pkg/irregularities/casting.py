"""Who carries what at the levels above `core`: how many companies, and which plants may share a book.

World.pick asks it. Two plants may share a company when the parts of the book they touch are disjoint.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from synthetic_pkg.group import Company

WHOLE = "whole"  # an area that shares its book with nothing
INTERCOMPANY = "intercompany"


class Carrier(Protocol):
    """What may carry a plant: anything that belongs to a company."""

    company: Company


CarrierT = TypeVar("CarrierT", bound=Carrier)
Rank = Callable[[str], bool]


@dataclass
class Cast:
    """carriers: companies that may carry R items. areas: what each kind touches."""

    carriers: int
    areas: Mapping[str, frozenset[str]]
    taken: dict[str, set[str]] = field(default_factory=dict)  # areas in use, by company
    kinds: dict[str, list[str]] = field(default_factory=dict)  # what each company carries
    carrying: set[str] = field(default_factory=set)  # companies with an R item
    witnesses: set[str] = field(default_factory=set)  # the other side of an intercompany plant

    def pick(
        self,
        kind: str,
        count: int,
        rng: random.Random,
        books: Iterable[CarrierT],
        fits: Callable[[CarrierT], bool] = lambda carrier: True,
    ) -> list[CarrierT]:
        """Up to `count` different books that fit this kind, booked at once. Only books that are drawn are asked."""
        open_ = [b for b in books if b.company.shape != "dormant" and self.may_carry(b.company.code, kind)]
        ranks = self.ranks(kind, range(len(open_)), lambda n: open_[n].company.code)
        chosen: list[CarrierT] = []
        while len(chosen) < count:
            rank = ranks.best(len(self.carrying) < self.carriers)
            if not rank:
                break
            number = rng.choice(rank)
            ranks.remove([number])
            if fits(open_[number]):
                self.book(open_[number].company.code, kind)
                chosen.append(open_[number])
        return chosen

    def ranks(self, kind: str, numbers: Iterable[int], company: Callable[[int], str]) -> Ranks:
        """Numbered candidates in the order in which a kind prefers their companies, as these stand now.

        N: untouched books. R: untouched until the carriers are used up, then shared. Traps: beside others.
        """
        orders: tuple[tuple[Rank, ...], tuple[Rank, ...]]
        if _is_root(kind):
            orders = ((self._single, self._unused), (self._unused, self._single))
        elif _is_trap(kind) or not kind.startswith("N"):
            orders = ((self._busy, self._unused),) * 2
        else:
            orders = ((self._unused,),) * 2
        by_company = {number: company(number) for number in numbers}
        ranks: dict[Rank, list[int]] = {
            rank: [n for n, code in by_company.items() if rank(code)] for rank in orders[0]
        }
        return Ranks(ranks, orders)

    def book(self, company: str, kind: str) -> None:
        """Note that a company carries a plant of this kind."""
        self.taken.setdefault(company, set()).update(self._areas(kind))
        self.kinds.setdefault(company, []).append(kind)
        if _is_root(kind):
            self.carrying.add(company)

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

    def _unused(self, company: str) -> bool:
        return not self.kinds.get(company)

    def _single(self, company: str) -> bool:
        """Exactly one R item and nothing else."""
        return [_is_root(kind) for kind in self.kinds.get(company, ())] == [True]

    def _busy(self, company: str) -> bool:
        """Something, but no trap."""
        kinds = self.kinds.get(company)
        return bool(kinds) and not any(_is_trap(kind) for kind in kinds or ())


class Ranks:
    """Numbers of candidates by rank, ascending. orders: of the ranks once all carriers are there, and before."""

    def __init__(
        self, ranks: dict[Rank, list[int]], orders: tuple[tuple[Rank, ...], tuple[Rank, ...]]
    ) -> None:
        self._ranks, self._orders = ranks, orders

    def best(self, carriers_left: bool) -> list[int]:
        """The first rank that has candidates; empty when none has."""
        return next((self._ranks[rank] for rank in self._orders[carriers_left] if self._ranks[rank]), [])

    def remove(self, numbers: Iterable[int]) -> None:
        """Take candidates out of every rank, where they are there."""
        for number in numbers:
            for rank in self._ranks.values():
                position = bisect_left(rank, number)
                if position < len(rank) and rank[position] == number:
                    del rank[position]


def _is_trap(kind: str) -> bool:
    return kind.endswith("-trap")


def _is_root(kind: str) -> bool:
    return kind.startswith("R") and not _is_trap(kind)
