"""The authored scripts as a second calculation: they read only workbooks and 要領, and know nothing of the ledger.

`Author.totals` runs them with pieces of their source replaced, as somebody makes a mistake; `Author.parts` gives each
company's exact figures. Everything stays in this process and in memory; books are read once.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from runner.checks.read_outputs import Key
from synthetic_pkg.dataset import Dataset
from tests.graded_work import AUTHORED

READER, CORRECTIONS, AGGREGATE = "pkg_reader.py", "pkg_corrections.py", "aggregate_pkg.py"
Replacement = tuple[str, str, str]  # file, right, wrong
Figures = dict[Key, int | float]


class Author:
    """The authored scripts over one dataset."""

    def __init__(self, data: Dataset) -> None:
        self.data = data
        self._read: dict[tuple[str, tuple[str, ...] | None], Any] = {}
        self._pages: dict[tuple[str, str], list[Any]] = {}
        self._totals: dict[tuple[Replacement, ...], Figures] = {}

    def totals(self, replacements: Sequence[Replacement] = ()) -> Figures:
        """What aggregate_pkg.py would write, with these pieces of its source replaced."""
        key = tuple(replacements)
        if key not in self._totals:
            with self._scripts(replacements) as modules:
                rows = self._rows(modules)
            self._totals[key] = {
                Key(row["区分"], row["セグメント"], row["科目コード"]): row["金額"] for row in rows
            }
        return dict(self._totals[key])

    @cached_property
    def parts(self) -> tuple[dict[tuple[str, str], dict[str, Decimal]], dict[str, str]]:
        """({(basis, company): exact yen by account}, {company: segment}), eliminations not counted."""
        with self._scripts(()) as modules:
            aggregate, corrections = modules[AGGREGATE], modules[CORRECTIONS]
            yoryo, packages, corrected = self._work(modules)
            found = {}
            for code, package in packages.items():
                amounts = corrections.submitted_amounts(package)
                found["提出値", code] = aggregate.translate(package, amounts, 1, yoryo)
            for code, books in corrected.items():
                found["修正後", code] = aggregate.translate(books.package, books.amounts, books.scale, yoryo)
            return found, {code: yoryo.companies[code]["セグメント"] for code in packages}

    @cached_property
    def exact(self) -> dict[Key, Decimal]:
        """The right totals in yen before rounding."""
        with self._scripts(()) as modules:
            yoryo, packages, corrected = self._work(modules)
            totals = modules[AGGREGATE].aggregate(packages, corrected, yoryo)
        return {Key(*key): amount for key, amount in totals.items()}

    def _rows(self, modules: dict[str, ModuleType]) -> list[dict[str, Any]]:
        yoryo, packages, corrected = self._work(modules)
        aggregate = modules[AGGREGATE]
        rows: list[dict[str, Any]] = aggregate.to_rows(aggregate.aggregate(packages, corrected, yoryo), yoryo)
        return rows

    def _work(self, modules: dict[str, ModuleType]) -> tuple[Any, Any, Any]:
        reader, corrections = modules[READER], modules[CORRECTIONS]
        yoryo = reader.Yoryo()
        packages = reader.read_all(yoryo)
        findings = corrections.check_submission(packages, yoryo)
        excluded = corrections.excluded_companies(findings, yoryo)
        return yoryo, packages, corrections.correct_all(packages, excluded)

    @contextlib.contextmanager
    def _scripts(self, replacements: Sequence[Replacement]) -> Iterator[dict[str, ModuleType]]:
        """The three modules with their sources replaced, in the dataset's folder."""
        modules: dict[str, ModuleType] = {}
        before, names = Path.cwd(), ("pkg_reader", "pkg_corrections", "aggregate_pkg")
        kept = {name: sys.modules.pop(name, None) for name in names}
        os.chdir(self.data.root)
        try:
            for file in (READER, CORRECTIONS, AGGREGATE):
                modules[file] = self._module(file, [r for r in replacements if r[0] == file])
            yield modules
        finally:
            os.chdir(before)
            for name in names:
                sys.modules.pop(name, None)
                if kept[name] is not None:
                    sys.modules[name] = kept[name]  # type: ignore[assignment]

    def _module(self, file: str, replacements: Sequence[Replacement]) -> ModuleType:
        source = (AUTHORED / file).read_text(encoding="utf-8")
        for _, right, wrong in replacements:
            assert right in source, f"the authored {file} no longer holds {right!r}"
            source = source.replace(right, wrong)
        name = file.removesuffix(".py")
        module = importlib.util.module_from_spec(
            importlib.util.spec_from_loader(name, loader=None) or _fail(name)
        )
        sys.modules[name] = module
        exec(
            compile(source, str(AUTHORED / file), "exec"), module.__dict__
        )  # our own script, changed by a test
        if file == READER:
            plain = module.read_grids

            def remembered(path: Path, names: set[str] | None = None) -> Any:
                key = (str(path), tuple(sorted(names)) if names is not None else None)
                if key not in self._read:
                    self._read[key] = plain(path, names)
                return self._read[key]

            module.read_grids = remembered  # type: ignore[attr-defined]
            plain_book = module.load_workbook
            module.load_workbook = lambda path, **how: _Book(  # type: ignore[attr-defined]
                path, self._pages, lambda: plain_book(path, **how)
            )
        return module


@dataclass(frozen=True)
class _Book:
    """What the scripts ask of a workbook that openpyxl opens: all rows of a sheet, read once for all mutants."""

    path: Path
    pages: dict[tuple[str, str], list[Any]]
    load: Callable[[], Any]

    def __getitem__(self, sheet: str) -> _Page:
        key = (str(self.path), sheet)
        if key not in self.pages:
            self.pages[key] = list(self.load()[sheet].iter_rows(values_only=True))
        return _Page(self.pages[key])


@dataclass(frozen=True)
class _Page:
    rows: list[Any]

    def iter_rows(self, *, values_only: Literal[True]) -> list[Any]:
        return self.rows


def _fail(name: str) -> Any:
    raise AssertionError(f"no module can be made for {name}")
