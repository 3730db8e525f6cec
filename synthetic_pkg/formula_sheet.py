"""A worksheet that prepares each formula text once, not once a book: the books share most of their formulas.

XlsxWriter searches every formula for about fifty newer functions, which is a quarter of its time on our forms.
Used by synthetic_pkg.grid; what is written stays what XlsxWriter writes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from xlsxwriter.worksheet import Worksheet

KEPT = 20_000  # formula texts; a book has about a thousand


@lru_cache(maxsize=1)
def _plain() -> Any:
    return Worksheet()


@lru_cache(maxsize=KEPT)
def _prepared(formula: str, expand_future_functions: bool) -> Any:
    return _plain()._prepare_formula(formula, expand_future_functions)


class FormulaSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter ships no types
    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> Any:
        return _prepared(formula, expand_future_functions or self.use_future_functions)
