"""Mistakes that people and models make, planted one by one in the authored scripts: the verdict sees each.

Each mistake is one replacement in a script; `caught_by` is a check that must fail on the seen data.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from runner.verdict import Checks, Verdict
from runner.verify_outputs import DatasetCase, VerifyCase, list_input, verify
from tests.graded_work import AUTHORED, SCRIPTS, SEEN_SEED, Grader, dataset

AGGREGATE, DETECT = SCRIPTS
SUBMITTED, CORRECTED = "seen.totals.submitted.group", "seen.totals.corrected.group"
RECALL, PRECISION, TRAPS = (f"seen.anomalies.{part}" for part in ("recall", "precision", "traps"))

MISTAKES = {
    "△ is dropped": (AGGREGATE, "return -amount if negative else amount", "return amount", SUBMITTED),
    "full-width signs are not known": (AGGREGATE, 'in "△▲-−"', 'in "-"', SUBMITTED),
    "the first version is used": (AGGREGATE, "files[code][-1][1]", "files[code][0][1]", SUBMITTED),
    "the unit is forgotten": (AGGREGATE, 'Decimal(company["単位倍率"])', "Decimal(1000)", SUBMITTED),
    "closing rates for everything": (
        AGGREGATE, "amount * unit * rates[kind]", 'amount * unit * rates["CR"]', SUBMITTED,
    ),
    "one table of rates for all year-ends": (
        AGGREGATE, "self.rates[currency, month]", 'self.rates[currency, "3"]', SUBMITTED,
    ),
    "CTA as submitted": (AGGREGATE, 'if currency != "JPY":', "if False:", SUBMITTED),
    "rounded down": (AGGREGATE, "ROUND_HALF_UP))", '"ROUND_DOWN"))', SUBMITTED),
    "nobody is excluded": (AGGREGATE, "if not p.missing(yoryo)}", "}", CORRECTED),
    "nothing is eliminated": (AGGREGATE, "in eliminations(included, yoryo)", "in ()", CORRECTED),
    "the parent is eliminated too": (AGGREGATE, "if partner not in packages:", 'if partner == "9999":', CORRECTED),
    "no difference account": (AGGREGATE, 'pair["差異科目"], difference', 'pair["差異科目"], Decimal(0)', CORRECTED),
    "differences to the creditor's segment": (
        AGGREGATE, 'debtor = package.code if side == "債務側"', 'debtor = package.code if side == "債権側"',
        "seen.totals.corrected.segments",
    ),
    "whole numbers with a thousandth": (AGGREGATE, "/ 1000).quantize", "/ 1).quantize", SUBMITTED),
    "goods in transit are reported": (DETECT, "<= allowed or in_transit:", "<= allowed:", TRAPS),
    "no tolerance": (DETECT, "<= allowed or", "<= 0 or", TRAPS),
    "no tolerance for the balance": (DETECT, "abs(gap) > tolerance", "abs(gap) > 0", TRAPS),
    "balances are not checked": (DETECT, "*check_balance(packages, yoryo),", "", RECALL),
    "excluded companies are compared": (DETECT, "if not p.missing(yoryo)}", "}", PRECISION),
    "unused sheets are missing sheets": (
        AGGREGATE, 'and form["シート名"] not in self.not_applicable', "", TRAPS,
    ),
}  # fmt: skip
IN_THE_SHORT_RUN = {"△ is dropped", "nothing is eliminated", "goods in transit are reported"}


def judge(folder: Path, script: str, right: str, wrong: str) -> Verdict:
    data = dataset(SEEN_SEED)
    grader = Grader(folder, data, data)
    work = grader.hand_out()
    for name in SCRIPTS:
        shutil.copy(AUTHORED / name, work)
    source = (work / script).read_text(encoding="utf-8")
    assert source.count(right) >= 1, f"the authored script no longer holds {right!r}"
    (work / script).write_text(source.replace(right, wrong), encoding="utf-8")
    result = grader.rerun("seen", data)
    shutil.copytree(folder / "seen" / "output", work / "output")
    case = DatasetCase("seen", data.answers_path, folder / "seen", result.evidence)
    return verify(VerifyCase(Checks(), work, list_input(work / "input"), data.manifest, [case]))


@pytest.mark.parametrize(
    "name",
    [name if name in IN_THE_SHORT_RUN else pytest.param(name, marks=pytest.mark.long) for name in MISTAKES],
)
def test_a_mistake_is_seen(tmp_path: Path, name: str) -> None:
    script, right, wrong, caught_by = MISTAKES[name]
    verdict = judge(tmp_path, script, right, wrong)
    failed = {check.id: check for check in verdict.failed_checks}
    assert (verdict.outcome, verdict.cause) == ("failed", "wrong")
    assert caught_by in failed, failed
    assert "seen.rerun" not in failed, failed["seen.rerun"].detail
