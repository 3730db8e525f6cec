"""Right work with one thing spoilt before it is dressed. For the near misses."""

from __future__ import annotations

from collections.abc import Callable

from tests.clothes.work import Rows, Work

Spoil = Callable[[Rows], Rows]


class Spoilt(Work):
    """The work with `spoil` done to its totals or its report before it is dressed."""

    def __init__(self, work: Work, *, totals: Spoil = list, report: Spoil = list) -> None:
        super().__init__(work.answers, work.manifest)
        object.__setattr__(self, "_totals", totals)
        object.__setattr__(self, "_report", report)

    @property
    def totals(self) -> Rows:
        return self._totals(super().totals)

    @property
    def report(self) -> Rows:
        return self._report(super().report)
