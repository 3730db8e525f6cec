"""The authored scripts as a second calculation: they read only workbooks and 要領, and know nothing of the ledger.

`Author.totals` runs them with pieces of their source replaced, as somebody makes a mistake; `Author.parts` gives each
company's exact figures. Everything stays in this process and in memory; books are read once.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

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

    def totals(self, replacements: Sequence[Replacement] = ()) -> Figures:
        """What aggregate_pkg.py would write, with these pieces of its source replaced."""
        with self._scripts(replacements) as modules:
            rows = self._rows(modules)
        return {Key(row["区分"], row["セグメント"], row["科目コード"]): row["金額"] for row in rows}

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
        return module


def _fail(name: str) -> Any:
    raise AssertionError(f"no module can be made for {name}")
