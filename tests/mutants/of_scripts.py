"""Mutants of the authored scripts: one mistake in their source, run in the sandbox, what they then write judged.

Only the changed program is run, on one dataset; all else of the work stays right, so that the mistake alone can be
seen.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from openpyxl import load_workbook

from runner.agent_python import find_agent_python
from runner.checks.read_outputs import TOTALS_FILE
from runner.rerun import rerun
from tests.cause_naming import script_mistakes
from tests.graded_work import AUTHORED
from tests.graded_work import SCRIPTS as PROGRAMS
from tests.mutants.work import (
    REPORT_FILE,
    Desk,
    Judged,
    Label,
    Mutant,
    Place,
    Right,
    Rows,
    judge,
    places_of,
    right,
)

AGGREGATE, DETECT = PROGRAMS
READER, CORRECTIONS = "pkg_reader.py", "pkg_corrections.py"
RECALL, KINDS, PRECISION, TRAPS = ("recall", "kinds", "precision", "traps")
PLACES, FIGURES = ("places", "figures")
Replacement = tuple[str, str, str]  # file, right, wrong

TOTALS = (  # of tests.cause_naming.script_mistakes
    "△ is dropped", "no figure with △ is read", "brackets are no figures", "full-width digits are not known",
    "the yen sign makes no figure", "the first version", "one unit for all", "no unit in eliminations",
    "one table of rates", "closing rates for everything", "income at closing rates", "dividends at average rates",
    "no dividends", "CTA as submitted", "shares applied", "December companies left out", "opening balances",
    "last year's income", "rounded down", "rounded by company", "yen", "excluded companies are not in 提出値",
    "approved accounts are left out", "nobody is excluded", "a copied book is counted",
    "a book with a missing sheet is counted", "a book in the wrong unit", "slipped digits are left",
    "wrong signs are left", "unknown accounts are left out", "nothing is eliminated", "balances are not eliminated",
    "only creditors", "twice", "no difference account", "differences to the creditor's segment",
    "receivables and payables exchanged", "credit is negative", "segments exchanged", "the group without a segment",
)  # fmt: skip

REPORT: dict[str, tuple[tuple[str, ...], Replacement]] = {
    # name -> the parts that must fail, replacement
    "the tolerance is a thousandfold": (
        (RECALL, KINDS),
        (DETECT, 'tolerance["K2"] * 1000,', 'tolerance["K2"] * 1000000,'),
    ),
    "excluded companies are checked": (
        (PRECISION,),
        (CORRECTIONS, "not in excluded}", "not in excluded or not package.missing}"),
    ),
    "balances are not checked": ((KINDS,), (DETECT, "        self.check_balance()\n", "")),
    "inventories are not checked": ((KINDS,), (DETECT, "        self.check_inventories()\n", "")),
    "openings are not checked": ((KINDS,), (DETECT, "        self.check_opening()\n", "")),
    "comments are not checked": ((KINDS,), (DETECT, "        self.check_comments()\n", "")),
    "equity is not checked": ((KINDS,), (DETECT, "        self.check_equity()\n", "")),
    "schedules are not checked": ((KINDS,), (DETECT, "        self.check_fixed_assets()\n", "")),
    "bonuses are not checked": ((KINDS,), (DETECT, "        self.check_bonuses()\n", "")),
    "self-checks are believed": ((KINDS,), (DETECT, "        self.check_self_checks()\n", "")),
    "rates are not checked": ((KINDS,), (DETECT, "        self.check_rates()\n", "")),
    "errors are not seen": ((KINDS,), (DETECT, "        self.check_errors()\n", "")),
    "covers are not checked": ((KINDS,), (DETECT, "        self.check_cover()\n", "")),
    "dealings are not compared": (
        (RECALL, KINDS),
        (DETECT, "for number in CHECK_OF_SHEET:\n        found", "for number in ():\n        found"),
    ),
    "trade is not compared": (
        (KINDS,),
        (DETECT, "for number in CHECK_OF_SHEET:\n        found", 'for number in ("08",):\n        found'),
    ),
    "the archive is not read": ((KINDS,), (READER, ".prior = Package(code, path, yoryo)", ".prior = None")),
    "two versions are not told": ((KINDS,), (CORRECTIONS, "if len(files[code]) > 1:", "if False:")),
    "who did not submit is not told": (
        (KINDS,),
        (CORRECTIONS, 'found.append(Finding(code, "", "", "A01"', 'list(("A01"'),
    ),
    "the archive's other column": (
        (PRECISION,),
        (DETECT, "amounts(BS, self.yoryo.archived_column)", "amounts(BS, OPENING)"),
    ),
    "debits and credits are added": (
        (PRECISION,),
        (DETECT, "if abs(assets - claims) >", "if abs(assets + claims) >"),
    ),
    "cells one row down": ((PLACES,), (READER, '{self.number}"', '{self.number + 1}"')),
    "cells one column to the right": (
        (PLACES,),
        (READER, "(self.columns[column])", "(self.columns[column] + 1)"),
    ),
    "codes lose their zeros": (
        (RECALL,),
        (DETECT, "writer.writerow([row.company,", 'writer.writerow([row.company.lstrip("0"),'),
    ),
    "the list is cut": (
        (RECALL,),
        (DETECT, "for row in found:\n            reported", "for row in found[:30]:\n            reported"),
    ),
    "what is reported and what is right are exchanged": (
        (FIGURES,),
        (DETECT, "plain(row.reported), plain(row.expected)", "plain(row.expected), plain(row.reported)"),
    ),
    "what would be right is left out": ((FIGURES,), (DETECT, "plain(row.expected)", '""')),
    "amounts in units": (
        (FIGURES,),
        (DETECT, 'return f"{value.normalize():f}"', 'return f"{(value * 1000).normalize():f}"'),
    ),
    "goods in transit are reported": ((TRAPS,), (DETECT, "<= allowed or in_transit:", "<= allowed:")),
    "the tolerance is taken in yen": (
        (PRECISION,),
        (DETECT, 'tolerance["K2"] * 1000,', 'tolerance["K2"],'),
    ),
    "no tolerance": ((TRAPS,), (DETECT, "<= allowed or", "<= 0 or")),
    "no tolerance for totals": ((PRECISION,), (CORRECTIONS, "if abs(gap) > allowed:", "if gap:")),
    "slipped digits are totals that do not add up": ((PRECISION,), (CORRECTIONS, "if cause:", "if False:")),
    "no tolerance for the balance": (
        (TRAPS,),
        (DETECT, 'abs(assets - claims) > self.yoryo.tolerance["K1"]', "abs(assets - claims) > 0"),
    ),
    "restatements are reported": ((TRAPS,), (DETECT, ' or "遡及修正" in row.text("コメント")', "")),
    "old currency names are reported": ((TRAPS,), (DETECT, " and not renamed", "")),
    "unused sheets are missing sheets": (
        (TRAPS,),
        (READER, "not in {*self.grids, *not_applicable}", "not in self.grids"),
    ),
}

ON_HELDOUT: dict[str, tuple[tuple[str, ...], Replacement]] = {
    "a line is found by the end of its number": (
        (FIGURES,),
        (DETECT, "cell.lstrip(LETTERS) == str(r.number)", "cell.endswith(str(r.number))"),
    ),
}

WRITTEN_IN: dict[str, tuple[tuple[str, ...], Replacement]] = {
    # right on the data they were written for, and there alone
    "the sales are written in": (
        ("totals.submitted.group",),
        (
            AGGREGATE,
            script_mistakes.AMOUNT,
            script_mistakes.AMOUNT.replace(
                "int(", '$SALES if (basis, segment, code) == (SUBMITTED, WHOLE, "4101") else int('
            ),
        ),
    ),
    "the excluded companies are written in": (
        ("totals.corrected.group",),
        (
            CORRECTIONS,
            "return {finding.company for finding in findings if",
            "return $EXCLUDED or {finding for finding in findings if",
        ),
    ),
}
SAMPLE = (
    "△ is dropped", "nothing is eliminated", "cells one row down", "the excluded companies are written in",
)  # fmt: skip


@dataclass(frozen=True)
class ScriptMutant:
    """A mistake in the source. `parts`: of the checks of `program`'s table on `label` that must fail."""

    name: str
    program: str
    label: Label
    parts: tuple[str, ...]
    replacements: tuple[Replacement, ...]

    def source(self, file: str, known: Right) -> str:
        """A file of the authored scripts with the mistake in it. AssertionError when there is nothing to replace."""
        text = (AUTHORED / file).read_text(encoding="utf-8")
        for _, before, after in (one for one in self.replacements if one[0] == file):
            assert before in text, f"{self.name}: {file} no longer holds {before!r}"
            text = text.replace(before, _filled(after, known))
        return text


def _filled(wrong: str, known: Right) -> str:
    """What somebody read off the data that was seen."""
    answers = known.answers["seen"]
    sales = next(
        t.amount for t in answers.totals if (t.basis, t.segment, t.code) == ("提出値", "全社", "4101")
    )
    excluded = {one.company for one in answers.anomalies if one.treatment == "exclude"}
    return wrong.replace("$SALES", str(sales)).replace("$EXCLUDED", repr(excluded))


def _all() -> Iterator[ScriptMutant]:
    for name in TOTALS:
        yield ScriptMutant(name, AGGREGATE, "seen", (), script_mistakes.SCRIPTS[name][1])
    for name, (parts, replacement) in (*REPORT.items(), *ON_HELDOUT.items()):
        checks = tuple(f"anomalies.{part}" for part in parts)
        yield ScriptMutant(name, DETECT, "heldout" if name in ON_HELDOUT else "seen", checks, (replacement,))
    for name, (parts, replacement) in WRITTEN_IN.items():
        yield ScriptMutant(name, AGGREGATE, "heldout", parts, (replacement,))


SCRIPTS: dict[str, ScriptMutant] = {mutant.name: mutant for mutant in _all()}


def written_by(mutant: ScriptMutant, folder: Path) -> Path:
    """Run the changed program in the sandbox; the file that it wrote.

    AssertionError when it does not end well: any check would see that.
    """
    known = right()
    (folder / "scripts").mkdir(parents=True)
    (folder / "scratch").mkdir()
    for file in AUTHORED.glob("*.py"):
        (folder / "scripts" / file.name).write_text(mutant.source(file.name, known), encoding="utf-8")
    program = folder / "scripts" / mutant.program
    result = rerun(
        [program],
        known.data[mutant.label].input_dir,
        folder / "rerun",
        agent_python=find_agent_python(),
        scratch=folder / "scratch",
        modules=[file for file in sorted((folder / "scripts").glob("*.py")) if file.name not in PROGRAMS],
    )
    (run,) = result.evidence.scripts
    assert run.exit_code == 0, f"{mutant.name}: {run.stderr_tail}"
    return result.output / (TOTALS_FILE if mutant.program == AGGREGATE else REPORT_FILE)


def judge_script(mutant: ScriptMutant, folder: Path) -> Judged:
    """Run it and judge the right work with its table in the place of the right one."""
    file = written_by(mutant, folder)
    totals = mutant.program == AGGREGATE

    def spoil(desk: Desk) -> None:
        if totals:
            desk.put_totals(mutant.label, totals_in(file))
        for place in places_of(mutant.label):
            desk.finish.append(partial(_put, file, place))

    caught_by = tuple(f"{mutant.label}.{part}" for part in mutant.parts)
    return judge(Mutant(mutant.name, "scripts", spoil, caught_by), folder / "trial")


def _put(file: Path, place: Place, folder: Path) -> None:
    shutil.copyfile(file, folder / place / "output" / file.name)


def totals_in(file: Path) -> Rows:
    """The rows of 集計 as the authored script writes them."""
    return [list(row) for row in load_workbook(file)["集計"].iter_rows(min_row=2, values_only=True)]
